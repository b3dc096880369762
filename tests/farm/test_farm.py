"""Films on real clusters of real processes, which are killed: the film is that of one process, to the bit."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from typer.testing import Result

from dreamvid.media.ffmpeg import run as ffmpeg
from dreamvid.media.ffmpeg import url

pytest.importorskip("distributed", reason="a cluster needs Dask's distributed, of the extra `farm`")

Run = Callable[..., Result]
SMALL = ("--octaves", "1", "--steps", "1", "--warm-up", "1", "--threads", "1", "--no-recipe")
LIMIT = 300.0
"""Seconds that a busy machine may take for anything here."""

KILLS = 20 if os.environ.get("DREAMVID_WHOLE_MATRIX") else 3


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of nine scenes of eight frames each, with a sound."""
    pictures = ["testsrc2", "mandelbrot", "color=red", "rgbtestsrc", "color=white", "gradients=seed=3",
                "color=blue", "cellauto=rule=30:seed=5", "color=green"]
    inputs = [word for name in pictures for word in (
        "-f", "lavfi", "-i", f"{name}{':' if '=' in name else '='}s=96x64:r=10")]
    cut = "".join(f"[{n}:v]trim=end_frame=8,format=yuv420p[v{n}];" for n in range(9))
    joined = "".join(f"[v{n}]" for n in range(9))
    path = tmp_path_factory.mktemp("clip") / "scenes.mp4"
    code, _, error = ffmpeg(*inputs, "-f", "lavfi", "-i", "sine=440:d=7.2", "-filter_complex",
                            f"{cut}{joined}concat=n=9[v]", "-map", "[v]", "-map", "9:a", "-y", url(path))
    assert code == 0, error
    return path


@pytest.fixture(scope="module")
def reference(clip: Path) -> bytes:
    """The film of one process."""
    path = clip.with_name("reference.mp4")
    subprocess.run([*DREAMVID, "clip", clip, *SMALL, "-q", "-o", path], check=True, timeout=LIMIT, env=environment())
    return path.read_bytes()


DREAMVID = [sys.executable, "-m", "dreamvid"]


def environment() -> dict[str, str]:
    there = {name: value for name, value in os.environ.items() if not name.startswith("DREAMVID_")}
    return there | {"DREAMVID_CONFIG": os.devnull, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}


@contextmanager
def begun(*words: str | Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of dreamvid's, which is ended with those that it began."""
    process = subprocess.Popen([*DREAMVID, *map(str, words)], cwd=folder, env=environment(), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        with suppress(psutil.NoSuchProcess):
            for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        process.wait(LIMIT)
        if process.stdout:
            process.stdout.close()


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end, f"{what} took too long"
        time.sleep(0.05)


def records(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("film.mp4.dreamvid/records/range-*.json")}


def test_a_film_by_four_workers_is_that_of_one_process(clip: Path, reference: bytes, tmp_path: Path) -> None:
    with begun("clip", clip, *SMALL, "--farm", "local:4", "-o", "film.mp4", folder=tmp_path) as client:
        said, _ = client.communicate(timeout=LIMIT)
    assert client.returncode == 0, said
    assert (tmp_path / "film.mp4").read_bytes() == reference
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4"]


def free_port() -> int:
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


def test_workers_the_scheduler_and_the_client_are_killed(clip: Path, reference: bytes, tmp_path: Path) -> None:
    """Workers again and again, the scheduler and the client once each, all by SIGKILL, at random moments."""
    chance, port = random.Random(5), free_port()
    address = f"tcp://127.0.0.1:{port}"
    serve = ("farm", "scheduler", "--port", str(port))
    render = ("clip", clip, *SMALL, "--farm", address, "-o", "film.mp4")
    with (begun(*serve, folder=tmp_path) as scheduler, begun("farm", "worker", address, folder=tmp_path) as one,
          begun("farm", "worker", address, folder=tmp_path) as other):
        with begun(*render, folder=tmp_path) as client:
            until(lambda: records(tmp_path) or client.poll() is not None, "the first range")
            client.kill()
            client.wait(LIMIT)
        there = records(tmp_path)
        with begun(*render, folder=tmp_path) as client:
            for _ in range(KILLS):
                victim = chance.choice([one, other])
                until(lambda victim=victim: worker_of(victim) or client.poll() is not None, "a worker")
                time.sleep(chance.uniform(0, 1))
                if client.poll() is None and (found := worker_of(victim)):
                    with suppress(psutil.NoSuchProcess):
                        found.kill()
                assert records(tmp_path) >= there or client.poll() is not None
            scheduler.kill()
            scheduler.wait(LIMIT)
            with begun(*serve, folder=tmp_path):
                said, _ = client.communicate(timeout=LIMIT)
    assert client.returncode == 0, said
    assert (tmp_path / "film.mp4").read_bytes() == reference


@pytest.mark.parametrize(("options", "code", "said"), [
    (("--farm", "local:0"), 2, "local:N with N workers, 1 at least"),
    (("--farm", "nonsense"), 2, "it must be local:N"),
    (("--farm", "tcp://192.0.2.1:8786"), 2, "not encrypted"),
    (("--farm", "tls://127.0.0.1:1", "--certificates", "nowhere"), 2, "dreamvid farm certificates"),
    (("--farm", "tcp://127.0.0.1:1"), 9, "answers at tcp://127.0.0.1:1 within 10 s"),
    (("--farm", "tls://127.0.0.1:1"), 2, "it needs the cluster's --certificates"),
    (("--mixed",), 2, "are for --farm"),
])
def test_an_address_that_cannot_be_used_is_refused(
    run: Run, clip: Path, tmp_path: Path, *, options: tuple[str, ...], code: int, said: str
) -> None:
    refused = run("clip", clip, *SMALL, *options, "-q", "-o", "film.mp4")
    assert (refused.exit_code, refused.stderr.count("\n")) == (code, 1), refused.output
    assert said in refused.stderr
    assert list(tmp_path.iterdir()) == []
