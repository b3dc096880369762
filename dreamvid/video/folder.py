"""A folder of numbered pictures."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dreamvid.arrays import Image
from dreamvid.errors import OutputError, SettingError, write_error
from dreamvid.video.base import Sink
from dreamvid.video.still import STILL_SUFFIXES, write_still
from dreamvid.video.target import check_writable, exists_error, same_file

DEFAULT_NAME = "%06d.png"
_NUMBER = re.compile(r"%0?\d?d")


def is_pattern(path: Path) -> bool:
    """Whether the last part of the path holds a frame's number, such as %06d."""
    return _NUMBER.search(path.name) is not None


def check_pattern(pattern: Path, *, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Refuses a folder of pictures that could not, or must not, be written.

    Raises:
        SettingError: the names hold more than one number, or have no known suffix.
        OutputError: the folder cannot be made or written, an input is in the way, or such pictures exist and
            `overwrite` is not set.
    """
    if pattern.name.count("%") != 1:
        raise SettingError(f"{pattern} must hold one number, such as {DEFAULT_NAME}")
    if pattern.suffix.lower() not in STILL_SUFFIXES:
        raise SettingError(f"{pattern} has no known suffix for pictures; it must end in {', '.join(STILL_SUFFIXES)}")
    folder = pattern.parent
    try:
        there = folder.exists()
    except OSError as error:
        raise write_error(folder, error) from error
    if not there:
        if not folder.parent.exists():
            raise OutputError(f"{folder} cannot be made: the folder {folder.parent} does not exist")
        check_writable(folder.parent)
        return
    check_writable(folder)
    taken = list(_taken(pattern))
    for source in inputs:
        read = list(_taken(source)) if is_pattern(source) and source.parent.is_dir() else [source]
        if same_file(folder, source) or _identities(taken) & _identities(read):
            raise OutputError(f"{pattern} would write over the input {source}; the output needs another name")
    if taken and not overwrite:
        raise exists_error(min(taken))


def _taken(pattern: Path) -> Iterator[Path]:
    """The files in the folder whose names are of the pattern."""
    before, after = map(re.escape, _NUMBER.split(pattern.name))
    named = re.compile(f"{before}\\d+{after}")
    return (path for path in pattern.parent.iterdir() if named.fullmatch(path.name))


def _identities(paths: Sequence[Path]) -> set[tuple[int, int]]:
    """What tells the files that exist from each other, whatever their names."""
    facts = [path.stat() for path in paths if path.exists()]
    return {(fact.st_dev, fact.st_ino) for fact in facts}


def numbered(pattern: Path, number: int) -> Path:
    """The picture of a pattern that has this number."""
    return pattern.with_name(pattern.name % number)


class Folder(Sink):
    """Pictures by a pattern like `frames/%06d.png`, numbered from 1 as ffmpeg does.

    Each picture appears whole. They stay when the film is aborted: every one is finished work.

    Args:
        pattern: the folder, which is made if its parent exists, and the pictures' name with one `%06d`.
        overwrite: whether existing pictures may be replaced.
        recipe: a text that each picture carries in its metadata.

    Raises:
        OutputError, ResourceError: the folder cannot be made.
    """

    def __init__(self, pattern: Path, *, overwrite: bool, recipe: str | None = None) -> None:
        super().__init__()
        self._pattern = pattern
        self._overwrite = overwrite
        self._recipe = recipe
        try:
            pattern.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise write_error(pattern.parent, error) from error

    def write(self, image: Image) -> None:
        write_still(numbered(self._pattern, self.written + 1), image, overwrite=self._overwrite,
                    recipe=self._recipe)
        self.written += 1

    def finish(self) -> None:
        if not self.written:
            raise OutputError(f"{self._pattern} is not written: there is no frame")

    def abort(self) -> None:
        """Nothing is unfinished here."""
