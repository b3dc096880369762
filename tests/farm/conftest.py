"""Clusters of real processes, whose workers dream with a stand-in."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from dreamvid.events import Caller
from dreamvid.films import making
from dreamvid.films.commands import planned
from dreamvid.settings import ClipSettings, DreamSettings, MachineSettings, ResultSettings
from tests.media import hashes
from tests.media import run as make
from tests.stand_in import StandIn

ROOT = Path(__file__).parent.parent.parent
DREAMVID = [sys.executable, "-m", "dreamvid"]
LIMIT = 300.0
"""Seconds that a busy machine may take for anything here."""

SCENES, LENGTH = 8, 8
"""Scenes of the clip, and frames in each."""

SETTINGS = ClipSettings(dream=DreamSettings(octaves=1, steps=1), machine=MachineSettings(threads=1),
                        result=ResultSettings(recipe=False))
OPTIONS = ("--octaves", "1", "--steps", "1", "--threads", "1", "--no-recipe")
"""`SETTINGS` as options."""

FIRST = '''
import sys
if "spawn_main" in " ".join(sys.orig_argv):
    from tests.farm import worker
    worker.begin()
'''


def make_clip(path: Path, scenes: int) -> Path:
    """A clip of scenes that look nothing alike, with a sound."""
    coarse = [np.random.default_rng(n).integers(0, 256, (4, 6, 3), np.uint8) for n in range(scenes)]
    pixels = b"".join(LENGTH * np.kron(scene, np.ones((16, 16, 1), np.uint8)).tobytes() for scene in coarse)
    make("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "96x64", "-framerate", "10", "-i", "pipe:0",
         "-f", "lavfi", "-i", f"sine=440:d={scenes * LENGTH / 10}", path, stdin=pixels)
    return path


@pytest.fixture(scope="package")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of eight scenes of eight frames each, with a sound."""
    return make_clip(tmp_path_factory.mktemp("clip") / "scenes.mp4", SCENES)


@pytest.fixture(scope="package")
def alone(clip: Path) -> str:
    """What one process makes of the clip with the stand-in: the hash of each frame and of the sound."""
    path = clip.with_name("alone.mp4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "open_plan_dreamer", lambda *_: StandIn())
        making.render_film(*planned("clip", clip, path, SETTINGS, Caller()), Caller())
    return hashes(path)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A folder by which a test talks to its workers; see `worker`."""
    folder = tmp_path / "stand_in"
    (folder / "first").mkdir(parents=True)
    (folder / "first" / "sitecustomize.py").write_text(FIRST)
    return folder


def environment(stand_in: Path | None = None, **more: str) -> dict[str, str]:
    """The environment of a process; with `stand_in` its workers dream with the stand-in."""
    there = {name: value for name, value in os.environ.items() if not name.startswith("DREAMVID_")}
    first = [str(stand_in / "first")] if stand_in else []
    more |= {"STAND_IN": str(stand_in)} if stand_in else {}
    return there | more | {"DREAMVID_CONFIG": os.devnull, "PYTHONPATH": os.pathsep.join([*first, str(ROOT)])}


@contextmanager
def begun(*words: str | Path, folder: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process of dreamvid's, which is ended with those that it began."""
    process = subprocess.Popen([*DREAMVID, *map(str, words)], cwd=folder, env=env or environment(), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            for one in children:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            psutil.wait_procs(children, LIMIT)
        process.wait(LIMIT)
        if process.stdout:
            process.stdout.close()


def until(true: Callable[[], object], what: str) -> None:
    """Waits until something is true."""
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end, f"{what} took too long"
        time.sleep(0.02)


@contextmanager
def scheduler_at(port: int, *options: str | Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A scheduler, which answers."""
    def answers() -> bool:
        assert process.poll() is None, process.communicate()
        with socket.socket() as found:
            return found.connect_ex(("127.0.0.1", port)) == 0

    with begun("farm", "scheduler", "--port", str(port), *options, folder=folder) as process:
        until(answers, "the scheduler")
        yield process


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def worker_of(nanny: subprocess.Popen[str]) -> psutil.Process | None:
    """The process that dreams: the child of a worker that runs Dask."""
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(nanny.pid).children(recursive=True):
            if "spawn_main" in " ".join(child.cmdline()):
                return child
    return None
