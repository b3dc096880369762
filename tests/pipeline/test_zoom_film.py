"""What a zoom film keeps: its colours, its sharpness, its life, and its place after Ctrl-C."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dreamvid import CameraSettings, CarrySettings, FilmSettings, ZoomSettings, zoom
from dreamvid.arrays import Image, size_of, to_uint8
from dreamvid.errors import Cancelled
from dreamvid.events import Event, Frame, Step, ignore
from dreamvid.filters import smooth
from dreamvid.motion.anchor import LUMA_CHROMA, palette_of
from dreamvid.motion.camera import camera_flow
from dreamvid.motion.warp import warp
from dreamvid.video.still import read_still
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
    assert late > 0.95 * early  # figures come and go, and with them a few hundredths; a blur would take half
    last, before = frame(film, 150), frame(film, 149)
    assert np.isin(to_uint8(last), (0, 255)).mean() < 0.03
    moved = warp(before, camera_flow(size_of(last), LONG.film.fps, LONG.camera))
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
