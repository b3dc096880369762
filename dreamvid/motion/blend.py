"""Where the dream of a clip's frame begins: the frame itself, and what the last dream left for it."""

from collections.abc import Callable

import numpy as np

from dreamvid.arrays import Carry, Image
from dreamvid.motion.flow import Motion
from dreamvid.motion.scenes import Link
from dreamvid.motion.warp import warp
from dreamvid.settings import CoherenceSettings


def carried(frame: Image, carry: Carry, motion: Motion, blend: float) -> Image:
    """The frame with the last dream's detail (dream - source), moved along, where the motion can be trusted.

    The source itself is never moved, so it stays as sharp as it is; a share `blend` of the detail is kept.
    """
    detail = warp(carry.dreamed - carry.source, motion.flow, "replicate")
    return np.asarray(frame + detail * (motion.trust * np.float32(blend))[..., np.newaxis], np.float32)


def held(frame: Image, carry: Carry, blend: float) -> Image:
    """The same where there is no motion to be measured: the detail stays where it is."""
    return np.asarray(frame + (carry.dreamed - carry.source) * np.float32(blend), np.float32)


def mixed(frame: Image, dreamed: Image, blend: float) -> Image:
    """The frame and a dreamed one, of which it has a share `blend`."""
    return np.asarray(frame + (dreamed - frame) * np.float32(blend), np.float32)


def clip_start(
    link: Callable[[int], Link], motion: Callable[[int], Motion], values: CoherenceSettings
) -> Callable[[Image, Carry | None, int], Image]:
    """How each frame of a clip begins; a scene begins with its first frame alone.

    Args:
        link: how frame n follows the one before; asked only for frames that have one.
        motion: the motion from frame n - 1 to frame n; asked only where the frame moved on.
        values: by what means the last dream is carried on, and how much of it.
    """

    def start(frame: Image, carry: Carry | None, n: int) -> Image:
        if carry is None or values.coherence == "none" or link(n) is Link.CUT:
            return frame
        if values.coherence == "blend":
            return mixed(frame, carry.dreamed, values.blend)
        if link(n) is Link.HOLD:
            return held(frame, carry, values.blend)
        return carried(frame, carry, motion(n), values.blend)

    return start
