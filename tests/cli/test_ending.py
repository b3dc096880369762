"""A render that is ended comes to its end in time, whatever ffmpeg does, and goes on afterwards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dreamvid.cli.work import Run, carry_out
from dreamvid.errors import ResourceError
from dreamvid.films import status
from dreamvid.media.ffmpeg import VARIABLE, executable
from tests.conftest import SEED

IN_TIME = 60
"""Seconds: two are promised, a busy machine takes some more, and ffmpeg would take a hundred."""


def hanging_ffmpeg(folder: Path, stage: str) -> Path:
    """An ffmpeg that takes frames, or joins segments, without an end."""
    path = folder / "ffmpeg"
    path.write_text(f'#!/bin/sh\ncase "$*" in *{stage}*) sleep 100 ;; esac\nexec "{executable()}" "$@"\n')
    path.chmod(0o755)
    return path


def test_a_lack_of_memory_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    def work(**_: object) -> None:
        raise MemoryError

    with capsys.disabled(), pytest.raises(ResourceError, match="memory ran out; a smaller size or tile"):
        carry_out(work, Run(quiet=True))


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["pipe:0", "ffconcat"])
@pytest.mark.parametrize(("signals", "code"), [([signal.SIGTERM], 143), ([signal.SIGINT, signal.SIGINT], 130)])
def test_it_ends_within_two_seconds(tmp_path: Path, stage: str, signals: list[int], code: int) -> None:
    environment = os.environ | {VARIABLE: str(hanging_ffmpeg(tmp_path, stage))}
    words = [sys.executable, "-m", "dreamvid", "zoom", str(SEED), "--size", "96", "--quality", "draft",
             "--frames", "12", "-o", str(tmp_path / "a.mp4")]
    child = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=SEED.parents[1], env=environment)
    marks = tmp_path / "a.mp4.dreamvid"
    while not list(marks.glob("records/range-*" if stage == "ffconcat" else "progress/*.[01]")):
        assert child.poll() is None
        time.sleep(0.01)
    time.sleep(1.2)  # it waits for ffmpeg, and what is done is flushed
    kept = status(marks).frames
    begun = time.monotonic()
    for number in signals:
        child.send_signal(number)
        time.sleep(0.2)
    child.communicate(timeout=120)
    assert time.monotonic() - begun < IN_TIME
    assert child.returncode == code
    assert status(marks).frames >= kept > 0
