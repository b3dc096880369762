"""An endless dive: key pictures, each nested in the centre of the one before; all frames are resampled from them.

The keys form one picture that contains itself: key k + 1 lies in the centre of key k, `zoom` times smaller and turned,
and key 0 lies in the centre of the last. A camera that dives through all of them is back where it began.

A key is `MARGIN` times as wide and high as a frame. So the edge of the next key, where it fades into the key around it,
is outside the frame before that key fills the frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Image, Size, size_of
from dreamvid.filters import resize

MARGIN = 1.5

_INNER, _POWER = 0.74, 8  # radius at which a key begins to fade, and the exponent of its superellipse (2 is an ellipse)


@dataclass(frozen=True)
class Spiral:
    """How each key lies in the one before it: `zoom` times smaller, turned clockwise by `turn` radians."""

    zoom: float
    turn: float = 0.0


def key_size(size: Size) -> Size:
    """The size of the keys for frames of this size."""
    return Size(round(size.width * MARGIN), round(size.height * MARGIN))


def view(key: NDArray[np.float32], size: Size, spiral: Spiral, depth: float) -> NDArray[np.float32]:
    """The view of a key after a dive of `depth` keys: at depth 0 it is the key at full size, below 0 a smaller key.

    Args:
        key: a picture, continued by its mirror image; or a window, continued by zeros.
        size: of the view.
        spiral: how the keys lie in each other.
        depth: in keys.
    """
    border = cv2.BORDER_REFLECT_101 if key.shape[2] == 3 else cv2.BORDER_CONSTANT
    matrix = _matrix(size, size_of(key), spiral.zoom**-depth, spiral.turn * depth)
    seen = cv2.warpAffine(key, matrix, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=border)
    return np.asarray(seen, np.float32).reshape(size.height, size.width, -1)


def _matrix(here: Size, there: Size, scale: float, angle: float) -> NDArray[np.float64]:
    """The affine map from pixels of one size to pixels of another, scaled and rotated about both centres."""
    a, b = scale * cos(angle), scale * sin(angle)
    turn = np.array([[a, -b], [b, a]])
    middle, other = (np.array([size.width - 1, size.height - 1]) / 2 for size in (here, there))
    return np.column_stack([turn, other - turn @ middle])


def window(size: Size) -> NDArray[np.float32]:
    """The opacity of a key, shape (height, width, 1): 1 inside, fading to 0 at its edge, with rounded corners."""
    x, y = np.abs(np.linspace(-1, 1, size.width)), np.abs(np.linspace(-1, 1, size.height))[:, np.newaxis]
    radius = (x**_POWER + y**_POWER) ** (1 / _POWER)
    return _ramp((1 - radius) / (1 - _INNER))[..., np.newaxis].astype(np.float32)


def nested(outer: Image, inner: Image, spiral: Spiral) -> Image:
    """The outer key with the inner one, of the same size, placed in its centre."""
    size = size_of(outer)
    small = Size(max(1, round(size.width / spiral.zoom)), max(1, round(size.height / spiral.zoom)))
    # First reduced by area averages; plain resampling would skip most of the inner key's pixels.
    layer = resize(np.dstack([inner, window(size)]), small)
    matrix = _matrix(size, small, spiral.zoom * small.width / size.width, -spiral.turn)
    layer = cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    return np.asarray(outer + layer[..., 3:] * (layer[..., :3] - outer), np.float32)


@dataclass(frozen=True)
class Dive:
    """A dive that ends where it begins; made by `closed`."""

    keys: tuple[Image, ...]
    size: Size
    spiral: Spiral
    window: NDArray[np.float32]

    def frame(self, depth: float) -> Image:
        """The view after a dive of `depth` keys, from 0. It repeats after `len(keys)`.

        The last key that was passed is magnified. The next key has more detail; it fades in, where it covers the view,
        as the camera comes nearer.
        """
        passed, way = int(depth // 1), depth % 1
        frame = view(self.keys[passed % len(self.keys)], self.size, self.spiral, way)
        if way > 0:
            ahead = view(self.keys[(passed + 1) % len(self.keys)], self.size, self.spiral, way - 1)
            share = view(self.window, self.size, self.spiral, way - 1) * np.float32(_ramp(np.float64(way)))
            frame = frame + share * (ahead - frame)
        return np.asarray(np.clip(frame, 0, 1), np.float32)


def closed(keys: Sequence[Image], size: Size, spiral: Spiral) -> Dive:
    """The dive through keys of `key_size(size)`. Each contains the following keys; the first follows the last."""
    whole = list(keys)
    for _ in range(2):  # in the second round, the first key inside the last one already contains the others
        for n in reversed(range(len(keys))):
            whole[n] = nested(keys[n], whole[(n + 1) % len(keys)], spiral)
    return Dive(tuple(whole), size, spiral, window(size_of(keys[0])))


def _ramp(x: np.ndarray | np.float64) -> np.ndarray:
    """0 up to 0, 1 from 1 on, and smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)
