"""Renders that were stopped, seen from the command line: how far they are, whether they are sound, and going on."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import Result

from dreamvid import loop, zoom
from dreamvid.events import Event, Step
from dreamvid.settings import COMMANDS, LoopSettings, Settings, ZoomSettings, build
from tests.conftest import SEED

Run = Callable[..., Result]
CLIP = SEED.with_name("clip.mp4")
TINY = {"size": 64, "quality": "draft", "codec": "ffv1", "recipe": False}


class Stop(BaseException):
    """Raised in the middle of a render."""


def stop_after(steps: int) -> Callable[[Event], None]:
    """An observer that stops a render in a gradient step."""
    left = steps

    def observe(event: Event) -> None:
        nonlocal left
        left -= isinstance(event, Step)
        if left < 0:
            raise Stop

    return observe


def settings_of(command: str, **values: object) -> Settings:
    return build(COMMANDS[command], {**TINY, **values})


def stopped_zoom(output: Path, steps: int, **values: object) -> None:
    settings = settings_of("zoom", frames=12, **values)
    assert isinstance(settings, ZoomSettings)
    with pytest.raises(Stop):
        zoom(SEED, output, settings, observe=stop_after(steps))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The work folder of a zoom that was stopped in the middle."""
    stopped_zoom(tmp_path / "a.mkv", 10)
    return tmp_path / "a.mkv.dreamvid"


@pytest.mark.slow
def test_how_far_it_is_and_how_it_goes_on(run: Run, folder: Path, tmp_path: Path) -> None:
    said = run("status", folder)
    assert said.exit_code == 0
    frames = int(re.search(r"(\d+) of 12 frames", said.stdout)[1])  # pyright: ignore[reportOptionalSubscript]
    assert frames == 9  # five dreams, of two octaves and one step, and the pictures between them
    assert f"dreamvid resume {folder}" in said.stdout
    record = json.loads(run("status", "--json", folder).stdout)
    assert (record["frames"], record["total"], record["command"], record["running"]) == (frames, 12, "zoom", False)
    assert 0 < record["bytes"] < record["most_bytes"] + 20_000
    assert f"is intact: {frames} frames" in run("verify", folder).stdout
    made = run("resume", folder)
    assert made.exit_code == 0, made.output
    assert f"continuing after frame {frames} of 12" in made.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]
    settings = settings_of("zoom", frames=12)
    assert isinstance(settings, ZoomSettings)
    zoom(SEED, tmp_path / "whole.mkv", settings)
    assert (tmp_path / "a.mkv").read_bytes() == (tmp_path / "whole.mkv").read_bytes()


@pytest.mark.slow
def test_what_differs_is_named_and_nothing_is_touched(run: Run, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    words = ("zoom", SEED, "--frames", "12", "--size", "64", "--quality", "draft", "--codec", "ffv1", "--no-recipe")
    other = run(*words, "--zoom", "1.2", "--seed", "3", "-o", "a.mkv")
    assert other.exit_code == 7
    assert "seed was 0 and is 3" in other.stderr
    assert "zoom was 1.8 and is 1.2" in other.stderr
    assert "--restart" in other.stderr
    with FileLock(folder / "lock"):
        busy = run(*words, "-o", "a.mkv")
        assert (busy.exit_code, "in use" in busy.stderr) == (7, True)
        assert json.loads(run("status", "--json", folder).stdout)["running"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    anew = run(*words, "--zoom", "1.2", "--restart", "--keep-work", "-o", "a.mkv")
    assert anew.exit_code == 0, anew.output
    assert "continuing" not in anew.stderr
    assert run("verify", folder).exit_code == 0


@pytest.mark.slow
def test_damage_is_named(run: Run, folder: Path) -> None:
    job = folder / "records" / "job.json"
    job.write_bytes(b"x" + job.read_bytes()[1:])
    for command in ("verify", "resume"):
        result = run(command, folder)
        assert (result.exit_code, "job.json" in result.stderr) == (7, True), result.output


@pytest.mark.parametrize("command", ["status", "verify", "resume"])
def test_what_is_no_work_folder_is_said(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "b.mp4.dreamvid").mkdir()
    for name in ("b.mp4.dreamvid", "missing.dreamvid"):
        result = run(command, name)
        assert (result.exit_code, result.stderr.count("\n")) == (7, 1), result.output


@pytest.mark.slow
@pytest.mark.parametrize(("source", "kind"), [
    (SEED, "dive"), (SEED, "pulse"), (SEED, "sway"), (SEED, "drift"), (SEED, "bounce"), (CLIP, "crossfade"),
    (CLIP, "bounce")])
def test_loops_go_on_to_the_same_film(tmp_path: Path, source: Path, kind: str) -> None:
    length = {"frames": 9} if source == CLIP else {"seconds": 0.5}
    settings = settings_of("loop", kind=kind, **length)
    assert isinstance(settings, LoopSettings)
    loop(source, tmp_path / "whole.mkv", settings)
    for steps in (20, 31, 57):
        try:
            loop(source, tmp_path / "a.mkv", settings, observe=stop_after(steps))
        except Stop:
            continue
        break
    else:
        loop(source, tmp_path / "a.mkv", settings)
    assert (tmp_path / "a.mkv").read_bytes() == (tmp_path / "whole.mkv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mkv", "whole.mkv"]


@pytest.mark.slow
def test_a_bounce_goes_on_on_its_way_back(tmp_path: Path) -> None:
    settings = settings_of("zoom", frames=12, bounce=True)
    assert isinstance(settings, ZoomSettings)
    zoom(SEED, tmp_path / "whole.mkv", settings)

    def stop_on_the_way_back(event: Event) -> None:
        if getattr(event, "done", 0) == 17:
            raise Stop

    with pytest.raises(Stop):
        zoom(SEED, tmp_path / "a.mkv", settings, observe=stop_on_the_way_back)
    zoom(SEED, tmp_path / "a.mkv", settings)
    assert (tmp_path / "a.mkv").read_bytes() == (tmp_path / "whole.mkv").read_bytes()


@pytest.mark.posix
@pytest.mark.slow
@pytest.mark.parametrize("said", [False, True])
@pytest.mark.parametrize("seconds", [0.0, 0.4, 0.8])
def test_ctrl_c_before_the_first_frame_ends_it_at_once(tmp_path: Path, said: bool, seconds: float) -> None:
    """Before or after it has said that it loads the network; Python itself may be interrupted while it starts."""
    words = [sys.executable, "-m", "dreamvid", "zoom", str(SEED), "--size", "64", "--quality", "draft",
             "--frames", "5000", "-o", str(tmp_path / "a.mp4")]
    child = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=SEED.parents[1])
    assert child.stderr is not None
    if said:
        assert child.stderr.readline() == "loading the network\n"
    time.sleep(seconds)
    child.send_signal(signal.SIGINT)
    _, rest = child.communicate(timeout=120)
    assert child.returncode in (130, -signal.SIGINT), rest
    assert not (said and "Traceback" in rest)
