"""`dreamvid zoom`, as a person runs it: what it makes, and what it says when it cannot."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from tests.conftest import SEED, SMALL
from tests.media import pixels, read

Run = Callable[..., Result]


def refused(result: Result, code: int, *words: str) -> None:
    """The exit code is right, there is one sentence on stderr with the words, and no traceback."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("dreamvid: ")
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def nothing_left(folder: Path, *allowed: str) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(allowed)


def test_a_film_beside_nothing_else_named_after_the_picture(run: Run, picture: Path, tmp_path: Path) -> None:
    result = run("zoom", picture, *SMALL)
    assert result.exit_code == 0, result.output
    assert (result.stdout, result.stderr) == ("", "")  # quiet
    nothing_left(tmp_path, "picture.png", "picture-zoom.mp4")
    assert read(tmp_path / "picture-zoom.mp4").shape == (2, 64, 96, 3)  # 95x63, padded to be even


def test_a_bounce_goes_back_and_is_counted(run: Run, picture: Path, tmp_path: Path) -> None:
    result = run("zoom", picture, *SMALL, "--frames", "4", "--bounce", "--poster", "p.png", "-o", "a.png", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["frames"] == 6
    frames = pixels(tmp_path / "a.png")
    assert len(frames) == 6
    assert np.array_equal(frames[4], frames[2])
    assert np.array_equal(frames[5], frames[1])
    assert not np.array_equal(frames[0], frames[3])
    assert np.array_equal(np.asarray(Pillow.open(tmp_path / "p.png")), frames[3]), "the frame in the middle"


def test_the_record_tells_what_was_made(run: Run, picture: Path) -> None:
    result = run("zoom", picture, *SMALL, "--json", "--fps", "30000/1001", "--seed", "5", "-o", "a.mkv")
    record = json.loads(result.stdout)
    assert " ".join(record) == "output frames width height fps seconds frames_per_second seed network weights"
    assert (record["output"], record["frames"], record["seed"]) == ("a.mkv", 2, 5)
    assert (record["width"], record["height"]) == (95, 63)
    assert record["fps"] == pytest.approx(29.97, abs=1e-3)


def test_the_same_seed_makes_the_same_frames_and_another_other_ones(run: Run, picture: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert run("zoom", picture, *SMALL, "--seed", seed, "-o", f"{name}/").exit_code == 0
    same, again, other = ((tmp_path / name / "000002.png").read_bytes() for name in "abc")
    assert same == again
    assert same != other


@pytest.mark.parametrize(("words", "code", "said"), [
    (["nothing.jpg"], 3, "nothing.jpg does not exist"),
    (["."], 3, "is a folder"),
    (["picture.png", "--frames", "0"], 2, "--frames is 0"),
    (["picture.png", "--frames", "-5"], 2, "--frames is -5"),
    (["picture.png", "--frames", "many"], 2, "--frames"),
    (["picture.png", "--steps", "-1"], 2, "--steps is -1"),
    (["picture.png", "--octave-scale", "1"], 2, "--octave-scale is 1"),
    (["picture.png", "--octave-scale", "nan"], 2, "--octave-scale is nan"),
    (["picture.png", "--fps", "0"], 2, "--fps is 0"),
    (["picture.png", "--fps", "1/0"], 2, "--fps is '1/0'"),
    (["picture.png", "--zoom", "0"], 2, "--zoom is 0"),
    (["picture.png", "--border", "none"], 2, "mirror, wrap, replicate"),
    (["picture.png", "--quality", "best"], 2, "draft, standard, fine"),
    (["picture.png", "--overlap", "400"], 2, "--overlap is 400"),
    (["picture.png", "--layers", "blok10"], 2, "block10"),
    (["picture.png", "--layers", "block10:much"], 2, "'much'"),
    (["picture.png", "-o", "a.xyz"], 2, "a.xyz"),
    (["picture.png", "-o", "missing/a.mp4"], 4, "missing"),
    (["picture.png", "-o", "picture.png"], 4, "is the input"),
    (["picture.png", "--colour"], 2, "--colour"),
])
def test_bad_input_is_one_sentence(
    run: Run, picture: Path, tmp_path: Path, *, words: list[str], code: int, said: str
) -> None:
    before = picture.read_bytes()
    refused(run("zoom", *words), code, said)
    nothing_left(tmp_path, "picture.png")
    assert picture.read_bytes() == before


@pytest.mark.parametrize(("name", "content", "said"), [
    ("empty.jpg", b"", "empty"),
    ("text.jpg", b"this is no picture", "not a picture"),
    ("cut.jpg", SEED.read_bytes()[:20_000], "damaged"),
])
def test_a_picture_that_is_none(run: Run, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    refused(run("zoom", name, *SMALL), 3, name, said)
    nothing_left(tmp_path, name)


def test_an_output_that_exists_is_kept_without_y_and_replaced_with_it(run: Run, picture: Path, tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(b"mine")
    refused(run("zoom", picture, *SMALL, "-o", film), 4, "exists", "-y")
    assert film.read_bytes() == b"mine"
    assert run("zoom", picture, *SMALL, "-o", film, "-y").exit_code == 0
    assert len(read(film)) == 2


@pytest.mark.posix
def test_the_input_is_never_the_output(run: Run, picture: Path, tmp_path: Path) -> None:
    linked = tmp_path / "film.mp4"
    linked.symlink_to(picture)
    refused(run("zoom", picture, *SMALL, "-o", linked, "-y"), 4, "is the input")


def test_without_ffmpeg(run: Run, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", "/no/such/program")
    refused(run("zoom", picture, *SMALL), 5, "DREAMVID_FFMPEG")


@pytest.mark.posix
def test_an_ffmpeg_that_fails(run: Run, picture: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", "false")
    refused(run("zoom", picture, *SMALL), 5, "ffmpeg")
    nothing_left(tmp_path, "picture.png")


def other_ffmpeg(folder: Path, text: str) -> str:
    path = folder / "other-ffmpeg"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.posix
@pytest.mark.parametrize(("text", "said"), [
    ("cat > /dev/null; echo \"Unknown encoder 'libx264'\" >&2; exit 8", "Unknown encoder 'libx264'"),
    ("head -c 1000 > /dev/null; kill -9 $$", "signal 9"),
])
def test_an_ffmpeg_without_the_encoder_or_killed(
    run: Run, picture: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, text: str, said: str
) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", other_ffmpeg(tmp_path, text))
    refused(run("zoom", picture, *SMALL, "--no-resume", "-o", "a.mp4"), 5, said)
    nothing_left(tmp_path, "picture.png", "other-ffmpeg")


def test_a_full_disk(run: Run, picture: Path, tiny_disk: Path) -> None:
    (tiny_disk / "filler").write_bytes(bytes(250 * 1024))
    large = ("--size", "256", "--crf", "0", "--no-resume")
    refused(run("zoom", picture, *SMALL, *large, "-o", tiny_disk / "a.mp4"), 6, "disk is full")
    nothing_left(tiny_disk, "filler")


def test_octaves_too_small_for_the_network_are_said_once(run: Run, picture: Path) -> None:
    result = run("zoom", picture, *SMALL, "--octaves", "9")
    assert result.exit_code == 0
    assert result.stderr.count("octaves are used") == 1


def test_pictures_of_16_by_16_make_a_film(run: Run, tmp_path: Path) -> None:
    Pillow.new("L", (16, 16), 90).save(tmp_path / "dot.png")
    result = run("zoom", "dot.png", "--frames", "2", "--size", "16", "-o", "dot.mp4")
    assert result.exit_code == 0, result.output


STEPS = 40
"""Of twenty dreams."""


def start_zoom(folder: Path) -> subprocess.Popen[str]:
    """A long zoom in a process of its own, which has made some frames."""
    options = ["--frames", "99999", "--size", "96", "--quality", "draft", "-v", "-o", "a.mp4"]
    child = subprocess.Popen(
        [sys.executable, "-m", "dreamvid", "zoom", str(SEED), *options],
        cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(SEED.parent.parent)}, start_new_session=True)
    assert child.stderr is not None
    steps = (line for line in child.stderr if line.startswith("octave"))
    if sum(1 for _ in islice(steps, STEPS)) < STEPS:
        raise AssertionError(f"it ended with {child.wait()}")
    return child


@pytest.mark.posix
@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_a_film_that_plays(tmp_path: Path, number: signal.Signals, code: int) -> None:
    child = start_zoom(tmp_path)
    os.killpg(child.pid, number)
    _, said = child.communicate(timeout=120)
    assert child.returncode == code, said
    assert "a.mp4 holds them; `dreamvid resume " in said.splitlines()[-1]
    assert "Traceback" not in said
    assert len(read(tmp_path / "a.mp4")) > 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.mp4.dreamvid"]


def test_an_even_pace_changes_what_follows_the_first_frames(run: Run, picture: Path, tmp_path: Path) -> None:
    for folder, option in (("even/", "--even"), ("plain/", "--no-even")):
        assert run("zoom", picture, *SMALL, "--frames", "12", option, "--dream-rate", "30", "-o", folder).exit_code == 0
    for number, same in ((9, True), (12, False)):
        even, plain = ((tmp_path / folder / f"{number:06d}.png").read_bytes() for folder in ("even", "plain"))
        assert (even == plain) == same
