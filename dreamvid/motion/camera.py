"""Prescribed motion: a camera that moves over a still. The same kind of flow as measured motion."""

from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np

from dreamvid.arrays import Carry, Flow, Image, Size
from dreamvid.motion.anchor import anchored, palette_of
from dreamvid.motion.warp import positions, sample
from dreamvid.settings import CameraSettings, CarrySettings


def camera_flow(size: Size, fps: Fraction, values: CameraSettings) -> Flow:
    """The backward flow of one frame of a camera move, shape (height, width, 2), in pixels.

    Zoom and rotation are about the picture's centre; all of it goes on at once, as the camera's view has it. So the
    frames of a second add up to the same move at any frame rate: a zoom of 1.8 is `1.8 ** (1 / fps)` a frame.
    """
    seconds = 1 / float(fps)
    # Points are complex numbers, x + iy. The view of a camera that zooms, turns and pans obeys p' = spin p + pan.
    spin = -complex(np.log(values.zoom), np.radians(values.rotate))
    pan = complex(values.pan_x * size.width, values.pan_y * size.height)
    growth = np.expm1(spin * seconds)
    move = pan * (growth / spin if spin else seconds)
    columns, rows = np.arange(size.width), np.arange(size.height)[:, np.newaxis]
    there = (columns - (size.width - 1) / 2) + 1j * (rows - (size.height - 1) / 2)
    flow = growth * there + move
    return np.stack([flow.real, flow.imag], axis=-1, dtype=np.float32)


def camera_start(
    still: Image, flow: Flow, border: str, values: CarrySettings
) -> Callable[[Image, Carry | None, int], Image]:
    """How each frame of a camera move begins: with the last dream, moved; its colours held near the still's.

    The first frame begins with the still itself.

    Args:
        still: the picture under the camera.
        flow: of one frame of the move.
        border: what is seen beyond the picture's edge; see `warp`.
        values: how much of the last dream is kept, and whether its colours are held.
    """
    palette, at = palette_of(still), positions(flow)

    def start(source: Image, carry: Carry | None, _: int) -> Image:
        if carry is None:
            return source
        moved = sample(carry.dreamed, at, border)
        if values.blend < 1:
            moved = np.asarray(cv2.addWeighted(moved, values.blend, source, 1 - values.blend, 0), np.float32)
        return anchored(moved, palette) if values.anchor else moved

    return start
