"""Filters that make a gradient more like photographs: in the correlation of its colours, and in its spectrum.

Olah, Mordvintsev and Schubert ("Feature Visualization", Distill 2017) optimise an image in decorrelated colours and
frequencies. For plain steps along a gradient that is a filter of the gradient, and nothing is kept between steps.
"""

import cv2
import numpy as np

from dreamvid.arrays import Image

_ROOT = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
"""A square root of the covariance of red, green and blue in ImageNet, from lucid (Apache-2.0), `lucid/optvis/param`."""

COVARIANCE = 3 * _ROOT @ _ROOT.T / np.trace(_ROOT @ _ROOT.T)
"""That covariance at a trace of 3, as the identity has it, so that mixing the two keeps the gradient's size."""

LEVELS = 5
"""Most levels of the pyramid."""

SMALLEST = 8
"""Smallest side of its last level, in pixels."""


def natural_colours(slope: Image, share: float) -> Image:
    """The gradient with its colours correlated as in photographs.

    Args:
        slope: a gradient, in red, green and blue.
        share: of the mixed colours, 0 to 1; the rest is the gradient as it is. 0 gives the gradient itself.
    """
    if not share:
        return slope
    return cv2.transform(slope, (1 - share) * np.eye(3) + share * COVARIANCE)  # pyright: ignore[reportReturnType]


def even_spectrum(slope: Image, power: float) -> Image:
    """The gradient with its levels of detail made more alike in size.

    Args:
        slope: a gradient. Its Laplacian pyramid (Burt and Adelson, 1983) has up to `LEVELS` levels.
        power: each level is divided by its root mean square to this power: 0 gives the gradient itself, with 1 all
            levels count the same.
    """
    if not power:
        return slope
    levels = _pyramid(slope)
    whole = _divided(levels.pop(), power)
    while levels:
        level = _divided(levels.pop(), power)
        level += cv2.pyrUp(whole, dstsize=level.shape[1::-1])
        whole = level
    return whole


def _pyramid(slope: Image) -> list[Image]:
    """The levels of the Laplacian pyramid, large to small; together they are the image."""
    levels = [slope]
    while len(levels) < LEVELS and min(levels[-1].shape[:2]) >= 2 * SMALLEST:
        above, below = levels[-1], np.asarray(cv2.pyrDown(levels[-1]), np.float32)
        levels[-1] = np.asarray(cv2.subtract(above, cv2.pyrUp(below, dstsize=above.shape[1::-1])), np.float32)
        levels.append(below)
    return levels


def _divided(level: Image, power: float) -> Image:
    """A level divided by its root mean square to a power; zeros stay."""
    size = cv2.norm(level) / level.size**0.5
    return level * np.float32(size**-power if size > 0 else 1)
