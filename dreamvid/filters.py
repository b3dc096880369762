"""Resizing and smoothing of images, used by several packages."""

import cv2
import numpy as np

from dreamvid.arrays import Image, Size, size_of


def resize(image: Image, size: Size) -> Image:
    """Resizes an image: by area averages to shrink it, by cubic interpolation to enlarge it.

    Values are not clipped, so arrays of differences (an octave's detail) can be resized too.
    """
    if size_of(image) == size:
        return image
    shrinks = size.width <= image.shape[1] and size.height <= image.shape[0]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.float32)


def resize_bilinear(image: Image, size: Size) -> Image:
    """Resizes an image by bilinear interpolation between pixel centres, as the TensorFlow tutorial does."""
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.float32)


def smooth(array: Image, sigmas: tuple[float, ...]) -> Image:
    """The mean of Gaussian blurs, one for each sigma in pixels; edges are mirrored. No sigmas: the array itself."""
    if not sigmas:
        return array
    total = _blurred(array, sigmas[0])
    for sigma in sigmas[1:]:
        total += _blurred(array, sigma)
    total /= np.float32(len(sigmas))
    return total


def _blurred(array: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(array, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32)
