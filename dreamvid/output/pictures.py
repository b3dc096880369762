"""Writes folders of numbered pictures."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dreamvid.arrays import Bytes, from_uint8
from dreamvid.errors import OutputError, SettingError, write_error
from dreamvid.media.pictures import is_pattern, matching, natural
from dreamvid.media.still import STILL_SUFFIXES
from dreamvid.output.disk import digest_of, take_name
from dreamvid.output.still import write_still
from dreamvid.output.target import check_writable, exists_error, identities, part_of

DEFAULT_NAME = "%06d.png"


def check_pattern(pattern: Path, *, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Checks that numbered pictures can be written and may be.

    Raises:
        SettingError: the pattern does not have exactly one number, or has no known suffix.
        OutputError: the folder cannot be created or written, an input would be overwritten, or such pictures exist and
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
    taken = [path for _, path in matching(pattern)]
    own = identities([folder, *taken])
    for source in inputs:
        read = matching(source) if is_pattern(source) and source.parent.is_dir() else []
        if own.keys() & identities([source, *(path for _, path in read)]).keys():
            raise OutputError(f"{pattern} would write over the input {source}; the output needs another name")
    if taken and not overwrite:
        raise exists_error(min(taken))


def numbered(pattern: Path, number: int) -> Path:
    """The path of the picture with this number."""
    return pattern.with_name(pattern.name % number)


def copy_pictures(
    pattern: Path, first: int, pictures: Mapping[str, str], fetch: Callable[[str, Path], None], *, overwrite: bool
) -> dict[str, str]:
    """Copies the pictures of a range, which lie elsewhere, to their names in the output.

    Args:
        pattern: the output.
        first: number of the first picture, counted from 0.
        pictures: the name of each where it was made → the hash of its content.
        fetch: copies a picture, named by its hash and suffix, to a path.
        overwrite: whether other pictures may be replaced.

    Returns:
        Name in the output → hash.

    Raises:
        OutputError: another picture has the name, or it cannot be written.
    """
    copied: dict[str, str] = {}
    for n, file in enumerate(sorted(map(Path, pictures), key=natural), first + 1):
        result, digest = numbered(pattern, n), pictures[file.name]
        copied[result.name] = digest
        if digest_of(result) != digest:
            with part_of(result, overwrite=overwrite) as part:
                fetch(f"{digest}{result.suffix}", part)
    return copied


class PictureWriter:
    """Writes pictures to a pattern like `frames/%06d.png`, numbered from 1 as ffmpeg does. Each write is atomic.

    An existing picture with the same bytes is left unchanged.

    Args:
        pattern: an existing folder, and a file name with one number such as `%06d`.
        unfinished: a temporary path on the same disk.
        first: number of the first picture, counted from 0.
        overwrite: whether other pictures may be replaced.
        recipe: text for the metadata of each picture.
    """

    def __init__(
        self, pattern: Path, unfinished: Path, first: int, *, overwrite: bool, recipe: str | None = None
    ) -> None:
        self._pattern, self._unfinished, self._next = pattern, unfinished, first
        self._overwrite, self._recipe = overwrite, recipe

    def write(self, picture: Bytes) -> None:
        self._next += 1
        path = numbered(self._pattern, self._next)
        write_still(self._unfinished, from_uint8(picture), overwrite=True, recipe=self._recipe)
        try:
            if os.path.lexists(path) and digest_of(path) == digest_of(self._unfinished):
                self._unfinished.unlink()
            else:
                take_name(self._unfinished, path, overwrite=self._overwrite)
        except FileExistsError as error:
            raise exists_error(path) from error
        except OSError as error:
            raise write_error(path, error) from error

    def finish(self) -> None:
        """Does nothing: every picture is complete after `write`."""

    def abort(self) -> None:
        """Does nothing: every picture is complete after `write`."""
