"""Files that are whole and on the disk when a function returns.

Every change of a store goes through these few calls of the system, so that a test can stop or fail each of them.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from dreamvid.errors import write_error

_BLOCK = 1 << 20
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

Content = bytes | memoryview


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an `OSError` within it into the `DreamvidError` that a person can act on."""
    try:
        yield
    except OSError as error:
        raise write_error(path, error) from error


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; '' if it cannot be read."""
    whole = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                whole.update(block)
    except OSError:
        return ""
    return whole.hexdigest()


def flush(descriptor: int) -> None:
    """Flushes a file to the disk; on macOS only a request of its own empties the drive's cache."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def flush_file(path: Path) -> None:
    """Flushes a file that another program wrote."""
    with writing(path):
        _flush(path, os.O_RDWR | getattr(os, "O_BINARY", 0))


def flush_names(folder: Path) -> None:
    """Flushes the names in a folder, where the system can do that."""
    if os.name == "posix":
        with writing(folder):
            _flush(folder, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        flush(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: Content) -> None:
    """Writes every byte: the system may take only some at a time."""
    left = memoryview(content).cast("B")
    while left:
        left = left[os.write(descriptor, left):]


def write_file(path: Path, *contents: Content, durable: bool) -> None:
    """Writes a file, and flushes it if it is to be durable.

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
