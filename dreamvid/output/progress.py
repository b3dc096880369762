"""The ranges of a film in its store: those that are committed, and one in progress.

Of a range in progress the pictures so far and the last carry are stored, and flushed once a second.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from math import prod
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from dreamvid.arrays import Bytes, Image, Size
from dreamvid.output import disk
from dreamvid.output.store import PROGRESS, Body, Store, array_bytes, text_in, text_of

FLUSH_SECONDS = 1.0
"""Pictures are flushed to the disk after at most this time."""

MARK_SUFFIXES = (".0", ".1")
"""Suffixes of the two files that say how many pictures of a range in progress are flushed. They are written
alternately: if writing one is interrupted, the other is still valid."""

_MOST_HEADER = 4096  # bytes
_BLOCK = 1 << 20


def ranges_in(store: Store) -> list[tuple[tuple[int, int], Body]]:
    """The committed ranges in order: ((first, stop), record)."""
    return [(span_of(name), found) for name in store.names("range-") if (found := store.get(name))]


def range_with(store: Store, wanted: Callable[[int, int], bool]) -> Body | None:
    """The record of the first committed range for which `wanted(first, stop)` is true; reads no other record."""
    name = next((name for name in store.names("range-") if wanted(*span_of(name))), "")
    return store.get(name) if name else None


def range_ending_at(store: Store, end: int) -> Body | None:
    """The record of the committed range that stops at picture `end` (exclusive)."""
    return range_with(store, lambda _, stop: stop == end)


def frames_of(store: Store) -> int:
    """The number of committed pictures."""
    return sum(found["frames"] for _, found in ranges_in(store))


def range_name(first: int, stop: int) -> str:
    """The name of a range's record, and the stem of its files in progress."""
    return f"range-{first:08d}-{stop:08d}"


def span_of(name: str) -> tuple[int, int]:
    """(first, stop) of the range with this name."""
    _, first, stop = name.split("-")
    return int(first), int(stop)


def peak(size: Size, frames: int) -> int:
    """Upper bound of the bytes for two ranges (in progress and committing): raw pictures and two dreams each."""
    return 2 * 3 * size.width * size.height * (frames + 2 * np.dtype(np.float32).itemsize)


class Progress:
    """The pictures of a range in progress.

    They are appended to one file. Each flush writes one of two *marks*, in turn: the number of pictures, their hash,
    and the dream that belongs to the last one. If that write is interrupted, the other mark is still valid.

    Args:
        store: where they are kept; if it is not durable, nothing is kept.
        name: name of the range.
        shape: shape of every picture.

    Attributes:
        frames: number of pictures.
        carry: the dream stored with the last picture, or None if no dream is stored.

    Raises:
        OutputError, ResourceError: the files cannot be read or written.
    """

    def __init__(self, store: Store, name: str, shape: tuple[int, ...]) -> None:
        self.frames = 0
        self.carry: Image | None = None
        self._durable, self._shape = store.durable, shape
        self._pictures = store.folder / PROGRESS / f"{name}.pictures"
        self._dirty, self._flushed_at = False, monotonic()
        self._descriptor = -1
        if self._durable:
            self.frames, self.carry, self._digest, self._next = _read_progress(self._pictures)
            self._open()
            disk.flush_path(self._pictures.parent)

    def _open(self) -> None:
        with disk.writing(self._pictures):
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
            self._descriptor = os.open(self._pictures, flags, 0o666)
            os.ftruncate(self._descriptor, self.frames * prod(self._shape))
            os.lseek(self._descriptor, 0, os.SEEK_END)

    def pictures(self) -> Iterator[Bytes]:
        """The pictures of earlier runs."""
        if self.frames:
            with self._pictures.open("rb") as file:
                for _ in range(self.frames):
                    yield np.frombuffer(file.read(prod(self._shape)), np.uint8).reshape(self._shape)

    def append(self, picture: Bytes, carry: Image | None) -> None:
        """Adds a picture and the dream to store with it. Flushes both if the last flush was a second ago."""
        self.frames, self.carry = self.frames + 1, carry
        if self._durable:
            with disk.writing(self._pictures):
                disk.write_all(self._descriptor, array_bytes(picture))
            self._digest.update(array_bytes(picture))
            self._dirty = True
            self.flush_in_time()

    def flush_in_time(self) -> None:
        """Flushes if the last flush was a second ago."""
        if monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Flushes the pictures and then a mark, so that a later run can resume from here."""
        if not self._dirty:
            return
        with disk.writing(self._pictures):
            disk.flush(self._descriptor)
            self._write_mark(self._pictures.with_suffix(MARK_SUFFIXES[self._next]))
        self._dirty, self._flushed_at, self._next = False, monotonic(), 1 - self._next

    def _write_mark(self, mark: Path) -> None:
        values = b"" if self.carry is None else array_bytes(self.carry)
        header = {"frames": self.frames, "pictures": self._digest.hexdigest(),
                  "bytes": self.frames * prod(self._shape), "carry": sha256(values).hexdigest(),
                  "shape": self.carry is not None and self.carry.shape}
        is_new = not mark.exists()
        disk.write_file(mark, text_of(json.dumps(header)), values, durable=True)
        if is_new:
            disk.flush_path(mark.parent)

    def remove(self) -> None:
        """Removes the files of a range that is finished."""
        self._dirty = False
        self.close()
        if self._durable:
            with disk.writing(self._pictures):
                for suffix in (*MARK_SUFFIXES, ".pictures"):
                    self._pictures.with_suffix(suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the file. May be called more than once."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _read_progress(pictures: Path) -> tuple[int, Image | None, Any, int]:
    """What a later run can resume from.

    Returns:
        The number of pictures, the dream of the last picture, the hash object of the pictures, and the number of the
        mark to write next. They come from the mark with the most pictures whose hash matches the file; if no mark is
        valid, they are 0, None, the hash object of no bytes, and 0.
    """
    marks = [(n, *mark) for n, suffix in enumerate(MARK_SUFFIXES) if (mark := _read_mark(pictures.with_suffix(suffix)))]
    for n, header, carry in sorted(marks, key=lambda mark: mark[1]["frames"], reverse=True):
        digest = _hash_of(pictures, header["bytes"])
        if digest.hexdigest() == header["pictures"]:
            return int(header["frames"]), carry, digest, 1 - n
    return 0, None, sha256(), 0


def _read_mark(path: Path) -> tuple[Body, Image | None] | None:
    """A mark's header and its dream; None if it is damaged or missing."""
    try:
        with path.open("rb") as file:
            text, values = text_in(file.readline(_MOST_HEADER)), file.read()
    except FileNotFoundError:
        return None
    header = json.loads(text) if text is not None else None
    if header is None or header["carry"] != sha256(values).hexdigest():
        return None
    return header, np.frombuffer(values, np.float32).reshape(header["shape"]) if header["shape"] else None


def _hash_of(path: Path, length: int) -> Any:
    """The SHA-256 object of the first `length` bytes of a file, or of the whole file if it is shorter."""
    digest = sha256()
    with suppress(FileNotFoundError), path.open("rb") as file:
        while length and (block := file.read(min(_BLOCK, length))):
            digest.update(block)
            length -= len(block)
    return digest


def frames_in_progress(store: Store) -> int:
    """The number of flushed pictures in ranges in progress."""
    return sum(_read_progress(pictures)[0] for pictures in (store.folder / PROGRESS).glob("*.pictures")
               if store.get(pictures.stem) is None)
