"""No network is touched unless weights are asked for: held by denying every socket."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SEED, SMALL

ROOT = SEED.parent.parent
DENYING = """
import sys
def deny(event, arguments):
    if event.startswith("socket.") and event not in ("socket.gethostname",):
        # A library makes a socket to see whether it could, and asks it nothing.
        if event not in ("socket.__new__", "socket.bind"):
            with open("touched", "a") as file:
                print(event, arguments, file=file)
        raise PermissionError(f"no sockets here: {event}")
sys.addaudithook(deny)
sys.argv = ["dreamvid", *sys.argv[1:]]
from dreamvid.cli import app
app()
"""


def denied(folder: Path, *words: str, alone: bool = False, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs dreamvid where every use of a socket is an error; alone, also where there is no network at all."""
    words_before = ["unshare", "-rn"] if alone else []
    return subprocess.run([*words_before, sys.executable, "-c", DENYING, *words], cwd=folder, text=True, check=False,
                          capture_output=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT), **variables})


def test_the_denial_itself_works(tmp_path: Path) -> None:
    code = DENYING.partition("sys.argv")[0] + "import socket; socket.getaddrinfo('localhost', 80)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "touched").exists()


@pytest.mark.slow
@pytest.mark.parametrize("words", [
    ["zoom", str(SEED), *SMALL, "-o", "a.mp4"], ["clip", str(ROOT / "samples" / "clip.mp4"), *SMALL, "-o", "a.mp4"]])
def test_a_film_needs_no_network(tmp_path: Path, words: list[str]) -> None:
    namespace = shutil.which("unshare") is not None and not subprocess.run(
        ["unshare", "-rn", "true"], check=False, capture_output=True).returncode
    done = denied(tmp_path, *words, alone=namespace)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "touched").exists()
    assert (tmp_path / "a.mp4").stat().st_size > 1000


@pytest.mark.slow
def test_offline_a_missing_network_is_one_sentence_and_no_socket(tmp_path: Path) -> None:
    words = ["zoom", str(SEED), *SMALL, "--network", "vgg16", "--layers", "block4_conv3", "-o", "a.mp4"]
    nowhere = {"KERAS_HOME": str(tmp_path / "keras"), "XDG_CACHE_HOME": str(tmp_path / "cache"),
               "HOME": str(tmp_path / "home")}
    done = denied(tmp_path, *words, "--offline", **nowhere)
    assert done.returncode == 8, done.stderr
    assert not (tmp_path / "touched").exists()
    assert "--offline" in done.stderr
    assert denied(tmp_path, *words, **nowhere).returncode == 8
    assert (tmp_path / "touched").exists(), "without --offline it does ask, and this test sees it"
