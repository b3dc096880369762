"""A plan is plain data: to JSON and back it is equal, and nothing in a stranger's plan leads elsewhere."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dreamvid.errors import InputError
from dreamvid.events import Listener
from dreamvid.films.plan import KINDS, Plan, files_of, kind_of, plan_film
from dreamvid.settings import (
    PICTURE_KINDS,
    ClipSettings,
    DreamSettings,
    FilmSettings,
    LoopSettings,
    LoopSourceSettings,
    ShowSettings,
    WorkSettings,
    ZoomSettings,
)
from tests.media import SIZE, make_film


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "clip.mp4", 6)


def planned(command: str, settings: Any, role: str, path: Path, output: str = "film.mp4", **paths: Path) -> Plan:
    return plan_film(command, settings, {role: path, **files_of(settings), **paths}, output, Listener())


def test_a_plan_is_equal_after_json(picture: Path, film: Path) -> None:
    plans = [
        planned("zoom", ZoomSettings(frames=7, dream=DreamSettings(guide=str(picture))), "picture", picture),
        planned("clip", ClipSettings(show=ShowSettings(mask=str(picture), strength=0.5)), "clip", film, "a.mkv"),
        planned("loop", LoopSettings(kind="sway", seconds=1.0).for_input(clip=False), "picture", picture, "a.webp"),
    ]
    for plan in plans:
        again = Plan.from_json(plan.to_json())
        assert again == plan
        assert again.digest == plan.digest


def test_the_order_of_the_inputs_does_not_matter(picture: Path) -> None:
    """A work folder holds them by name, and `guide` comes before `picture`."""
    settings = ZoomSettings(frames=7, dream=DreamSettings(guide=str(picture)))
    paths = {"picture": picture, "guide": picture}
    plans = [plan_film("zoom", settings, dict(each), "film.mp4", Listener()) for each in (
        paths.items(), reversed(paths.items()))]
    assert plans[0] == plans[1]


def test_a_plan_knows_the_film(picture: Path, film: Path) -> None:
    zoom = planned("zoom", ZoomSettings(frames=7, film=FilmSettings(size=96)), "picture", picture, "frames/%03d.png")
    assert (zoom.size, zoom.fps, zoom.frames, zoom.container) == ((96, 64), 30, 7, "%06d.png")
    clip = planned("clip", ClipSettings(), "clip", film)
    assert (clip.size, clip.frames, clip.container) == (SIZE, 6, ".mp4")
    gif = planned("zoom", ZoomSettings(film=FilmSettings(fps=Fraction(30))), "picture", picture, "film.gif")
    assert gif.fps == 25, "a GIF keeps no 30 frames a second"


@pytest.mark.parametrize(("frames", "pictures"), [(1, 1), (2, 2), (5, 8)])
def test_a_film_there_and_back_is_nearly_twice_as_long(picture: Path, frames: int, pictures: int) -> None:
    assert planned("zoom", ZoomSettings(frames=frames, bounce=True), "picture", picture).frames == pictures


def test_what_does_not_decide_on_frames_is_not_in_a_plan(picture: Path) -> None:
    plain = planned("zoom", ZoomSettings(), "picture", picture)
    work, film = WorkSettings(keep_work=True, resume=False), FilmSettings(poster="poster.png", sheet="sheet.png")
    assert planned("zoom", ZoomSettings(work=work, film=film), "picture", picture) == plain
    assert planned("zoom", ZoomSettings(seed=1), "picture", picture).digest != plain.digest


def test_a_plan_names_no_folder(picture: Path) -> None:
    text = planned("zoom", ZoomSettings(dream=DreamSettings(guide=str(picture))), "picture", picture).to_json()
    assert str(picture.parent) not in text
    with pytest.raises(InputError, match="folder"):
        Plan.from_json(text.replace('"picture.png"', '"../picture.png"'))


@pytest.mark.parametrize("text", [
    "", "[]", "{}", "nonsense", '{"edition": 1}', '{"edition": 2, "command": "zoom"}', "[" * 100_000, "\0",
])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Plan.from_json(text)


@pytest.mark.parametrize(("key", "value"), [
    ("command", "image"), ("settings", {"frames": 0}), ("settings", {"nonsense": 1}), ("size", [1]), ("fps", "x"),
    ("inputs", {}), ("edition", 99), ("frames", "many"), ("fps", "1/0"), ("fps", "0"), ("frames", 1e999), ("frames", 0),
    ("settings", {"guide": "/etc/passwd"}), ("inputs", {"picture": {"name": "..", "bytes": 1, "sha256": ""}}),
])
def test_a_changed_plan_is_refused_or_another(picture: Path, key: str, value: object) -> None:
    plan = json.loads(planned("zoom", ZoomSettings(), "picture", picture).to_json())
    with pytest.raises(InputError):
        Plan.from_json(json.dumps({**plan, key: value}))


def test_planning_loads_no_network(picture: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from dreamvid.events import Listener
from dreamvid.films.plan import plan_film
from dreamvid.settings import ZoomSettings
plan_film("zoom", ZoomSettings(), {{"picture": Path({str(picture)!r})}}, "film.mp4", Listener())
print("tensorflow" in sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_the_size_follows_from_the_upright_picture(tmp_path: Path) -> None:
    from PIL import Image as Pillow

    exif = Pillow.Exif()
    exif[0x0112] = 6
    Pillow.new("RGB", (80, 40)).save(tmp_path / "phone.jpg", exif=exif)
    plan = planned("zoom", ZoomSettings(film=FilmSettings(size=64)), "picture", tmp_path / "phone.jpg")
    assert plan.size == (32, 64)


def test_a_loop_of_a_clip_is_shorter_by_its_dissolve(film: Path) -> None:
    settings = LoopSettings(crossfade=0.08, source=LoopSourceSettings(frames=6)).for_input(clip=True)
    plan = planned("loop", settings, "clip", film)
    assert plan.frames == 6 - round(0.08 * plan.fps)


def test_kinds_are_found_by_command_kind_and_input() -> None:
    found = {id(kind_of("zoom", ZoomSettings(), "picture")), id(kind_of("clip", ClipSettings(), "clip"))}
    found |= {id(kind_of("loop", LoopSettings(kind=kind), "picture")) for kind in PICTURE_KINDS}
    found |= {id(kind_of("loop", LoopSettings(kind=kind), "clip")) for kind in ("crossfade", "bounce")}
    assert found == {id(kind) for kind in KINDS.values()}


def test_a_bounce_of_a_clip_is_another_than_one_of_a_picture() -> None:
    assert KINDS["bounce of a clip"] is not KINDS["bounce of a picture"]


@pytest.mark.parametrize("name", KINDS)
def test_films_are_stored_or_streamed(name: str) -> None:
    streamed = ("zoom", "clip", "bounce of a picture", "bounce of a clip")
    assert KINDS[name].stored == (name not in streamed)
