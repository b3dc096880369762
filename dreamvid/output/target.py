"""Output files: checks before the work, and a temporary file that is renamed at the end."""

import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dreamvid.errors import OutputError, named, write_error
from dreamvid.output import disk


def check_target(path: Path, *, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Checks, before any work, that a file can be written and may be.

    Symbolic links are not followed: the link itself would be replaced.

    Raises:
        OutputError: the file is one of the inputs (under any name), exists and `overwrite` is not set, or is a folder
            or a device; or its folder is missing or cannot be written.
    """
    refuse_input(path, identities(inputs))
    _check_folder(path)
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise write_error(path, error) from error
    if stat.S_ISDIR(mode):
        raise OutputError(f"{path} is a folder; the output must be a file")
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        raise OutputError(f"{path} is a device or a pipe; the output must be a file")
    if not overwrite:
        raise exists_error(path)


def _check_folder(path: Path) -> None:
    if not path.parent.exists():
        raise OutputError(f"{path} cannot be written: the folder {path.parent} does not exist")
    check_writable(path.parent)


def check_writable(folder: Path) -> None:
    """Raises `OutputError` if no file can be created in the folder."""
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"the folder {folder} cannot be written")


def identities(paths: Iterable[Path]) -> dict[tuple[int, int], Path]:
    """Device and inode of each path that exists, which identify a file under any name → the path."""
    found: dict[tuple[int, int], Path] = {}
    for path in paths:
        with suppress(OSError, ValueError):
            facts = path.stat()
            found[facts.st_dev, facts.st_ino] = path
    return found


def refuse_input(path: Path, inputs: Mapping[tuple[int, int], Path]) -> None:
    """Raises `OutputError` if a path is one of the inputs, under any name; see `identities`."""
    for identity in identities([path]).keys() & inputs.keys():
        raise OutputError(f"{path} is the input {inputs[identity]}; the output needs another name")


def exists_error(path: Path) -> OutputError:
    """The error for a result that already exists."""
    return OutputError(f"{path} exists; give {named('overwrite')} to overwrite it")


def appeared(target: Path, kept: Path) -> OutputError:
    """The error for a target that was created by others during the work."""
    return OutputError(f"{target} was created by another program meanwhile and is not replaced; the result is kept as "
                       f"{kept}")


@contextmanager
def part_of(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """A temporary file beside a target, `.NAME.xxxxxxxx.part`, which is flushed and gets its name at the end.

    At any time the target is either the old file or the complete new one. After an exception nothing is left.

    Raises:
        OutputError: the file cannot be written, or cannot replace the target; or the target was created meanwhile and
            may not be overwritten, and then the temporary file is kept.
        ResourceError: the disk is full.
    """
    # 40 characters are at most 160 bytes, so the name is within the file system's limit even for long targets.
    part = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
    with disk.writing(target):
        part.open("xb").close()
    kept = False
    try:
        with disk.writing(target):
            yield part
            with part.open("r+b") as file:  # Windows can flush only files opened for writing
                disk.flush(file.fileno())
            try:
                disk.take_name(part, target, overwrite=overwrite)
            except FileExistsError as error:
                kept = True
                raise appeared(target, part) from error
    finally:
        if not kept:
            with suppress(OSError):  # which would hide an earlier error
                part.unlink()
