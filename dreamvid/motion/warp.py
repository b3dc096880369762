"""Moves an image along a flow."""

import cv2
import numpy as np

from dreamvid.arrays import Flow, Image

BORDERS = {"mirror": cv2.BORDER_REFLECT_101, "wrap": cv2.BORDER_WRAP, "replicate": cv2.BORDER_REPLICATE}


def warp(image: Image, flow: Flow, border: str = "mirror") -> Image:
    """`out[y, x] = image[y + dy, x + dx]`, by cubic interpolation, which stays sharp over hundreds of frames.

    Args:
        image: shape (height, width, channels) or (height, width).
        flow: backward, in pixels, shape (height, width, 2).
        border: what lies beyond the edge: 'mirror', 'wrap' or 'replicate'.
    """
    columns = np.arange(flow.shape[1], dtype=np.float32)
    rows = np.arange(flow.shape[0], dtype=np.float32)[:, np.newaxis]
    x, y = flow[..., 0] + columns, flow[..., 1] + rows
    return np.asarray(cv2.remap(image, x, y, cv2.INTER_CUBIC, borderMode=BORDERS[border]), np.float32)
