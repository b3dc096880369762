"""What a zoom film keeps: its colours, its sharpness, its life, and its place after Ctrl-C."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

import dreamvid
from dreamvid import CameraSettings, CarrySettings, FilmSettings, ZoomSettings, zoom
from dreamvid.arrays import Image, size_of, to_uint8
from dreamvid.errors import Cancelled, SettingError
from dreamvid.events import Caller, Event, Frame, Listener, Step, ignore
from dreamvid.films.commands import planned
from dreamvid.films.making import open_plan_dreamer
from dreamvid.films.prepare import prepare
from dreamvid.filters import smooth
from dreamvid.media.still import read_still
from dreamvid.motion.camera import LUMA_CHROMA, camera_flow, palette_of
from dreamvid.motion.warp import warp
from tests.conftest import SEED

LONG = ZoomSettings(frames=150, film=FilmSettings(size=128))


def frame(folder: Path, number: int) -> Image:
    return read_still(folder / f"{number:06d}.png", ignore).image


def sharpness(image: Image) -> float:
    return float(np.hypot(*np.gradient(image @ LUMA_CHROMA[0])).mean())


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long zoom as pictures."""
    folder = tmp_path_factory.mktemp("film")
    zoom(SEED, f"{folder}/", LONG)
    return folder


@pytest.mark.slow
def test_colours_stay_where_the_seed_has_them(film: Path) -> None:
    early, late = palette_of(frame(film, 60)), palette_of(frame(film, 150))
    assert np.abs(late.means - early.means).max() < 0.15 * 4 * early.deviations.min()
    np.testing.assert_allclose(late.deviations, early.deviations, rtol=0.15)


@pytest.mark.slow
def test_it_stays_sharp_unclipped_and_alive(film: Path) -> None:
    early, late = (np.mean([sharpness(frame(film, n)) for n in range(last - 9, last + 1)]) for last in (30, 150))
    assert late > 0.85 * early  # figures come and go, and with them some hundredths; a blur would take half
    last, before = frame(film, 149), frame(film, 147)  # two dreams
    assert np.isin(to_uint8(last), (0, 255)).mean() < 0.03
    moved = warp(before, camera_flow(size_of(last), 2 / LONG.film.fps, LONG.camera))
    assert np.abs(last - moved).mean() > 0.01


@pytest.mark.slow
def test_without_the_anchor_it_drifts_further(film: Path, tmp_path: Path) -> None:
    zoom(SEED, f"{tmp_path}/", LONG.but(frames=60, carry=CarrySettings(anchor=False)))
    seed = palette_of(frame(film, 1))
    drifts = [np.abs(palette_of(frame(folder, 60)).deviations - seed.deviations).max() for folder in (tmp_path, film)]
    assert drifts[0] > 2 * drifts[1]


def small(**changes) -> ZoomSettings:
    return ZoomSettings(quality="draft", film=FilmSettings(size=96), **changes)


def test_a_picture_of_one_colour_and_one_frame_are_fine(tmp_path: Path) -> None:
    made = zoom(SEED, tmp_path / "one.mp4", small(frames=1))
    assert (made.frames, made.width, made.height) == (1, 96, 72)


def test_speeds_are_per_second_at_any_frame_rate(tmp_path: Path) -> None:
    """With no steps a zoom only moves: a second at 12 frames/s ends where a second at 24 does.

    They are compared smoothed, since one of them was resampled twice as often.
    """
    ends = []
    for fps in (12, 24):
        settings = ZoomSettings(frames=fps + 1, camera=CameraSettings(zoom=1.3), carry=CarrySettings(anchor=False))
        still = replace(settings, dream=settings.dream.but(steps=0), film=FilmSettings(size=96, fps=fps))
        zoom(SEED, f"{tmp_path}/{fps}/", still)
        ends.append(smooth(frame(tmp_path / str(fps), fps + 1), (2.0,)))
    assert np.abs(ends[0] - ends[1]).mean() < 0.02
    assert np.abs(ends[0] - smooth(frame(tmp_path / '12', 1), (2.0,))).mean() > 0.06


def test_a_callback_that_cancels_keeps_the_frames_before(tmp_path: Path) -> None:
    def stop_at_three(event: Event) -> None:
        if isinstance(event, Frame) and event.done == 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="stopped after 3 of 50 frames"):
        zoom(SEED, f"{tmp_path}/", small(frames=50), observe=stop_at_three)
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_events_tell_every_step(tmp_path: Path) -> None:
    events: list[Event] = []
    zoom(SEED, f"{tmp_path}/", small(frames=2), observe=events.append)
    steps = [event for event in events if isinstance(event, Step)]
    assert [(step.octave, step.step) for step in steps] == [(1, 1), (2, 1)] * 2
    assert all(step.image.shape[2] == 3 for step in steps)


@pytest.mark.slow
@pytest.mark.parametrize("center", ["0.25,0.75", "auto"])
def test_the_camera_dives_where_it_is_told(tmp_path: Path, center: str) -> None:
    """Without a dream, the point keeps its colour however near the camera comes."""
    pixels = np.full((64, 96, 3), 128, np.uint8)
    if center == "auto":
        pixels = np.full((214, 320, 3), 128, np.uint8)
        pixels[115:205, 35:125] = np.asarray(PIL.Image.open(SEED).convert("RGB").resize((90, 90)))
        plan, call = planned_zoom(pixels, tmp_path, center)
        x, y = prepare(plan, call.paths, open_plan_dreamer(plan, call, Listener()), Listener()).centre
        assert abs(x - 0.25) < 0.15
        assert abs(y - 0.75) < 0.15
        return
    pixels[44:52, 20:28] = 255, 0, 0
    *_, last = dreamvid.frames(pixels, frames=12, fps=12, size=96, zoom=3, center=center, steps=0, anchor=False)
    assert last[47, 23, 0] > 0.8
    assert last[47, 23, 2] < 0.2


def planned_zoom(pixels: np.ndarray, folder: Path, center: str) -> Any:
    PIL.Image.fromarray(pixels).save(folder / "a.png")
    settings = ZoomSettings(frames=2, size=320, center=center, quality="draft")
    return planned("zoom", folder / "a.png", str(folder / "a.mp4"), settings, Caller())


@pytest.mark.parametrize("center", ["0.5", "2,0", "x,y", "middle"])
def test_what_is_no_point_is_refused(center: str) -> None:
    with pytest.raises(SettingError, match="center is"):
        ZoomSettings(center=center)
