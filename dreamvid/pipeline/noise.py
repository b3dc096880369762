"""Noise to begin a dream with."""

import numpy as np

from dreamvid.arrays import Image, Size

LEVEL = 100 / 255
"""Where the noise begins: it is uniform over one step of 255, from 100 to 101, as DeepDream is described with."""


def noise(size: Size, seed: int) -> Image:
    """Uniform noise around mid-grey; the same seed makes the same noise."""
    uniform = np.random.default_rng(seed).random((size.height, size.width, 3), dtype=np.float32)
    return uniform / np.float32(255) + np.float32(LEVEL)
