"""Prescribed motion: a camera that moves over a still. The same kind of flow as measured motion."""

from fractions import Fraction

import numpy as np

from dreamvid.arrays import Flow, Size
from dreamvid.settings import CameraSettings


def camera_flow(size: Size, fps: Fraction, values: CameraSettings) -> Flow:
    """The backward flow of one frame of a camera move, shape (height, width, 2), in pixels.

    Zoom and rotation are about the picture's centre. Speeds are per second and are divided over the second's frames:
    a zoom of 1.8 is `1.8 ** (1 / fps)` a frame.
    """
    seconds = 1 / float(fps)
    scale = values.zoom**-seconds
    angle = np.radians(values.rotate * seconds)
    move = np.array([values.pan_x * size.width, values.pan_y * size.height]) * seconds
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centre = np.array([size.width - 1, size.height - 1]) / 2
    columns, rows = np.meshgrid(np.arange(size.width), np.arange(size.height))
    there = np.stack([columns, rows], axis=-1) - centre
    return (there @ (turn.T - np.eye(2)) + move).astype(np.float32)
