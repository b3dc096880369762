"""How a film is planned: its name, length and role, and refusals; plans as files; and frames that are iterated."""

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

import dreamvid
from dreamvid.errors import InputError, OutputError, SettingError
from dreamvid.events import Caller, Listener
from dreamvid.films.commands import LARGEST_PLAN, called_for, planned, read_plan, settings_for_input, write_plan
from dreamvid.films.plan import plan_film
from dreamvid.settings import (
    COMMANDS,
    ClipSettings,
    DreamSettings,
    LoopSettings,
    LoopSourceSettings,
    SourceSettings,
    TimelineSettings,
    WorkSettings,
    ZoomSettings,
)
from tests.media import make_film
from tests.test_library import PICTURE, QUICK
from tests.timeline.pieces import clicks, write_sound

STILL = DreamSettings(steps=0)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_film(tmp_path / "clip.mp4", 10)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "song.wav", clicks(120, 2)[0])


@pytest.mark.usefixtures("picture", "clip")
def test_a_film_is_named_after_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command, source, output in (
            ("zoom", "picture.png", "picture-zoom.mp4"), ("clip", "clip.mp4", "clip-dream.mp4"),
            ("loop", "picture.png", "picture-loop.mp4"), ("loop", "clip.mp4", "clip-loop.mp4")):
        plan, call = planned(command, Path(source), None, COMMANDS[command]().but(dream=STILL), Caller())
        role = Path(source).stem
        assert (call.output, plan.container, [*plan.inputs]) == (output, ".mp4", [role])
        assert call.paths == {role: Path(source)}


def test_a_loop_takes_what_its_input_is(picture: Path, clip: Path) -> None:
    for source, role, kind in ((picture, "picture", "dive"), (clip, "clip", "crossfade")):
        found, settings = settings_for_input("loop", source, LoopSettings(), "film.mp4")
        assert (found, settings.kind) == (role, kind)


def test_shares_of_a_clip_become_seconds(clip: Path) -> None:
    for command, settings in (("clip", ClipSettings(source=SourceSettings(start="50%"))),
                              ("loop", LoopSettings(source=LoopSourceSettings(start="50%")))):
        assert settings_for_input(command, clip, settings, "film.mp4")[1].source.start == pytest.approx(0.2)


@pytest.mark.parametrize(("timeline", "seconds"), [
    ({}, 2.0), ({"audio_start": 0.5}, 1.5), ({"audio_offset": 0.5}, 2.5),
    ({"audio_start": 0.5, "audio_offset": -1}, 0.5),
])
def test_a_zoom_without_a_length_is_as_long_as_what_is_heard_of_its_sound(
    picture: Path, song: Path, timeline: dict[str, float], seconds: float
) -> None:
    settings = ZoomSettings(timeline=TimelineSettings(audio=str(song), **timeline), dream=STILL)
    assert planned("zoom", picture, "film.mp4", settings, Caller(overwrite=True))[0].frames == round(30 * seconds)
    assert settings_for_input("zoom", picture, settings, "film.gif")[1].frames == round(25 * seconds), "as a GIF has it"
    shorter = settings.but(frames=7)
    assert planned("zoom", picture, "film.mp4", shorter, Caller(overwrite=True))[0].frames == 7
    late = settings.but(timeline=settings.timeline.but(audio_start=3.0))
    with pytest.raises(InputError, match="ends before it begins here"):
        planned("zoom", picture, "film.mp4", late, Caller(overwrite=True))


def test_an_output_that_exists_is_checked_before_the_inputs(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    with pytest.raises(OutputError, match="exists"):
        planned("zoom", tmp_path / "film.mp4", tmp_path / "film.mp4", ZoomSettings(), Caller())


@pytest.mark.parametrize(("work", "allowed"), [
    (WorkSettings(), True), (WorkSettings(resume=False), False), (WorkSettings(restart=True), False)])
def test_an_output_with_a_work_folder_may_be_gone_on_with(
    picture: Path, tmp_path: Path, work: WorkSettings, allowed: bool
) -> None:
    film = tmp_path / "film.mp4"
    film.touch()
    (tmp_path / "film.mp4.dreamvid").mkdir()
    settings = ZoomSettings(dream=STILL, work=work)
    if allowed:
        assert planned("zoom", picture, film, settings, Caller())[1].work == work
    else:
        with pytest.raises(OutputError, match="exists"):
            planned("zoom", picture, film, settings, Caller())


@pytest.mark.parametrize(("wrong", "output", "why"), [
    ({"bounce": True}, "film.mkv", "bounce"), ({"resume": False}, "film.mkv", "resume"),
    ({"keep_work": True}, "film.mkv", "keep_work"), ({"repeat": 2}, "film.mkv", "play once"),
    ({}, "film.gif", "play once"),
])
def test_films_that_have_an_end_are_no_extendable_ones(
    picture: Path, wrong: dict[str, Any], output: str, why: str
) -> None:
    settings = ZoomSettings(extendable=True, dream=STILL, **wrong)
    with pytest.raises(SettingError, match=rf"extendable.*{why}"):
        planned("zoom", picture, output, settings, Caller(overwrite=True))


def test_a_plan_is_written_and_read(picture: Path, tmp_path: Path) -> None:
    plan = plan_film("zoom", ZoomSettings(dream=STILL), {"picture": picture}, "film.mp4", Listener())
    file = tmp_path / "plan.json"
    write_plan(plan, file, overwrite=False, inputs=[picture])
    assert read_plan(file) == plan
    with pytest.raises(OutputError, match="exists"):
        write_plan(plan, file, overwrite=False, inputs=[picture])
    write_plan(replace(plan, frames=3), file, overwrite=True, inputs=[picture])
    assert read_plan(file).frames == 3
    with pytest.raises(OutputError, match="is the input"):
        write_plan(plan, picture, overwrite=True, inputs=[picture])


@pytest.mark.parametrize(("content", "said"), [
    (b"nonsense", "not a plan"), (b"\xff\xfe", "it is not UTF-8 text"), (b" " * (LARGEST_PLAN + 1), "not a plan"),
    (None, "No such file"),
])
def test_what_is_no_plan_is_said_with_its_name(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "my.json").write_bytes(content)
    with pytest.raises(InputError, match=rf"my\.json.*{said}"):
        read_plan(tmp_path / "my.json")


@pytest.mark.parametrize(("planned_as", "output", "found"), [
    ("film.webm", None, "my.webm"), ("frames/%03d.png", None, "my/%06d.png"), ("film.webm", "other.webm", "other.webm"),
    ("film.webm", "other.mp4", None),
])
def test_the_film_of_a_plan_has_the_planned_suffix(
    picture: Path, tmp_path: Path, planned_as: str, output: str | None, found: str | None
) -> None:
    plan = plan_film("zoom", ZoomSettings(dream=STILL), {"picture": picture}, planned_as, Listener())
    write_plan(plan, tmp_path / "my.json", overwrite=False, inputs=[])
    if found is None:
        with pytest.raises(SettingError, match=r"ends in \.webm"):
            called_for(tmp_path / "my.json", output, {}, Caller(), writes=False)
        return
    read, call = called_for(tmp_path / "my.json", output, {}, Caller(), writes=False)
    assert (read, call.output, call.paths) == (plan, found, {"picture": picture})


@pytest.mark.parametrize(("command", "options", "count"), [
    ("zoom", {"frames": 3}, 3), ("zoom", {"frames": 3, "bounce": True}, 4),
    ("loop", {"kind": "pulse", "seconds": 0.2}, 6), ("clip", {"warm_up": 1}, 3),
])
def test_frames_come_as_they_are_made_and_are_those_of_the_file(
    tmp_path: Path, command: Any, options: dict[str, Any], count: int
) -> None:
    source = [PICTURE, PICTURE[::-1], PICTURE] if command == "clip" else PICTURE
    options = {**QUICK, "size": 64, **options}
    frames = list(dreamvid.frames(source, command, **options))
    assert len(frames) == count
    getattr(dreamvid, command)(source, tmp_path / "%06d.png", **options)
    for n, frame in enumerate(frames, 1):
        written = np.asarray(PIL.Image.open(tmp_path / f"{n:06d}.png"))
        np.testing.assert_array_equal(np.clip(frame * 255 + 0.5, 0, 255).astype(np.uint8), written)


def test_the_way_back_takes_no_memory() -> None:
    frames = dreamvid.frames(PICTURE, frames=40, bounce=True, size=320, steps=0)
    tracemalloc.start()
    try:
        held = [tracemalloc.get_traced_memory()[0] for _ in frames]
    finally:
        tracemalloc.stop()
    assert len(held) == 78
    assert held[39] - held[9] < 2_000_000  # 30 pictures of the way there are 6 million bytes


def test_frames_are_checked_at_once() -> None:
    with pytest.raises(InputError):
        dreamvid.frames("none.jpg")
