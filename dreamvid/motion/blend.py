"""How a clip's frame uses other dreams: the start of its own dream, or its picture if it is not dreamed."""

import numpy as np

from dreamvid.arrays import Image, Map
from dreamvid.frame import Carry, Frame, Motion
from dreamvid.motion.warp import warp

YOUNG = 3.0
"""The decay constant, in dreams, of the longer steps at young pixels; see `stride`."""

_LEAST = np.float32(0.02)  # least weight where the motion is unknown; without it the dream would flicker there


def carried(source: Image, carry: Carry, motion: Motion, blend: float) -> Image:
    """The frame plus the last dream's detail (dream - source), moved along the flow and weighted by its confidence.

    The source itself is never resampled, so it stays sharp. `blend` is the share of the detail that is kept.
    """
    return np.asarray(source + _detail(carry, motion) * (motion.confidence * np.float32(blend))[..., np.newaxis],
                      np.float32)


def _detail(carry: Carry, motion: Motion) -> Image:
    """What the dream adds to its source, moved along the flow."""
    return warp(carry.dreamed - carry.source, motion.flow, "replicate")


def mixed(source: Image, dreamed: Image, blend: float) -> Image:
    """A plain mix of a frame and a dreamed frame; `blend` is the share of the dreamed one."""
    return np.asarray(source + (dreamed - source) * np.float32(blend), np.float32)


def detail_start(frame: Frame, carry: Carry | None) -> Image:
    """A start: the frame plus the last dream's detail, moved along; at the start of a scene, the frame alone."""
    if carry is None or frame.motion is None:
        return frame.source
    return carried(frame.source, carry, frame.motion, frame.values.blend)


def mixed_start(frame: Frame, carry: Carry | None) -> Image:
    """A start: the plain mix of the frame and the last dream; at the start of a scene, the frame alone."""
    if carry is None or frame.motion is None:
        return frame.source
    return mixed(frame.source, carry.dreamed, frame.values.blend)


def age_of(frame: Frame, carry: Carry | None) -> Map:
    """The age of each pixel: the number of dreams in which it has grown, including this one. A new pixel has age 1.

    The previous age is moved along the flow and multiplied by its confidence.
    """
    if carry is None or carry.past is None or frame.motion is None:
        return np.ones(frame.source.shape[:2], np.float32)
    before = warp(carry.past, frame.motion.flow, "replicate")
    return np.asarray(1 + np.maximum(before, 0) * frame.motion.confidence, np.float32)


def stride(age: Map, catch_up: float) -> Map:
    """The factor on the length of steps: 1 + `catch_up` at age 1, falling to 1 with age."""
    return np.asarray(1 + np.float32(catch_up) * np.exp((1 - age) / np.float32(YOUNG)), np.float32)


def between(frame: Frame, before: Carry, after: Carry) -> Image:
    """A frame plus the moved details of the dreams before and after it, weighted by nearness and confidence."""
    assert frame.motion is not None
    assert frame.onward is not None
    way = np.float32((frame.n - before.n) / (after.n - before.n))
    earlier, later = (frame.motion.confidence + _LEAST) * (1 - way), (frame.onward.confidence + _LEAST) * way
    share = (later / (earlier + later))[..., np.newaxis]
    one, other = _detail(before, frame.motion), _detail(after, frame.onward)
    return np.asarray(frame.source + one + share * (other - one), np.float32)
