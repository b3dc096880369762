"""What all tests share: a small picture, a small disk, and the application run as a person would."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from PIL import Image as Pillow
from typer.main import get_command
from typer.testing import CliRunner, Result

hypothesis.settings.register_profile(
    "dreamvid", deadline=None, derandomize=True, database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture])
hypothesis.settings.load_profile("dreamvid")  # the same cases each time, on however busy a machine

SEED = Path(__file__).parent.parent / "samples" / "seed.jpg"
OF_LINUX = ["test_fuzz.py", "media/test_bombs.py", "media/test_ffmpeg.py"]
"""They limit memory, and look into /proc."""
OF_POSIX = ["cli/test_ending.py", "cli/test_hazards.py", "cli/test_nice.py", "output/test_writer.py"]
"""They send signals, and have shell scripts in the place of ffmpeg."""
collect_ignore = [*([] if sys.platform == "linux" else OF_LINUX), *([] if os.name == "posix" else OF_POSIX)]
SMALL = ("--frames", "2", "--size", "95", "--quality", "draft", "-q", "--no-recipe")
"""Options that make a film in no time, and equal files of equal frames: recipes tell the settings apart."""


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The settings and presets of whoever runs the tests do not matter."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in [name for name in os.environ if name.startswith("DREAMVID_")]:
            patch.delenv(variable)
        patch.setenv("DREAMVID_CONFIG", os.devnull)
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of 48x32 pixels with structure at every scale."""
    path = tmp_path / "picture.png"
    noise = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    Pillow.fromarray(noise).save(path)
    return path


command_of = cache(get_command)
"""The command of an application, built once: the runner builds it for each call, in a tenth of a second."""


def running(folder: Path, cached: Path, patch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `dreamvid` with arguments, in a folder and with a cache of its own."""
    from dreamvid.cli import app

    patch.setenv("DREAMVID_CACHE", str(cached))
    patch.chdir(folder)
    patch.setattr("typer.testing._get_command", command_of, raising=False)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def run(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
        ) -> Callable[..., Result]:
    return running(tmp_path, tmp_path_factory.mktemp("cache"), monkeypatch)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a result of this name by `dreamvid` with arguments, only once of the same; returns where it is."""

    @cache
    def make(output: str, *arguments: object) -> Path:
        folder = tmp_path_factory.mktemp("once")
        with pytest.MonkeyPatch.context() as patch:
            made = running(folder, tmp_path_factory.mktemp("cache"), patch)(*arguments, "-q", "-o", output)
        assert made.exit_code == 0, made.output
        return folder / output

    return make


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
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a program may still have a file there


@pytest.fixture
def unwritable(tmp_path: Path) -> Path:
    """A folder in which nothing can be written. Only a file system like /proc stops root."""
    if os.geteuid() == 0:
        return Path("/proc/self")
    tmp_path.chmod(0o500)
    return tmp_path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is in these folders is slow: it starts processes, and kills them."""
    for item in items:
        if item.path.parent.name in ("farm", "store"):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("posix") and os.name != "posix":
            item.add_marker(pytest.mark.skip(reason="needs signals, pipes or a shell as POSIX has them"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=2000, help="how many damaged files are read")
    parser.addoption("--first", type=int, default=0, help="the number of the first of them")
    parser.addoption("--soak", type=int, default=0, help="how many frames the long zoom has, 5000 for a real one")
