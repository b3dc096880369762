"""The pyramid: an image is dreamed at increasing sizes, and the detail of each is added to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dreamvid.arrays import Image, Size, size_of
from dreamvid.filters import resize, resize_bilinear

Dream = Callable[[int, Image], Image]
"""(number of the octave, from 1, image) → dreamed image of the same shape."""


def octave_sizes(size: Size, *, octaves: int, scale: float, smallest: int) -> list[Size]:
    """The sizes of the octaves, small to large; the last is `size` itself.

    Sizes with a side under `smallest` pixels, which are too small for the network, are left out.
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


def plain_sizes(size: Size, *, octaves: int, scale: float, smallest: int) -> list[Size]:
    """The sizes of the TensorFlow tutorial's octaves, around `size`: of five, two are smaller and two are larger."""
    powers = [np.float32(scale ** (n - octaves // 2)) for n in range(octaves)]
    sizes = [Size(int(np.float32(size.width) * power), int(np.float32(size.height) * power)) for power in powers]
    return [one for one in sizes if min(one) >= smallest] or [size]


def climb_plainly(image: Image, sizes: list[Size], dream: Dream) -> Image:
    """Dreams the image and resizes it, dream and all, to the next size; in the end back to its own.

    This is how the TensorFlow tutorial's octaves go: nothing is carried, so the picture itself grows softer.
    """
    dreamed = image
    for octave, size in enumerate(sizes, start=1):
        dreamed = dream(octave, resize_bilinear(dreamed, size))
    return resize_bilinear(dreamed, size_of(image))


class Sizes(Protocol):
    """The sizes of the octaves of an image, small to large."""

    def __call__(self, size: Size, *, octaves: int, scale: float, smallest: int) -> list[Size]: ...


@dataclass(frozen=True)
class Pyramid:
    """A choice of sizes, and the way up through them."""

    sizes: Sizes
    climb: Callable[[Image, list[Size], Dream], Image]


PYRAMIDS = {"detail": Pyramid(octave_sizes, climb), "plain": Pyramid(plain_sizes, climb_plainly)}
