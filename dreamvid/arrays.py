"""The arrays that travel through dreamvid, and their conventions.

* `Image`: float32, shape (height, width, 3), RGB, sRGB-encoded, values in [0, 1].
* `Flow`: float32, shape (height, width, 2), last axis (dx, dy) in pixels, *backward*:
  `out[y, x] = image[y + dy[y, x], x + dx[y, x]]`.
* `Map`: float32, shape (height, width): one number for each pixel, such as a confidence or a mask, in [0, 1].
* `Size`: (width, height). A *shape* is NumPy's (height, width, ...).

uint8 exists only where files are read and written.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Flow = NDArray[np.float32]
Map = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def size_of(image: np.ndarray) -> Size:
    """The size of an image, a flow or a mask."""
    return Size(image.shape[1], image.shape[0])


def fit(size: Size, long_side: int) -> Size:
    """The size scaled so that its longer side is `long_side`; no side is less than one pixel."""
    scale = long_side / max(size)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def within(size: Size, long_side: int) -> Size:
    """The size, scaled down until no side is longer than `long_side`; a smaller size is unchanged."""
    return fit(size, min(long_side, max(size)))


def from_uint8(pixels: Bytes) -> Image:
    """uint8 values 0 to 255 as an `Image` in [0, 1]."""
    return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)


def from_uint16(pixels: Words) -> Image:
    """uint16 values 0 to 65535, of any byte order, as an `Image` in [0, 1]."""
    return np.multiply(pixels, np.float32(1 / 65535), dtype=np.float32)


def to_uint8(image: Image) -> Bytes:
    """An `Image` as uint8, rounded to the nearest value; what lies outside [0, 1] is clipped."""
    scaled = image * np.float32(255) + np.float32(0.5)
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)
