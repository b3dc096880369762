"""A dream and its source in one picture."""

from collections.abc import Callable
from math import cos, pi

import numpy as np

from dreamvid.arrays import Image, Size

WIPE_SECONDS = 4.0
"""Seconds in which the wipe's line goes to the right and back."""

_LINE = 2  # pixels


def side_by_side(source: Image, dream: Image, _: float) -> Image:
    """The source on the left, the dream on the right."""
    return np.hstack([source, dream])


def wipe(source: Image, dream: Image, seconds: float) -> Image:
    """The source left of an upright white line that goes to the right and back, the dream right of it."""
    width = dream.shape[1]
    line = round(width * (0.5 - 0.5 * cos(2 * pi * seconds / WIPE_SECONDS)))
    seen = dream.copy()
    seen[:, :line] = source[:, :line]
    seen[:, max(0, line - _LINE // 2) : line + _LINE // 2] = 1
    return seen


COMPARISONS: dict[str, Callable[[Image, Image, float], Image]] = {"side": side_by_side, "wipe": wipe}
"""(source, dream, time in seconds) → what the film shows."""


def shown_size(size: Size, comparison: str) -> Size:
    """The size of the film."""
    return Size(2 * size.width, size.height) if comparison == "side" else size
