"""`--nice`, in processes of its own: a priority that is lowered cannot be raised again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image as Pillow

from dreamvid.cli.work import NICENESS
from dreamvid.media import ffmpeg
from dreamvid.media.child import _BEHIND

ROOT = Path(__file__).parent.parent.parent


def run(folder: Path, *arguments: str, **variables: str) -> str:
    """What a new Python says on stderr."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True, text=True,
                          capture_output=True).stderr


@pytest.mark.slow
@pytest.mark.parametrize(("options", "more"), [((), 0), (("--nice",), NICENESS)])
def test_the_work_and_its_children_have_a_lower_priority(tmp_path: Path, options: tuple[str, ...], more: int) -> None:
    for n in range(3):
        Pillow.new("RGB", (32, 32), (n, n, n)).save(tmp_path / f"{n}.png")
    wrapper = tmp_path / "ffmpeg"
    wrapper.write_text(f'#!/bin/sh\nnice >> "{tmp_path}/said"\nexec "{ffmpeg.executable()}" "$@"\n')
    wrapper.chmod(0o755)
    run(tmp_path, "-m", "dreamvid", "encode", "%d.png", "-o", "a.mkv", *options, DREAMVID_FFMPEG=str(wrapper))
    lowest = os.nice(0) + more  # a program that takes pictures is lowered further, as soon as it has started
    assert int((tmp_path / "said").read_text().split()[-1]) in (min(19, lowest), min(19, lowest + _BEHIND))


def test_a_system_without_priorities_is_told(tmp_path: Path) -> None:
    program = ("import os; del os.nice; from dreamvid.cli.work import Run, carry_out\n"
               "carry_out(lambda observe, warn: None, Run(nice=True, quiet=True))")
    said = "dreamvid: this system cannot lower the priority of a process; --nice changes nothing\n"
    assert run(tmp_path, "-c", program) == said
