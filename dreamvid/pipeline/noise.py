"""Noise to begin a dream with."""

import re

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.errors import SettingError

LEVEL = 100 / 255
"""Where the noise begins: it is uniform over one step of 255, from 100 to 101, as DeepDream is described with."""


SMALLEST, LARGEST = 16, 8192
"""Sides of noise, in pixels."""


def noise_size(text: str) -> Size:
    """'300x200' as a size.

    Raises:
        SettingError: it is none, or a side is not from 16 to 8192.
    """
    match = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", text)
    size = Size(int(match[1]), int(match[2])) if match else Size(0, 0)
    if not SMALLEST <= min(size) <= max(size) <= LARGEST:
        raise SettingError(f"--noise is {text!r}; it must be WIDTHxHEIGHT, each from {SMALLEST} to {LARGEST}")
    return size


def noise(size: Size, seed: int) -> Image:
    """Uniform noise around mid-grey; the same seed makes the same noise."""
    uniform = np.random.default_rng(seed).random((size.height, size.width, 3), dtype=np.float32)
    return uniform / np.float32(255) + np.float32(LEVEL)
