"""Measured motion: where each pixel was in the frame before, and how far that can be trusted."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image, to_uint8
from dreamvid.motion.warp import warp

Trust = NDArray[np.float32]
"""How far a flow can be trusted, shape (height, width), from 0 (not at all) to 1."""

_SMALLEST = 32  # pixels; the estimator's coarsest level needs some
_SOFT = 0.75  # sigma in pixels: a hard edge of trust would be dreamed as an edge of the picture


class Motion(NamedTuple):
    """A backward flow, current frame → frame before, and its trust."""

    flow: Flow
    trust: Trust


def measure_motion(frame: Image, before: Image) -> Motion:
    """The motion from the frame before to this one, both of the same shape.

    The estimator is OpenCV's Dense Inverse Search (Kroeger et al., 2016). It runs both ways; the same frames give the
    same flow.
    """
    now, then = _grey(frame), _grey(before)
    backward, forward = _dense_flow(now, then), _dense_flow(then, now)
    return Motion(backward, trust_of(backward, forward))


def trust_of(backward: Flow, forward: Flow) -> Trust:
    """Where a pixel was seen in the frame before, and its motion is known: 1; elsewhere 0, with soft edges.

    Three things take the trust away: the two flows, one after the other, do not lead back (Sundaram, Brox and Keutzer,
    2010); the flow changes abruptly, as at the edges of moving objects, where it is least exact (as Ruder, Dosovitskiy
    and Brox, 2016, have it); and it leads out of the picture.
    """
    good = consistent(backward, forward) & ~motion_edges(backward) & inside(backward)
    return np.asarray(cv2.GaussianBlur(good.astype(np.float32), (0, 0), _SOFT), np.float32)


def consistent(backward: Flow, forward: Flow) -> NDArray[np.bool_]:
    """The forward-backward check: whether going back and forth again ends within a tolerance of the start."""
    there = warp(forward, backward, "replicate")
    return _squares(backward + there) <= 0.01 * (_squares(backward) + _squares(there)) + 0.5


def motion_edges(flow: Flow) -> NDArray[np.bool_]:
    """Where neighbouring pixels move so differently that an object must end there."""
    rows, columns = np.gradient(flow, axis=(0, 1))
    return _squares(np.asarray(rows)) + _squares(np.asarray(columns)) > 0.01 * _squares(flow) + 0.002


def inside(flow: Flow) -> NDArray[np.bool_]:
    """Whether the flow leads to a place in the picture."""
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, np.newaxis]
    return (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)


def _grey(image: Image) -> np.ndarray:
    return cv2.cvtColor(to_uint8(image), cv2.COLOR_RGB2GRAY)


def _dense_flow(start: np.ndarray, end: np.ndarray) -> Flow:
    height, width = start.shape
    below, right = max(0, _SMALLEST - height), max(0, _SMALLEST - width)
    if below or right:
        start, end = (np.pad(grey, ((0, below), (0, right)), mode="edge") for grey in (start, end))
    # A new estimator every time: it carries state from call to call.
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    # Its stubs know nothing of None, which means: begin without a guess.
    flow = estimator.calc(start, end, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.ascontiguousarray(flow[:height, :width], np.float32)


def _squares(vectors: np.ndarray) -> np.ndarray:
    return np.einsum("ijk,ijk->ij", vectors, vectors)
