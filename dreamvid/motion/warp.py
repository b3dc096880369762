"""Moves an image along a flow without blur or offset, since a film would repeat such errors hundreds of times."""

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image

BORDERS = {"mirror": cv2.BORDER_REFLECT_101, "wrap": cv2.BORDER_WRAP, "replicate": cv2.BORDER_REPLICATE}

Coordinates = NDArray[np.float32]

FRACTIONS = 1025
"""Entries in the table of fractions: one for each 1/1024 of a pixel, from 0 to 1."""


class Positions(NamedTuple):
    """The columns and rows from which pixels are taken, each of shape (height, width), prepared for `sample`."""

    x: Coordinates
    y: Coordinates


def warp(image: Image, flow: Flow, border: str = "mirror") -> Image:
    """`out[y, x] = image[y + dy, x + dx]`, by cubic interpolation.

    Args:
        image: shape (height, width, channels) or (height, width).
        flow: backward, in pixels, shape (height, width, 2).
        border: how the image continues beyond its edge: 'mirror', 'wrap' or 'replicate'.
    """
    return sample(image, positions(flow), border)


def positions(flow: Flow) -> Positions:
    """The positions to which a flow leads. Compute them once if the same flow moves many frames."""
    columns = np.arange(flow.shape[1], dtype=np.float32)
    rows = np.arange(flow.shape[0], dtype=np.float32)[:, np.newaxis]
    return Positions(_true(flow[..., 0] + columns), _true(flow[..., 1] + rows))


def sample(image: Image, at: Positions, border: str) -> Image:
    """The image at these positions; see `warp`."""
    return np.asarray(cv2.remap(image, at.x, at.y, cv2.INTER_CUBIC, borderMode=BORDERS[border]), np.float32)


def _true(coordinate: Coordinates) -> Coordinates:
    """Corrects coordinates so that OpenCV moves the image by the wanted distance, to a thousandth of a pixel.

    OpenCV's cubic kernel has a = -0.75; only a = -0.5 reproduces ramps (Keys, "Cubic convolution interpolation", 1981).
    For a fraction f, OpenCV moves a ramp by f + f (1 - f) (1 - 2f) / 2: near whole pixels 1.5 times too far. The result
    is sharp, but over a long zoom the picture drifts. So the fraction that moves a ramp by f is looked up.
    """
    whole = np.floor(coordinate)
    return whole + _fraction_table().take(np.rint((coordinate - whole) * (FRACTIONS - 1)).astype(np.int32))


@cache
def _fraction_table() -> Coordinates:
    """Entry i is the fraction of a pixel to give to OpenCV, so that it moves an image by i / (FRACTIONS - 1) pixels."""
    asked = np.linspace(0, 1, 64 * FRACTIONS)
    moved = asked + asked * (1 - asked) * (1 - 2 * asked) / 2
    return np.interp(np.linspace(0, 1, FRACTIONS), moved, asked).astype(np.float32)
