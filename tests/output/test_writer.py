"""Encoders that fail, hang or lag: said in one sentence, and never waited for without end."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image as Pillow

from dreamvid.arrays import Image, Size
from dreamvid.errors import (
    FFmpegError,
    InputError,
    OutputError,
    Terminated,
)
from dreamvid.settings import FilmSettings
from tests.media import decoded, writing
from tests.output.test_film import COLOURS, check, enter, film, flat, make, throw
from tests.output.test_formats import moving


def kill(number: int = signal.SIGKILL) -> None:
    """Sends a signal to the ffmpeg that encodes."""
    deadline = time.monotonic() + 60
    while not (encoders := [child for child in psutil.Process().children() if "ffmpeg" in child.name()]):
        assert time.monotonic() < deadline, "no ffmpeg was started"
        time.sleep(0.01)
    [encoder] = encoders
    encoder.send_signal(number)


def test_ffmpeg_killed_in_the_middle(tmp_path: Path) -> None:
    def frames() -> Iterator[Image]:
        yield flat(COLOURS[0])
        kill()
        yield from [flat(COLOURS[1])] * 1000
        pytest.fail("nobody said that ffmpeg is dead")

    with pytest.raises(FFmpegError, match="signal 9"):
        make(film(tmp_path / "film.mp4"), frames())
    assert not list(tmp_path.iterdir())


def test_ffmpeg_killed_before_the_end(tmp_path: Path) -> None:
    with pytest.raises(FFmpegError, match="signal 9"):
        make(film(tmp_path / "film.mp4"), [flat(COLOURS[0])], kill)
    assert not list(tmp_path.iterdir())


LARGE = Size(640, 480)  # a frame is more than a pipe holds, so writing it blocks


def stopped(frames: int) -> Iterator[Image]:
    """Frames, after the first of which ffmpeg stands still."""
    yield flat(COLOURS[0], LARGE)
    kill(signal.SIGSTOP)
    yield from [flat(COLOURS[0], LARGE)] * (frames - 1)


def test_a_blocked_ffmpeg_is_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(FFmpegError, match=r"no frame for 0\.5 seconds"):
        make(film(tmp_path / "film.mp4", LARGE, timeout=0.5), stopped(20))
    assert time.monotonic() - began < 60
    assert not list(tmp_path.iterdir())


def test_an_error_does_not_wait_for_a_blocked_ffmpeg(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(InputError):
        make(film(tmp_path / "film.mp4", LARGE), stopped(3), lambda: throw(InputError("damaged")))
    assert time.monotonic() - began < 60
    assert not list(tmp_path.iterdir())


def test_a_blocked_ffmpeg_does_not_keep_a_render_that_is_terminated(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(Terminated):
        make(film(tmp_path / "film.mp4", LARGE), stopped(3), lambda: throw(Terminated("SIGTERM")))
    assert time.monotonic() - began < 60
    assert not list(tmp_path.iterdir())


def test_frames_do_not_pile_up(tmp_path: Path) -> None:
    with film(tmp_path / "film.mp4", LARGE) as writer:
        kill(signal.SIGSTOP)
        other = threading.Thread(target=lambda: [writer.write(flat(COLOURS[0], LARGE)) for _ in range(20)])
        other.start()
        time.sleep(0.5)
        assert writer.written <= 4
        kill(signal.SIGCONT)
        other.join()
    assert len(decoded(tmp_path / "film.mp4")) == 20


def test_missing_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", "/no/such/ffmpeg")
    for call in (lambda: check(tmp_path / "a.mp4"), lambda: enter(film(tmp_path / "a.mp4"))):
        with pytest.raises(FFmpegError, match="DREAMVID_FFMPEG"):
            call()
    assert not list(tmp_path.iterdir())
    check(f"{tmp_path}/frames/")  # pictures need none


ROOT = Path(__file__).parents[2]


PIPE = """
import numpy as np
from fractions import Fraction
from dreamvid.arrays import Size
from dreamvid.settings import FilmSettings
from tests.media import writing

with writing("-", Size(64, 48), Fraction(25), FilmSettings()) as writer:
    for n in range(9):
        writer.write(np.full((48, 64, 3), n / 9, np.float32))
"""


def test_a_film_down_a_pipe(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PIPE], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout[:4] == b"\x1a\x45\xdf\xa3"  # Matroska
    (tmp_path / "a.mkv").write_bytes(done.stdout)
    assert len(decoded(tmp_path / "a.mkv")) == 9


@pytest.mark.slow
def test_a_reader_that_leaves_early_ends_the_film_in_one_sentence(tmp_path: Path) -> None:
    Pillow.new("RGB", (320, 240)).save(tmp_path / "0.png")
    (tmp_path / "many").mkdir()
    for n in range(3000):
        (tmp_path / f"many/{n}.png").symlink_to(tmp_path / "0.png")
    words = [sys.executable, "-m", "dreamvid", "encode", str(tmp_path / "many"), "-q", "--codec", "ffv1", "-o", "-"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.buffer.read(1000)
        begun = time.monotonic()
        program.stdout.close()
        said = program.stderr.read()
        assert program.wait() == OutputError.exit_code
    assert time.monotonic() - begun < 60
    assert said.startswith("dreamvid: the program that reads the film from the pipe has closed it, after ")
    assert said.count("\n") == 1


def test_no_film_goes_to_a_terminal() -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    done = subprocess.run([sys.executable, "-c", PIPE], stdout=theirs, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    os.close(theirs)
    os.close(ours)
    assert done.returncode != 0
    assert b"the film would go to the terminal" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".gif", ".webp", ".avif"])
def test_memory_does_not_grow_with_the_frames(tmp_path: Path, suffix: str) -> None:
    size, seen = Size(320, 240), {}
    picture = moving(0, size)
    with writing(tmp_path / f"a{suffix}", size, Fraction(25), FilmSettings(encoder_preset="superfast")) as writer:
        us = psutil.Process()
        for n in range(301):
            writer.write(np.roll(picture, n, axis=1))
            if n in (100, 300):
                seen[n] = us.memory_info().rss + sum(child.memory_info().rss for child in us.children())
    assert seen[300] - seen[100] < 20e6, json.dumps(seen)  # 200 frames are 46 MB
