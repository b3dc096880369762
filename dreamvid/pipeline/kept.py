"""Frames that are kept on the disk, since memory would not hold those of a long film."""

import tempfile
from types import TracebackType
from typing import Self

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.errors import ResourceError


class Kept:
    """Frames of one size by their number, as bytes in a file that vanishes with the `with` block."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed by __exit__
        self._shape = (0, 0, 0)
        self.count = 0
        """How many there are: one more than the largest number."""

    def __setitem__(self, n: int, image: Image) -> None:
        pixels = to_uint8(image)
        self._shape = pixels.shape
        try:
            self._file.seek(n * pixels.size)
            self._file.write(pixels.tobytes())
        except OSError as error:
            raise ResourceError(f"frames cannot be kept in {tempfile.gettempdir()}: {error.strerror}") from error
        self.count = max(self.count, n + 1)

    def __getitem__(self, n: int) -> Image:
        length = int(np.prod(self._shape))
        self._file.seek(n * length)
        return from_uint8(np.frombuffer(self._file.read(length), np.uint8).reshape(self._shape))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._file.close()
