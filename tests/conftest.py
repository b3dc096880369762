"""What all tests share: a small picture, a small disk, and the application run as a person would."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner, Result

SEED = Path(__file__).parent.parent / "samples" / "seed.jpg"
SMALL = ("--frames", "2", "--size", "95", "--quality", "draft", "-q", "--no-recipe")
"""Options that make a film in no time, and equal files of equal frames: recipes tell the settings apart."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of 48x32 pixels with structure at every scale."""
    path = tmp_path / "picture.png"
    noise = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    Pillow.fromarray(noise).save(path)
    return path


@pytest.fixture
def run(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
        ) -> Callable[..., Result]:
    """Runs `dreamvid` with arguments, in a folder of its own and without the settings of whoever runs the tests."""
    from dreamvid.cli import app

    for variable in [name for name in os.environ if name.startswith("DREAMVID_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("DREAMVID_CONFIG", os.devnull)
    monkeypatch.setenv("DREAMVID_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def tiny_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk of 256 KiB, or of as many as it is parametrised with."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={getattr(request, 'param', 256)}k", "tmpfs", str(folder)],
                       check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=2000, help="how many damaged files are read")
    parser.addoption("--first", type=int, default=0, help="the number of the first of them")
    parser.addoption("--soak", type=int, default=0, help="how many frames the long zoom has, 5000 for a real one")
