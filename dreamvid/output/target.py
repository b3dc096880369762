"""Where a result is written: the checks before the work, and the unfinished file that takes its name at the end."""

import errno
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dreamvid.errors import OutputError, named, write_error


def check_target(path: Path, *, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Refuses a file that could not, or must not, be written at the end. Cheap: to be called before any work.

    A symbolic link counts as what it is: it would be replaced, never followed.

    Raises:
        OutputError: the file is one of the inputs (by whatever name), exists and `overwrite` is not set, is a folder
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
    """Raises `OutputError` if no file can be made in the folder."""
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"the folder {folder} cannot be written")


def same_file(one: Path, other: Path) -> bool:
    """Whether both names lead to one existing file, through symbolic and hard links too."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def exists_error(path: Path) -> OutputError:
    """The error for a result that is there already."""
    return OutputError(f"{path} exists; give {named('overwrite')} to overwrite it")


def take_name(path: Path, target: Path, *, overwrite: bool) -> None:
    """Gives a finished file its name, in one move.

    Raises:
        FileExistsError: the name is taken and may not be.
        OSError: it cannot be given.
    """
    if overwrite or not _linked(path, target):
        path.replace(target)
    else:
        path.unlink()


def _linked(path: Path, target: Path) -> bool:
    """Names a file by a hard link, which fails where the name is taken; False if links are not supported."""
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
    # What the work met before counts more than what is left over.
    with suppress(OSError):
        part.unlink()


def appeared(target: Path, kept: Path) -> OutputError:
    """The error for a name that was taken while the result was made."""
    return OutputError(f"{target} appeared during the work and is left as it is; the result is kept as {kept}")


class Part:
    """An unfinished file beside its target, `.NAME.xxxxxxxx.part`, which takes the target's name in one move.

    So the target is at all times either what it was before or the whole new file.

    Raises:
        OutputError, ResourceError: the unfinished file cannot be made.
    """

    def __init__(self, target: Path, *, overwrite: bool) -> None:
        self._target = target
        self._overwrite = overwrite
        self._kept = False
        # 40 characters of the name are at most 160 bytes, so that a name as long as the file system allows still fits.
        self.path = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
        try:
            self.path.open("xb").close()
        except OSError as error:
            raise write_error(target, error) from error

    def commit(self) -> None:
        """Gives the file, flushed to the disk, its name.

        Raises:
            OutputError: the target appeared meanwhile and may not be overwritten (the part is kept: it is the
                work), or cannot be replaced.
            ResourceError: the disk is full.
        """
        try:
            with self.path.open("r+b") as file:  # Windows flushes only what may be written
                os.fsync(file.fileno())
            take_name(self.path, self._target, overwrite=self._overwrite)
        except FileExistsError as error:
            self._kept = True
            raise appeared(self._target, self.path) from error
        except OSError as error:
            raise write_error(self._target, error) from error

    def discard(self) -> None:
        """Removes the unfinished file, if it is still there and not kept on purpose."""
        if not self._kept:
            _remove(self.path)
