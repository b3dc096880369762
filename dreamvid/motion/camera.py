"""Prescribed motion: a camera that moves over a still, and an anchor that keeps colours near the still's.

The camera's motion has the same type as measured motion.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from dreamvid.arrays import Flow, Image, Map, Size
from dreamvid.frame import Carry, Frame, Motion
from dreamvid.motion.warp import Positions, positions, sample
from dreamvid.settings import FrameValues

MIDDLE = (0.5, 0.5)
"""The centre of a picture, as fractions of its width and height."""


def camera_flow(size: Size, seconds: float, values: FrameValues, centre: tuple[float, float] = MIDDLE) -> Flow:
    """The backward flow of a camera move, shape (height, width, 2), in pixels.

    Zoom and rotation are about the centre. Zoom, rotation and pan act at the same time, so the moves of all frames in a
    second add up to the same move at any frame rate: a zoom of 1.8 is `1.8 ** (1 / fps)` a frame.

    Args:
        size: of the picture.
        seconds: the duration of the move; negative for the reverse move.
        values: the camera's speeds.
        centre: as fractions of the width and height.
    """
    # Points are complex numbers, x + iy. The view of a camera that zooms, turns and pans obeys p' = spin p + pan.
    spin = -complex(np.log(values.zoom), np.radians(values.rotate))
    pan = complex(values.pan_x * size.width, values.pan_y * size.height)
    growth = np.expm1(spin * seconds)
    move = pan * (growth / spin if spin else seconds)
    columns, rows = np.arange(size.width), np.arange(size.height)[:, np.newaxis]
    there = (columns - centre[0] * (size.width - 1)) + 1j * (rows - centre[1] * (size.height - 1))
    flow = growth * there + move
    return np.stack([flow.real, flow.imag], axis=-1, dtype=np.float32)


def camera_motion(
    size: Size, seconds: float, values: FrameValues, centre: tuple[float, float] = MIDDLE
) -> Motion:
    """The motion of a camera move, with full confidence; see `camera_flow`."""
    return Motion(camera_flow(size, seconds, values, centre), np.ones((size.height, size.width), np.float32))


def camera_start(still: Image, border: str, *, anchor: bool) -> Callable[[Frame, Carry | None], Image]:
    """A start: the last dream, moved by the camera, with its colours kept near the still's.

    The first frame begins with the still itself.

    Args:
        still: the picture under the camera.
        border: how the picture continues beyond its edge; see `warp`.
        anchor: whether colours are kept near the still's.
    """
    palette = palette_of(still)
    positions_of = lru_cache(maxsize=1)(lambda motion: positions(motion.flow))  # most cameras move steadily

    def start(frame: Frame, carry: Carry | None) -> Image:
        if carry is None or frame.motion is None:
            return frame.source
        moved, blend = sample(carry.dreamed, positions_of(frame.motion), border), frame.values.blend
        if blend < 1:
            moved = np.asarray(cv2.addWeighted(moved, blend, frame.source, 1 - blend, 0), np.float32)
        return anchored(moved, palette) if anchor else moved

    return start


EDGE = 8.0
"""Width in pixels of the transition at the edge of a dream, where it fades into the other dream."""


def camera_between(frame: Frame, before: Carry, after: Carry, border: str) -> Image:
    """A frame that is not dreamed: the dreams before and after it, moved to it by the camera and weighted by nearness.

    Beyond the edge of one dream only the other is used.
    """
    assert frame.motion is not None
    assert frame.onward is not None
    way = np.float32((frame.n - before.n) / (after.n - before.n))
    since, onward = positions(frame.motion.flow), positions(frame.onward.flow)
    earlier, later = sample(before.dreamed, since, border), sample(after.dreamed, onward, border)
    of_earlier = (1 - way) * np.maximum(_reach(since), np.float32(1e-3))
    of_later = way * _reach(onward)
    share = (of_later / (of_earlier + of_later))[..., np.newaxis]
    return np.asarray((earlier + share * (later - earlier)).clip(0, 1), np.float32)


def _reach(at: Positions) -> Map:
    """How far inside the picture positions are: 0 at the edge and outside, 1 from `EDGE` pixels inside."""
    height, width = at.x.shape
    inside = np.minimum(np.minimum(at.x, width - 1 - at.x), np.minimum(at.y, height - 1 - at.y))
    return (inside / np.float32(EDGE)).clip(0, 1)


PULL = 0.3
"""The fraction by which one frame moves its statistics towards those of the source."""

FREE = np.array([0.18, 0.05, 0.05])
"""Standard deviations of luma and both chroma channels up to which the dream may have more contrast than the source."""

LUMA_CHROMA = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
"""RGB → (Y, Cb, Cr) of ITU-R BT.601, chroma about 0; the matrix of JPEG files (ITU-T T.871)."""


class Palette(NamedTuple):
    """Means and standard deviations of luma and both chroma channels, each of shape (3,)."""

    means: np.ndarray
    deviations: np.ndarray


def palette_of(image: Image) -> Palette:
    """The palette of an image, from the means and covariances of its RGB values."""
    pixels = image.reshape(-1, 3)
    means = pixels.mean(axis=0, dtype=np.float64)
    centred = pixels - means.astype(np.float32)
    covariance = centred.T @ centred / len(pixels)
    variances = np.diag(LUMA_CHROMA @ covariance @ LUMA_CHROMA.T)
    return Palette(LUMA_CHROMA @ means, np.sqrt(np.maximum(variances, 0)))


def anchored(image: Image, source: Palette, pull: float = PULL) -> Image:
    """Moves the image's palette by the fraction `pull` towards the source's, with one affine map of its colours.

    Contrast beyond the source's is unchanged up to `FREE`: it is neither reduced nor amplified.
    """
    now = palette_of(image)
    target = np.clip(now.deviations, source.deviations, np.maximum(source.deviations, FREE))
    gains = 1 + pull * (target / np.maximum(now.deviations, 1e-3) - 1)
    means = now.means + pull * (source.means - now.means)
    back = np.linalg.inv(LUMA_CHROMA)
    matrix = back @ np.diag(gains) @ LUMA_CHROMA
    offset = back @ (means - gains * now.means)
    return np.asarray(cv2.transform(image, np.column_stack([matrix, offset])), np.float32)
