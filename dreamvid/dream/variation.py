"""Total variation: how much neighbouring pixels differ. Less of it is less noise."""

import numpy as np

from dreamvid.arrays import Image

SOFTNESS = np.float32(0.01)
"""Differences well below this are weighted by their square, so shading is hardly affected."""


def total_variation(image: Image) -> float:
    """The sum of the differences between neighbouring pixels, d counted as √(d² + s²) - s; s is `SOFTNESS`."""
    return float(sum((np.hypot(np.diff(image, axis=axis), SOFTNESS) - SOFTNESS).sum() for axis in (0, 1)))


def variation_slope(image: Image) -> Image:
    """d total variation / d image.

    Every neighbour that differs clearly pulls a pixel by one, up or down: so a value is -4 to 4.
    """
    slope = np.zeros_like(image)
    for axis in (0, 1):
        difference = np.diff(image, axis=axis)
        pull = difference / np.hypot(difference, SOFTNESS)
        after, before = [(slice(None),) * axis + (part,) for part in (slice(1, None), slice(None, -1))]
        slope[after] += pull
        slope[before] -= pull
    return slope
