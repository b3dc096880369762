"""Frames that are kept on the disk, since memory would not hold those of a long film."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.errors import ResourceError


@contextmanager
def _keeping() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResourceError(f"frames cannot be kept in {tempfile.gettempdir()}: {error.strerror}") from error


class Kept:
    """Frames of one size by their number, as bytes in a file that vanishes with the `with` block."""

    def __init__(self) -> None:
        with _keeping():
            # Without a buffer, whose rest could not be written when the file is read or closed.
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is closed by __exit__
        self._shape = (0, 0, 0)
        self.count = 0
        """How many there are: one more than the largest number."""

    def __setitem__(self, n: int, image: Image) -> None:
        pixels = to_uint8(image)
        self._shape = pixels.shape
        with _keeping():
            self._file.seek(n * pixels.size)
            left = pixels.data.cast("B")
            while left:
                left = left[self._file.write(left):]
        self.count = max(self.count, n + 1)

    def __getitem__(self, n: int) -> Image:
        pixels = np.empty(self._shape, np.uint8)
        with _keeping():
            self._file.seek(n * pixels.size)
            if self._file.readinto(pixels.data.cast("B")) != pixels.size:
                raise OSError(0, "a frame is not there any more")
        return from_uint8(pixels)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._file.close()
