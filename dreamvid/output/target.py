"""Output files: checks before the work, and a temporary file that is renamed at the end."""

import errno
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dreamvid.errors import OutputError, named, write_error


def check_target(path: Path, *, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Checks, before any work, that a file can be written and may be.

    Symbolic links are not followed: the link itself would be replaced.

    Raises:
        OutputError: the file is one of the inputs (under any name), exists and `overwrite` is not set, or is a folder
            or a device; or its folder is missing or cannot be written.
    """
    for source in inputs:
        if same_file(path, source):
            raise OutputError(f"{path} is the input {source}; the output needs another name")
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


def same_file(one: Path, other: Path) -> bool:
    """Whether both paths are the same existing file, also through symbolic and hard links."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def exists_error(path: Path) -> OutputError:
    """The error for a result that already exists."""
    return OutputError(f"{path} exists; give {named('overwrite')} to overwrite it")


def take_name(path: Path, target: Path, *, overwrite: bool) -> None:
    """Renames a finished file to its final name, atomically.

    Raises:
        FileExistsError: the name exists and `overwrite` is not set.
        OSError: renaming failed.
    """
    if overwrite or not _linked(path, target):
        path.replace(target)
    else:
        path.unlink()


def _linked(path: Path, target: Path) -> bool:
    """Creates a hard link, which fails if the name exists; False if links are not supported."""
    try:
        target.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "it exists", str(target)) from None
        return False
    return True


def _remove(part: Path) -> None:
    # Errors here must not hide an earlier error of the work.
    with suppress(OSError):
        part.unlink()


def appeared(target: Path, kept: Path) -> OutputError:
    """The error for a target that was created by others during the work."""
    return OutputError(f"{target} appeared during the work and is left as it is; the result is kept as {kept}")


class Part:
    """A temporary file beside its target, `.NAME.xxxxxxxx.part`, which is renamed to the target atomically.

    At any time the target is either the old file or the complete new one.

    Raises:
        OutputError, ResourceError: the temporary file cannot be created.
    """

    def __init__(self, target: Path, *, overwrite: bool) -> None:
        self._target = target
        self._overwrite = overwrite
        self._kept = False
        # 40 characters are at most 160 bytes, so the name is within the file system's limit even for long targets.
        self.path = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
        try:
            self.path.open("xb").close()
        except OSError as error:
            raise write_error(target, error) from error

    def commit(self) -> None:
        """Flushes the file to the disk and renames it to the target.

        Raises:
            OutputError: the target cannot be replaced; or it was created meanwhile and may not be overwritten, and then
                the temporary file is kept.
            ResourceError: the disk is full.
        """
        try:
            with self.path.open("r+b") as file:  # Windows can flush only files opened for writing
                os.fsync(file.fileno())
            take_name(self.path, self._target, overwrite=self._overwrite)
        except FileExistsError as error:
            self._kept = True
            raise appeared(self._target, self.path) from error
        except OSError as error:
            raise write_error(self._target, error) from error

    def discard(self) -> None:
        """Removes the temporary file, unless it was renamed or `commit` decided to keep it."""
        if not self._kept:
            _remove(self.path)
