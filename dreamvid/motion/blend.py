"""What a clip's frame inherits from dreams: where its own dream begins, and its picture where it is not dreamed."""

import numpy as np

from dreamvid.arrays import Image, Map
from dreamvid.frame import Carry, Frame, Motion
from dreamvid.motion.warp import warp

YOUNG = 3.0
"""Dreams after which a dream is no longer young; see `stride`."""

_LEAST = np.float32(0.02)  # a picture where no motion is known shows the dream too, or it would be seen to flicker


def carried(source: Image, carry: Carry, motion: Motion, blend: float) -> Image:
    """The frame with the last dream's detail (dream - source), moved along, weighted by the motion's confidence.

    The source itself is never moved, so it stays as sharp as it is; a share `blend` of the detail is kept.
    """
    return np.asarray(source + _detail(carry, motion) * (motion.confidence * np.float32(blend))[..., np.newaxis],
                      np.float32)


def _detail(carry: Carry, motion: Motion) -> Image:
    """What the dream adds to its source, moved along."""
    return warp(carry.dreamed - carry.source, motion.flow, "replicate")


def mixed(source: Image, dreamed: Image, blend: float) -> Image:
    """The frame and a dreamed one, of which it has a share `blend`."""
    return np.asarray(source + (dreamed - source) * np.float32(blend), np.float32)


def detail_start(frame: Frame, carry: Carry | None) -> Image:
    """A start: the frame with the last dream's detail, moved along; where a scene begins, the frame alone."""
    if carry is None or frame.motion is None:
        return frame.source
    return carried(frame.source, carry, frame.motion, frame.values.blend)


def mixed_start(frame: Frame, carry: Carry | None) -> Image:
    """A start: the plain mix of the frame and the last dreamed frame; where a scene begins, the frame alone."""
    if carry is None or frame.motion is None:
        return frame.source
    return mixed(frame.source, carry.dreamed, frame.values.blend)


def age_of(frame: Frame, carry: Carry | None) -> Map:
    """In how many dreams each pixel's dream has grown, this one included: 1 where a scene begins, or nothing is known.

    The age before is carried along with the motion, times its confidence.
    """
    if carry is None or carry.past is None or frame.motion is None:
        return np.ones(frame.source.shape[:2], np.float32)
    before = warp(carry.past, frame.motion.flow, "replicate")
    return np.asarray(1 + np.maximum(before, 0) * frame.motion.confidence, np.float32)


def stride(age: Map, catch_up: float) -> Map:
    """How many times their usual length steps have: 1 + `catch_up` where the dream begins, 1 where it is old."""
    return np.asarray(1 + np.float32(catch_up) * np.exp((1 - age) / np.float32(YOUNG)), np.float32)


def between(frame: Frame, before: Carry, after: Carry) -> Image:
    """A frame with the details of the dreams on both sides, each moved to it, by nearness and confidence."""
    assert frame.motion is not None
    assert frame.onward is not None
    way = np.float32((frame.n - before.n) / (after.n - before.n))
    earlier, later = (frame.motion.confidence + _LEAST) * (1 - way), (frame.onward.confidence + _LEAST) * way
    share = (later / (earlier + later))[..., np.newaxis]
    one, other = _detail(before, frame.motion), _detail(after, frame.onward)
    return np.asarray(frame.source + one + share * (other - one), np.float32)
