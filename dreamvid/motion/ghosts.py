"""Finds ghosts: frames in which two pictures are seen at once, because one slowly becomes the other."""

from collections import deque
from collections.abc import Iterable
from itertools import chain, islice

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Bytes, Image, Map, from_uint8
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.warp import warp

SIDE = 128
"""Longest side, in pixels, of the frames that are judged."""

_GAP = 12  # frames to both sides with which a frame is compared, or a quarter of a short film
_LASTS = 3  # frames that a ghost lasts; what is shorter is not seen
_NEAR = 9  # pixels: side of the area in which the share of both pictures must be the same
_MIXED = 0.2  # least share of each of both pictures
_REST = 0.15  # of the squared difference of both pictures: what may remain unexplained by their mixture
_SEEN = 0.07  # root of the mean squared difference that counts fully
_DETAIL = 0.03  # the same of its detail: where only the light changes, nothing is seen twice


def ghosts(frames: Iterable[Bytes], count: int) -> NDArray[np.float64]:
    """For each frame of a loop, the share of what changes around it that is a mixture of before and after, 0 to 1.

    A frame is compared with two others, an equal time before and after it, both moved to it along the optical flow.
    What moves is in its place in both. What appears or disappears is in one of them. What fades is a mixture of both.

    Args:
        frames: all frames in order, uint8 (height, width, 3) RGB, no side longer than `SIDE` pixels. Only those near a
            frame are held in memory.
        count: number of frames, at least 3.
    """
    coming, gap = iter(frames), max(1, min(_GAP, count // 4))
    first = list(islice(coming, 2 * gap))
    around, shares = deque(first, 2 * gap + 1), []
    for frame in chain(coming, first):
        around.append(frame)
        shares.append(_ghost(*(from_uint8(around[place]) for place in (0, gap, -1))))
    lasts = range(gap - _LASTS // 2, gap + _LASTS // 2 + 1)
    return np.min([np.roll(shares, far) for far in lasts], axis=0)


def _ghost(before: Image, frame: Image, after: Image) -> float:
    before, after = (warp(other, measure_motion(frame, other).flow, "replicate") for other in (before, after))
    change = after - before
    changed = _near(np.square(change))
    share = _near((frame - before) * change) / np.maximum(changed, np.float32(1e-6))
    unexplained = _near(np.square(frame - before)) - share * share * changed
    mixed = (share > _MIXED) & (share < 1 - _MIXED) & (unexplained < _REST * changed)
    detail = _near(np.square(change - cv2.blur(change, (_NEAR, _NEAR))))
    faded, fine = (float(np.mean(values * mixed)) for values in (changed, detail))
    seen = min(1.0, np.sqrt(faded) / _SEEN) * min(1.0, np.sqrt(fine) / _DETAIL)
    return seen * faded / max(float(np.mean(changed)), 1e-9)


def _near(values: np.ndarray) -> Map:
    """The sum over channels, averaged over the surroundings of each pixel."""
    return np.asarray(cv2.blur(values.sum(axis=-1), (_NEAR, _NEAR)), np.float32)
