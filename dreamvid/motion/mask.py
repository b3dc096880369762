"""How much of a dream is shown, and where."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Image, Size
from dreamvid.filters import resize
from dreamvid.motion.measure import luma_of

Mask = NDArray[np.float32]
"""How much of the dream is shown at each pixel, shape (height, width), in [0, 1]."""


def mask_of(picture: Image, size: Size, *, invert: bool) -> Mask:
    """A picture's luma at the given size: white is 1; or, inverted, 0."""
    luma = luma_of(resize(picture, size))
    return np.float32(1) - luma if invert else luma


def masks_of(pictures: Iterable[Image], size: Size, *, invert: bool) -> Iterator[Mask]:
    """The masks of a clip's frames; after the last, that one for ever."""
    mask = np.ones((size.height, size.width), np.float32)
    for picture in pictures:
        mask = mask_of(picture, size, invert=invert)
        yield mask
    while True:
        yield mask


def shown(source: Image, dreamed: Image, strength: float, mask: Mask | None) -> Image:
    """The source with a share of the dream over it: `strength`, times the mask."""
    if mask is None and strength == 1:
        return dreamed
    share = np.float32(strength) if mask is None else (mask * np.float32(strength))[..., np.newaxis]
    return np.asarray(source + (dreamed - source) * share, np.float32)
