"""What a kind of picture file needs to know to carry a text."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from typing import BinaryIO

LARGEST_PART = 1 << 18
"""Bytes of the largest part of a file that may hold a text."""

Data = bytes | mmap
"""A file's content."""


class Carrier(ABC):
    """A file format that can carry a text without a change to its pictures."""

    @abstractmethod
    def fits(self, data: Data) -> bool:
        """Whether a file is of this format, by its first bytes."""

    @abstractmethod
    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        """What is to be written at which offset of a whole file, the end included, so that it carries the text."""

    @abstractmethod
    def texts(self, data: Data) -> Iterator[bytes]:
        """What each part of a file says, from its first part on; empty for all that can hold no text.

        The file may be damaged: then it ends, or raises `struct.error`, `ValueError` or `LookupError`.
        """


@contextmanager
def content_of(file: BinaryIO) -> Iterator[Data]:
    """The content of an open file that is not empty; only what is looked at of it comes into memory."""
    try:
        data = mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError:  # some file systems cannot
        yield file.read()
        return
    with data:
        yield data


def part(data: Data, start: int, end: int) -> bytes:
    """A part of a file, empty if it is too large to be a text."""
    return data[start:end] if end - start <= LARGEST_PART else b""
