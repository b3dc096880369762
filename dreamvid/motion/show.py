"""How a film shows its dreams: strength, mask, and comparison with the source."""

from collections.abc import Callable, Iterable, Iterator
from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Image, Size
from dreamvid.filters import resize
from dreamvid.motion.measure import luma_of

Mask = NDArray[np.float32]
"""How much of the dream is shown at each pixel, shape (height, width), in [0, 1]."""


def mask_of(picture: Image, size: Size, *, invert: bool) -> Mask:
    """The mask from a picture's luma, at the given size. White is 1, or 0 if `invert`."""
    luma = luma_of(resize(picture, size))
    return np.float32(1) - luma if invert else luma


def masks_of(pictures: Iterable[Image], size: Size, *, invert: bool) -> Iterator[Mask]:
    """Yields the masks of a clip's frames, and then repeats the last one forever."""
    mask = np.ones((size.height, size.width), np.float32)
    for picture in pictures:
        mask = mask_of(picture, size, invert=invert)
        yield mask
    while True:
        yield mask


def shown(source: Image, dreamed: Image, strength: float, mask: Mask | None) -> Image:
    """A mix of source and dream; the share of the dream is `strength` times the mask."""
    if mask is None and strength == 1:
        return dreamed
    share = np.float32(strength) if mask is None else (mask * np.float32(strength))[..., np.newaxis]
    return np.asarray(source + (dreamed - source) * share, np.float32)


WIPE_SECONDS = 4.0
"""The period of the wipe, in seconds: its line goes to the right and back."""

_LINE = 2  # pixels


def side_by_side(source: Image, dream: Image, _: float) -> Image:
    """The source on the left, the dream on the right."""
    return np.hstack([source, dream])


def wipe(source: Image, dream: Image, seconds: float) -> Image:
    """The source on the left and the dream on the right of a vertical white line, which goes to the right and back."""
    width = dream.shape[1]
    line = round(width * (0.5 - 0.5 * cos(2 * pi * seconds / WIPE_SECONDS)))
    seen = dream.copy()
    seen[:, :line] = source[:, :line]
    seen[:, max(0, line - _LINE // 2) : line + _LINE // 2] = 1
    return seen


COMPARISONS: dict[str, Callable[[Image, Image, float], Image]] = {"side": side_by_side, "wipe": wipe}
"""Name → comparison: (source, dream, time in seconds) → picture of the film."""


def size_beside(size: Size, comparison: str) -> Size:
    """The size of a film with this comparison."""
    return Size(2 * size.width, size.height) if comparison == "side" else size
