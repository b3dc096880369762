"""The same with the real network and the real command line: killed in the middle, the film is the uninterrupted one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from dreamvid.media.ffmpeg import run, url
from tests.conftest import SEED
from tests.store.matrix import committed, same

FRAMES = 40


def dreams(folder: Path) -> int:
    """How many dreams of a loop a stopped render has kept."""
    return len(list(folder.glob("*.dreamvid/records/dream-*.json")))


def dreamvid(folder: Path, *arguments: str, kill_after: int = 0, count: Callable[[Path], int] = committed
             ) -> tuple[int, str]:
    """Runs a command to its end, or kills it when so many frames, or whatever is counted, are there."""
    folder.mkdir(exist_ok=True)
    running = subprocess.Popen([sys.executable, "-m", "dreamvid", *arguments, "-o", "film.mp4", "--quality", "draft"],
                               cwd=folder, stderr=subprocess.PIPE, text=True)
    while kill_after and running.poll() is None:
        if count(folder) >= kill_after:
            os.kill(running.pid, signal.SIGKILL)
        time.sleep(0.005)
    assert running.stderr is not None
    said = running.stderr.read()
    return running.wait(120), said


def survives(tmp_path: Path, *arguments: str) -> None:
    assert dreamvid(tmp_path / "whole", *arguments)[0] == 0
    killed, _ = dreamvid(tmp_path / "killed", *arguments, kill_after=4)
    assert killed == -signal.SIGKILL
    there = committed(tmp_path / "killed")
    assert 4 <= there < FRAMES
    code, said = dreamvid(tmp_path / "killed", *arguments)
    assert code == 0, said
    assert f"continuing after frame {there} of {FRAMES}" in said
    same(tmp_path / "killed", tmp_path / "whole")


@pytest.mark.slow
def test_a_zoom(tmp_path: Path) -> None:
    survives(tmp_path, "zoom", str(SEED), "--frames", str(FRAMES), "--size", "256", "--steps", "8")


@pytest.mark.slow
def test_a_clip_with_sound_a_cut_and_a_mask(tmp_path: Path) -> None:
    """The cut comes late, so that the run that goes on meets it."""
    source, mask = tmp_path / "clip.mp4", tmp_path / "mask.png"
    run("-f", "lavfi", "-i", "testsrc2=s=256x160:r=10:d=3", "-f", "lavfi", "-i", "mandelbrot=s=256x160:r=10",
        "-f", "lavfi", "-i", "sine=d=4", "-filter_complex", "[1:v]trim=end=1[b];[0:v][b]concat[v]", "-map", "[v]",
        "-map", "2:a", "-t", "4", "-y", url(source))
    Pillow.fromarray(np.tile(np.arange(160, dtype=np.uint8), (96, 1))).save(mask)
    survives(tmp_path, "clip", str(source), "--mask", str(mask))


@pytest.mark.slow
def test_a_loop(tmp_path: Path) -> None:
    """Killed among its dreams, and again among its frames."""
    words = ("loop", str(SEED), "--size", "160", "--period", "12", "--fps", "20")
    assert dreamvid(tmp_path / "whole", *words)[0] == 0
    killed, _ = dreamvid(tmp_path / "killed", *words, kill_after=4, count=dreams)
    assert killed == -signal.SIGKILL
    assert 4 <= dreams(tmp_path / "killed") < 10
    assert committed(tmp_path / "killed") == 0
    killed, _ = dreamvid(tmp_path / "killed", *words, kill_after=3)
    assert killed == -signal.SIGKILL
    code, said = dreamvid(tmp_path / "killed", *words)
    assert code == 0, said
    assert "continuing after frame" in said
    same(tmp_path / "killed", tmp_path / "whole")
