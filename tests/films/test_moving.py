"""Settings that move: their table, what is refused, and films whose curves hold still."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreamvid import CameraSettings, CarrySettings, DreamSettings, FilmSettings, ZoomSettings, zoom
from dreamvid.errors import Cancelled, SettingError
from dreamvid.events import Caller, Frame
from dreamvid.films.commands import planned
from dreamvid.films.moving import values_in
from dreamvid.settings import ClipSettings, LoopSettings, ResultSettings, TimelineSettings, WorkSettings
from dreamvid.timeline.table import Table
from tests.conftest import SEED
from tests.media import make_film
from tests.stand_in import StandIn

DREAMER: Any = StandIn()


NO_LEAD = TimelineSettings(lead="none")


def small(**changes: Any) -> ZoomSettings:
    changes.setdefault("film", FilmSettings(size=64))
    changes.setdefault("timeline", NO_LEAD)
    return ZoomSettings(quality="draft", result=ResultSettings(recipe=False), work=WorkSettings(resume=False),
                        **changes)


def table(settings: Any, command: str = "zoom", source: Path = SEED) -> Table:
    plan, call = planned(command, source, "film.mp4", settings, Caller(overwrite=True))
    return values_in(plan, call.paths, DREAMER)


def frames(settings: ZoomSettings, folder: Path) -> list[bytes]:
    zoom(SEED, f"{folder}/", settings)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def test_a_constant_curve_gives_the_frames_of_the_number(tmp_path: Path) -> None:
    plain = small(frames=3, camera=CameraSettings(zoom=1.7, rotate=5.0), carry=CarrySettings(blend=0.9),
                  dream=DreamSettings(layers="block4:0.5,block8", tv=0.1))
    curves = small(frames=3, camera=CameraSettings(zoom="0s: 1.7; 50%: 1.7 cubic", rotate="5 + 0*t"),
                   carry=CarrySettings(blend="0.9", drive="1"),
                   dream=DreamSettings(layers="0s: block4:0.5,block8; 0.1s: block4:0.5,block8 ease", tv="0.1 + 0*t"))
    assert frames(plain, tmp_path / "plain") == frames(curves, tmp_path / "curves")


def test_a_render_that_was_stopped_goes_on_to_the_same_frames(tmp_path: Path) -> None:
    settings = small(frames=6, camera=CameraSettings(zoom="1.2 + t", rotate="20*noise(9*t)"),
                     carry=CarrySettings(drive="0s: 0.5; 0.1s: 2"))
    whole, kept = frames(settings, tmp_path / "whole"), settings.but(work=WorkSettings())

    def stop(event: object) -> None:
        if isinstance(event, Frame) and event.done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        zoom(SEED, f"{tmp_path}/stopped/", kept, observe=stop)
    zoom(SEED, f"{tmp_path}/stopped/", kept)
    assert [path.read_bytes() for path in sorted((tmp_path / "stopped").glob("*.png"))] == whole


@pytest.mark.parametrize("curve", ["0s: 1.2; 1s: 2; 2s: 0.8 ease", "1.5 + 0.5*sin(5*t)", "2 if t < 1 else 0.9"])
def test_the_camera_is_at_the_same_place_at_any_frame_rate(curve: str) -> None:
    ways = []
    for fps in (24, 30, 60):
        found = table(small(frames=2 * fps, camera=CameraSettings(zoom=curve, rotate=f"10*({curve})" if ";" not in curve
                                                                   else curve),
                            film=FilmSettings(size=64, fps=Fraction(fps))))
        each = [found[n] for n in range(1, 2 * fps - fps // 6 + 1)]
        ways.append((sum(np.log(one.zoom) for one in each) / fps, sum(one.rotate for one in each) / fps))
    np.testing.assert_allclose(ways[1:], [ways[0]] * 2, atol=2e-3)


def test_between_two_frames_the_mean_speed_counts() -> None:
    found = table(small(frames=10, camera=CameraSettings(zoom="1 + t", rotate="100*t", pan_x=0.5)))
    both = found.between(2, 5)
    assert both.zoom == pytest.approx(np.exp(np.mean([np.log(found[n].zoom) for n in (3, 4, 5)])))
    assert both.rotate == pytest.approx(np.mean([found[n].rotate for n in (3, 4, 5)]))
    assert both.pan_x == 0.5
    assert table(small(frames=10)).between(2, 5) == table(small(frames=10))[0]


@pytest.mark.parametrize(("changes", "words"), [
    ({"camera": CameraSettings(zoom="1 - t")}, "zoom is '1 - t'; at 0.99"),
    ({"camera": CameraSettings(zoom="bass")}, "give --audio"),
    ({"carry": CarrySettings(blend="1 + t")}, "at 0.0333333s it is 1.03333, and it must be 0 to 1; clamp holds it"),
    ({"dream": DreamSettings(tv="log(-1 - t)")}, "at 0s it is nan, and it must be 0 to 100"),
    ({"dream": DreamSettings(tv="1/t")}, "at 0s it is inf, and it must be"),
    ({"dream": DreamSettings(layers="0s: block4; 1s: block99")}, "no layer 'block99'"),
    ({"dream": DreamSettings(layers="block4:bass")}, "give --audio"),
    ({"dream": DreamSettings(layers="block4:1/t")}, "at 0s a weight is not a number"),
    ({"dream": DreamSettings(layers="0: block4; 1s: block8")}, "a time needs its unit"),
    ({"dream": DreamSettings(layers="0s: block4; 1s: block8", channels="0s: 1; 1s: 2")}, "only one of the two"),
    ({"dream": DreamSettings(class_name="0s: tiger; 1s: nothing at all")}, "class"),
])
def test_what_cannot_be_is_refused_before_anything_is_dreamed(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingError, match=re.escape(words)):
        table(small(frames=60, **changes))


@pytest.mark.parametrize(("lead", "late"), [("none", 0.0), ("0.25s", 0.25), ("auto", 0.0)])
def test_curves_are_taken_earlier_by_the_lead(lead: str, late: float) -> None:
    found = table(small(frames=60, dream=DreamSettings(tv="t"), timeline=TimelineSettings(lead=lead)))
    assert found[30].tv == pytest.approx(1 + late)


def test_clamped_values_stay_within_the_range() -> None:
    found = table(small(frames=60, carry=CarrySettings(blend="2*t"), timeline=NO_LEAD.but(clamp=True)))
    assert [found[n].blend for n in (0, 6, 30)] == pytest.approx([0.0, 0.4, 1.0])


def test_a_function_of_time_becomes_keyframes(tmp_path: Path) -> None:
    settings = small(frames=30, camera=CameraSettings(zoom=lambda t: 1.5 + 0.2 * np.sin(t)))
    plan, _ = planned("zoom", SEED, "film.mp4", settings, Caller(overwrite=True))
    assert str(plan.settings.camera.zoom).startswith("0.000000s: 1.5; 0.0344")
    assert table(settings)[15].zoom == pytest.approx(1.5 + 0.2 * np.sin(29 / 60), abs=1e-4)
    with pytest.raises(SettingError, match="a number for each time"):
        table(small(camera=CameraSettings(zoom=lambda t: "fast")))


def test_the_plan_knows_the_values() -> None:
    plans = [planned("zoom", SEED, "film.mp4", small(frames=9, camera=CameraSettings(zoom=zoomed)), Caller(
        overwrite=True))[0] for zoomed in (1.5, "1.5 + t", "1.5 + t ", "1.5 + 1.1*t")]
    assert plans[0].curves == ""
    assert plans[1].curves == plans[2].curves != plans[3].curves


def test_loops_and_clips_move_too(tmp_path: Path) -> None:
    film = make_film(tmp_path / "clip.mp4", 8)
    dream = DreamSettings(tv="t")
    assert table(LoopSettings(seconds=2.0, dream=dream), "loop")[3].tv == pytest.approx(1.2), "the fourth of five keys"
    pulse = table(LoopSettings(kind="pulse", seconds=2.0, depth="t", dream=dream), "loop")
    assert (pulse[1].tv, pulse[30].depth) == (pytest.approx(2 / 3), 1.0)
    assert table(LoopSettings(kind="bounce", seconds=2.0, dream=dream), "loop")[15].tv == pytest.approx(1 / 30)
    clip = table(ClipSettings(dream=dream), "clip", film)
    assert clip[4].tv == pytest.approx(4 / 25)
    assert table(LoopSettings(kind="bounce", dream=dream), "loop", film)[4].tv == pytest.approx(4 / 25)
