"""`dreamvid loop`: every kind closes, in every format, measured on the file that was written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.settings import PICTURE_KINDS, DiveSettings, LoopSettings
from tests.conftest import SEED

Run = Callable[..., Result]
SMALL = ("--size", "128", "--quality", "draft", "--steps", "2", "--octaves", "2", "--fps", "25", "--period", "2.4",
         "-q", "--no-recipe")


@pytest.mark.slow
@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_every_kind_closes(run: Run, kind: str) -> None:
    made = run("loop", SEED, *SMALL, "--kind", kind, "-o", "a.mkv", "--codec", "ffv1", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["frames"] == 60
    measured = run("measure", "--loop", "a.mkv", "--json")
    closing = json.loads(measured.stdout)
    assert closing["closes"], closing
    assert closing["steady"] == (kind in ("dive", "drift"))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["mp4", "webm", "gif", "webp", "png"])
def test_a_dive_closes_in_every_format(run: Run, suffix: str) -> None:
    """With more steps than elsewhere here: keys that grow together in one step leave a seam."""
    assert run("loop", SEED, *SMALL, "--steps", "4", "-o", f"a.{suffix}").exit_code == 0
    measured = run("measure", "--loop", f"a.{suffix}")
    assert "the loop closes" in measured.stdout, measured.output


@pytest.mark.slow
def test_the_same_seed_makes_the_same_loop(run: Run, tmp_path: Path) -> None:
    for folder in ("a/", "b/"):
        assert run("loop", SEED, *SMALL, "--period", "0.2", "-o", folder).exit_code == 0
    assert (tmp_path / "a/000003.png").read_bytes() == (tmp_path / "b/000003.png").read_bytes()


@pytest.mark.slow
def test_outward_is_inward_the_other_way_round(run: Run, tmp_path: Path) -> None:
    for folder, way in (("in/", "--no-outward"), ("out/", "--outward")):
        assert run("loop", SEED, *SMALL, "--period", "0.4", way, "-o", folder).exit_code == 0
    assert (tmp_path / "in/000002.png").read_bytes() == (tmp_path / "out/000010.png").read_bytes()


def test_a_bounce_doubles_no_end(run: Run, tmp_path: Path) -> None:
    assert run("loop", SEED, *SMALL, "--kind", "bounce", "--period", "0.32", "-o", "a/").exit_code == 0
    frames = [path.read_bytes() for path in sorted((tmp_path / "a").iterdir())]
    assert len(frames) == 8
    assert frames[1:4] == frames[:4:-1]
    assert len(set(frames)) == 5


def test_a_gif_of_another_rate_is_said(run: Run, tmp_path: Path) -> None:
    result = run("loop", SEED, *SMALL, "--fps", "30", "--kind", "pulse", "-o", "a.gif")
    assert "a GIF cannot keep 30 frames a second; it has 25" in result.stderr
    with Pillow.open(tmp_path / "a.gif") as picture:
        assert (getattr(picture, "n_frames", 0), picture.info["duration"], picture.info["loop"]) == (60, 40, 0)


@pytest.mark.slow
def test_a_process_of_its_own_says_it_too(tmp_path: Path) -> None:
    """The application in a test's process has no descriptor 2 that native libraries write to; a person's has."""
    words = ["loop", str(SEED), *SMALL, "--kind", "pulse", "--fps", "30", "--period", "0.2", "-o", "a.gif"]
    done = subprocess.run([sys.executable, "-m", "dreamvid", *words], cwd=tmp_path, capture_output=True, text=True,
                          check=True, env={**os.environ, "PYTHONPATH": str(SEED.parent.parent)})
    assert done.stdout == ""
    assert done.stderr == "dreamvid: a GIF cannot keep 30 frames a second; it has 25\n"


@pytest.mark.parametrize(("words", "code", "said"), [
    (["--kind", "spin"], 2, "--kind is 'spin'"), (["--keys", "0"], 2, "--keys is 0"),
    (["--zoom-per-key", "1"], 2, "--zoom-per-key is 1"), (["--period", "0"], 2, "--seconds is 0"),
    (["-o", "a.webm", "--codec", "h264"], 2, ".webm holds vp9, av1"), (["-o", "a.xyz"], 2, "a.xyz"),
])
def test_bad_input_is_one_sentence(run: Run, tmp_path: Path, words: list[str], code: int, said: str) -> None:
    result = run("loop", SEED, *words)
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_what_is_no_loop_cannot_be_measured(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("measure", "--loop", "nothing.gif").exit_code == 3
    Pillow.open(picture).save(tmp_path / "still.gif")
    assert "three frames" in run("measure", "--loop", "still.gif").stderr


def test_deep_kinds_dream_deeply_and_a_bounce_like_a_zoom() -> None:
    assert LoopSettings().for_input(clip=False).dream.steps == 12
    assert LoopSettings(kind="bounce").for_input(clip=False).dream.steps == 2
    assert LoopSettings().for_input(clip=True).dream.steps == 2
    assert LoopSettings().film.key_every == 1
    assert LoopSettings(dive=DiveSettings(keys=3)).dive.keys == 3
