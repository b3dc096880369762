"""Durable file operations: when a function returns, the file is complete and flushed to the disk.

A store makes all its changes through these system calls, so that tests can interrupt each of them.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex

from dreamvid.errors import write_error

NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

Content = bytes | memoryview


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an `OSError` in the block into a `DreamvidError` with a clear message."""
    try:
        yield
    except OSError as error:
        raise write_error(path, error) from error


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; '' if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def flush(descriptor: int) -> None:
    """Flushes a file to the disk. On macOS, fsync does not flush the drive's own cache; F_FULLFSYNC does."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def flush_path(path: Path) -> None:
    """Flushes a file that another program wrote, or the entries of a folder if the system supports it."""
    if os.name == "posix":
        flags = os.O_RDONLY
    elif path.is_dir():
        return
    else:
        flags = os.O_RDWR | getattr(os, "O_BINARY", 0)
    with writing(path):
        descriptor = os.open(path, flags)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)


def write_all(descriptor: int, content: Content) -> None:
    """Writes all bytes; a single `os.write` may write only some."""
    left = memoryview(content).cast("B")
    while left:
        left = left[os.write(descriptor, left):]


def write_file(path: Path, *contents: Content, durable: bool) -> None:
    """Writes a file, and flushes it if `durable`.

    Raises:
        OSError: it cannot be written.
    """
    descriptor = os.open(path, NEW, 0o666)
    try:
        for content in contents:
            write_all(descriptor, content)
        if durable:
            flush(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, *contents: Content, durable: bool, overwrite: bool = True) -> bool:
    """Writes a file atomically: at any time it is either the old or the new one.

    Returns:
        False if it exists, and `overwrite` is not set.

    Raises:
        ResourceError: the disk is full.
        OutputError: it cannot be written.
    """
    part = path.with_name(f"{path.name}-{token_hex(4)}.part")
    with writing(path):
        try:
            write_file(part, *contents, durable=durable)
            take_name(part, path, overwrite=overwrite)
        except BaseException as error:
            with suppress(OSError):  # which would hide the first error
                part.unlink()
            if isinstance(error, FileExistsError) and not overwrite:
                return False
            raise
    if durable:
        flush_path(path.parent)
    return True


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
