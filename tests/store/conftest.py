"""What the tests of the store share: something to render, and what an uninterrupted render of it is."""

import os
from pathlib import Path

import pytest
from PIL import Image as Pillow

from dreamvid.arrays import Size
from tests.media import noise
from tests.store.stage import Outcome, Play, perform

collect_ignore_glob = [] if os.path.isdir("/proc/self/fd") else ["test_*.py"]
"""Faults are placed by what Linux says of a process."""

EXTRAS = ("poster.png", "sheet.png")


class Uninterrupted:
    """Renders that nothing befalls, each made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[Play, tuple[Path, Outcome]] = {}

    def of(self, play: Play) -> tuple[Path, Outcome]:
        """Where it is, and what became of it."""
        if play not in self._made:
            root = self._folder / str(len(self._made))
            root.mkdir()
            outcome = perform(root, play)
            assert outcome.code == 0, outcome
            self._made[play] = root, outcome
        return self._made[play]


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Uninterrupted:
    return Uninterrupted(tmp_path_factory.mktemp("uninterrupted"))


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "picture.png"
    Pillow.fromarray(noise(Size(48, 32))).save(path)
    return path


@pytest.fixture(scope="session")
def play(picture: Path) -> Play:
    """A film with a poster and a contact sheet."""
    return Play(source=picture, extras=EXTRAS)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder for a render's results alone."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder
