"""Shifts of an image before a step, and the reverse shifts of its gradient."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dreamvid.arrays import Image

Move = Callable[[Image, np.ndarray], Image]
"""(image, how many pixels down and to the right) → an image of the same shape."""


class Shift(NamedTuple):
    """A way to move an image.

    Attributes:
        there: moves an image.
        back: turns the gradient of the moved image into that of the image: the transpose of `there`.
    """

    there: Move
    back: Move


def rolled(image: Image, pixels: np.ndarray) -> Image:
    """The image moved; what leaves it comes in at the opposite edge."""
    return np.roll(image, pixels, axis=(0, 1))


def rolled_back(slope: Image, pixels: np.ndarray) -> Image:
    """The transpose of `rolled`."""
    return np.roll(slope, -pixels, axis=(0, 1))


def mirrored(image: Image, pixels: np.ndarray) -> Image:
    """The image moved; what comes in is its mirror image. It moves by less than its own size."""
    for axis in (0, 1):
        moved = np.empty_like(image)
        source, target, by = _along(image, moved, int(pixels[axis]), axis)
        target[by:] = source[: len(source) - by]
        target[:by] = source[:by][::-1]
        image = moved
    return image


def mirrored_back(slope: Image, pixels: np.ndarray) -> Image:
    """The transpose of `mirrored`.

    A pixel that left the image gets nothing, and one that was seen twice gets both: over all shifts each gets the same.
    """
    for axis in (0, 1):
        moved = np.zeros_like(slope)
        source, target, by = _along(slope, moved, int(pixels[axis]), axis)
        target[: len(target) - by] = source[by:]
        target[:by] += source[:by][::-1]
        slope = moved
    return slope


def _along(image: Image, moved: Image, pixels: int, axis: int) -> tuple[Image, Image, int]:
    """Views of both with the axis first, turned round for a shift backwards; and the shift in them, 0 or more."""
    views = [np.moveaxis(one, axis, 0)[:: -1 if pixels < 0 else 1] for one in (image, moved)]
    return views[0], views[1], min(abs(pixels), image.shape[axis] - 1)


SHIFTS = {"mirror": Shift(mirrored, mirrored_back), "roll": Shift(rolled, rolled_back)}
