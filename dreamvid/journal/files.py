"""Files that are on the disk, whole, when a function returns.

Every change of the work folder goes through here and through these few calls of the system, so that a test can stop or
fail each of them in turn.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from dreamvid.errors import write_error

_BLOCK = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

Content = bytes | memoryview


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes an `OSError` within it the `DreamvidError` that a person can act on."""
    try:
        yield
    except OSError as error:
        raise write_error(path, error) from error


def digest(content: Content) -> str:
    """The SHA-256 of some bytes."""
    return sha256(content).hexdigest()


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


def same_content(one: Path, other: Path) -> bool:
    """Whether both are files and hold the same."""
    digest = digest_of(one)
    return digest != "" and digest == digest_of(other)


def flush(descriptor: int) -> None:
    """Makes sure that what was written is on the disk; on macOS only a request of its own empties the drive's cache."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def store(path: Path, content: Content) -> str:
    """Writes a file, in one move, and returns its hash. Call `sync` before it is named in the journal.

    Raises:
        ResourceError: the disk is full.
        OutputError: it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    with writing(path):
        descriptor = os.open(part, _NEW, 0o666)
        try:
            write_all(descriptor, content)
            flush(descriptor)
        finally:
            os.close(descriptor)
        part.replace(path)
    return digest(content)


def write_all(descriptor: int, content: Content) -> None:
    """Writes every byte: the system may take only some at a time."""
    left = memoryview(content).cast("B")
    while left:
        left = left[os.write(descriptor, left):]


def settle(path: Path) -> str:
    """Makes sure that a file that another program wrote is on the disk, and returns its hash."""
    with writing(path):
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)
    return digest_of(path)


def sync(folder: Path) -> None:
    """Makes sure that the names in a folder are on the disk, where the system can promise it."""
    if os.name != "posix":
        return
    with writing(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)


def sweep(folder: Path, kept: set[str]) -> None:
    """Removes the files of a folder that are not among the kept names."""
    with writing(folder):
        for path in list(folder.iterdir()):
            if path.name not in kept:
                path.unlink()
