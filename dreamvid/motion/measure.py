"""How coherent a dreamed film is: the measures of `dreamvid measure` and of the benchmarks."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image
from dreamvid.motion.flow import Trust
from dreamvid.motion.warp import warp


def warping_error(frame: Image, before: Image, flow: Flow, trust: Trust) -> float:
    """How much a frame differs from the one before, moved along: the mean squared difference, for images in [0, 1].

    Only pixels count that were seen before, whose trust is over a half; with none, the error is 0. The measure of
    Lai et al., "Learning Blind Video Temporal Consistency" (2018).

    Args:
        frame: of the film that is judged.
        before: the frame of that film before.
        flow: of the source: from this frame to the one before.
        trust: of that flow.
    """
    seen = trust > 0.5
    if not seen.any():
        return 0.0
    return float(np.mean(np.square(frame - warp(before, flow, "replicate"))[seen]))


def sharpness(image: Image) -> float:
    """The mean magnitude of the luma's gradient, in the image's range a pixel."""
    rows, columns = np.gradient(luma_of(image))
    return float(np.mean(np.hypot(rows, columns)))


def clipped(image: Image) -> float:
    """The share of values that are black or white once they are written with 8 bits."""
    return float(np.mean((image < 0.5 / 255) | (image > 254.5 / 255)))


def luma_of(image: Image) -> NDArray[np.float32]:
    """The luma (ITU-R BT.601), shape (height, width)."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.float32)
