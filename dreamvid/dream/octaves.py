"""The pyramid: an image is dreamed small first, then ever larger, and the detail is carried up."""

from collections.abc import Callable

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.filters import resize

Dream = Callable[[int, Image], Image]
"""(number of the octave, from 1, image) → dreamed image of the same shape."""


def octave_sizes(size: Size, *, octaves: int, scale: float, smallest: int) -> list[Size]:
    """The sizes of the octaves, small to large; the last is `size` itself.

    Sizes with a side under `smallest` pixels, in which the network sees nothing, are left out.
    """
    smaller = [Size(round(size.width / scale**n), round(size.height / scale**n)) for n in range(octaves - 1, 0, -1)]
    return [small for small in smaller if min(small) >= smallest] + [size]


def climb(image: Image, sizes: list[Size], dream: Dream) -> Image:
    """Dreams the image at each size, small to large, and returns it at its own.

    What an octave adds is its *detail*. Only details are resized, and the last is added to the image itself, so the
    pyramid blurs nothing. The original notebook (Mordvintsev, Olah and Tyka, 2015) carries detail in this way.
    """
    detail = np.zeros_like(image, shape=(1, 1, 3))
    for octave, size in enumerate(sizes, start=1):
        base = resize(image, size)
        detail = dream(octave, base + resize(detail, size)) - base
    return image + detail
