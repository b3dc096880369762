"""A colour anchor: keeps brightness, contrast and colours of a long film near those of its source."""

from typing import NamedTuple

import cv2
import numpy as np

from dreamvid.arrays import Image

PULL = 0.3
"""The share of the way back to the source's statistics that one frame goes."""

FREE = np.array([0.18, 0.05, 0.05])
"""Deviations of luma and of both chroma channels up to which a flat source lets the dream have its own contrast."""

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
    """The image with its palette moved a share `pull` of the way to the source's: one affine map of its colours.

    Contrast that the source lacks is left as it is up to `FREE`: neither taken away nor made out of noise.
    """
    now = palette_of(image)
    target = np.clip(now.deviations, source.deviations, np.maximum(source.deviations, FREE))
    gains = 1 + pull * (target / np.maximum(now.deviations, 1e-3) - 1)
    means = now.means + pull * (source.means - now.means)
    back = np.linalg.inv(LUMA_CHROMA)
    matrix = back @ np.diag(gains) @ LUMA_CHROMA
    offset = back @ (means - gains * now.means)
    return np.asarray(cv2.transform(image, np.column_stack([matrix, offset])), np.float32)
