"""The camera: speeds per second, directions as the settings say."""

from fractions import Fraction

import numpy as np
import pytest

from dreamvid.arrays import Image, Size
from dreamvid.frame import Carry, Frame, Motion
from dreamvid.motion.camera import camera_flow, camera_motion, camera_start
from dreamvid.motion.warp import warp
from dreamvid.settings import CameraSettings, FrameValues

SIZE = Size(65, 49)
CENTRE = np.array([32, 24])
SECOND = Fraction(1)
"""At one frame a second a frame's move is the second's."""

STILL = CameraSettings(zoom=1)


def view(values: CameraSettings, fps: Fraction) -> np.ndarray:
    """The affine map p → p + flow(p) of one frame about the centre, as a 3x3 matrix."""
    flow = camera_flow(Size(1025, 769), 1 / fps, values).astype(float)
    origin, right, below = flow[384, 512], flow[384, 1024], flow[768, 512]
    matrix = np.eye(3)
    matrix[:2, 0] += (right - origin) / 512
    matrix[:2, 1] += (below - origin) / 384
    matrix[:2, 2] = origin
    return matrix


def dot(x: int, y: int) -> Image:
    """A white dot so many pixels to the right of the centre and below it."""
    image = np.zeros((SIZE.height, SIZE.width, 3), np.float32)
    image[CENTRE[1] + y, CENTRE[0] + x] = 1
    return image


def where(image: Image) -> tuple[int, int]:
    """Where the brightest pixel is, from the centre."""
    row, column = np.unravel_index(image[..., 0].argmax(), image.shape[:2])
    return int(column - CENTRE[0]), int(row - CENTRE[1])


def test_a_camera_that_does_not_move_has_no_flow() -> None:
    flow = camera_flow(SIZE, 1 / 30, STILL)
    assert flow.shape == (49, 65, 2)
    assert flow.dtype == np.float32
    np.testing.assert_array_equal(flow, 0)


@pytest.mark.parametrize("values", [
    CameraSettings(zoom=1.8), CameraSettings(zoom=0.4), CameraSettings(zoom=1, rotate=90),
    CameraSettings(zoom=1, pan_x=0.3, pan_y=-0.2), CameraSettings(zoom=1.8, rotate=-120, pan_x=0.4, pan_y=0.1),
], ids=str)
def test_speeds_are_per_second_at_any_frame_rate(values: CameraSettings) -> None:
    slow, fast = (np.linalg.matrix_power(view(values, Fraction(fps)), fps) for fps in (30, 60))
    once = view(values, SECOND)
    np.testing.assert_allclose(slow[:2, :2], fast[:2, :2], atol=1e-4)
    np.testing.assert_allclose(slow[:2, 2], fast[:2, 2], atol=0.02)  # of a pixel
    np.testing.assert_allclose(slow[:2], once[:2], atol=0.02)


def test_a_zoom_is_the_power_of_its_speed() -> None:
    np.testing.assert_allclose(view(CameraSettings(zoom=1.8), Fraction(30))[0, 0], 1.8 ** (-1 / 30), atol=1e-6)
    np.testing.assert_allclose(view(CameraSettings(zoom=1.8), Fraction(30000, 1001))[1, 1],
                               1.8 ** (-1001 / 30000), atol=1e-6)


def test_zooming_in_enlarges_the_middle_and_out_makes_it_smaller() -> None:
    assert where(warp(dot(8, 4), camera_flow(SIZE, SECOND, CameraSettings(zoom=2)))) == (16, 8)
    assert where(warp(dot(16, 8), camera_flow(SIZE, SECOND, CameraSettings(zoom=0.5)))) == (8, 4)


def test_the_middle_stays_where_it_is() -> None:
    flow = camera_flow(SIZE, 1 / 30, CameraSettings(zoom=3, rotate=200))
    np.testing.assert_allclose(flow[24, 32], 0, atol=1e-6)


def test_the_middle_of_an_even_size_lies_between_pixels() -> None:
    flow = camera_flow(Size(64, 48), 1 / 30, CameraSettings(zoom=3))
    np.testing.assert_allclose(flow, -flow[::-1, ::-1], atol=1e-6)


def test_the_picture_turns_clockwise() -> None:
    flow = camera_flow(SIZE, SECOND, CameraSettings(zoom=1, rotate=90))
    assert where(warp(dot(10, 0), flow)) == (0, 10)  # what was on the right is below
    assert where(warp(dot(0, -10), flow)) == (10, 0)  # what was above is on the right


def test_a_pan_shows_what_was_on_its_side() -> None:
    right = camera_flow(SIZE, SECOND, CameraSettings(zoom=1, pan_x=10 / 65))
    assert where(warp(dot(20, 3), right)) == (10, 3)
    down = camera_flow(SIZE, SECOND, CameraSettings(zoom=1, pan_y=10 / 49))
    assert where(warp(dot(3, 20), down)) == (3, 10)


def frame(still: Image, motion: Motion | None, blend: float = 1.0) -> Frame:
    return Frame(1, Fraction(1, 30), still, FrameValues(steps=1, step_size=0.01, blend=blend), motion)


def test_starts_are_the_still_then_the_last_dream_moved() -> None:
    still, dreamed = np.random.default_rng(0).random((2, 49, 65, 3), dtype=np.float32)
    motion = camera_motion(SIZE, 1 / 30, CameraSettings(zoom=2))
    start = camera_start(still, "wrap", anchor=False)
    np.testing.assert_array_equal(start(frame(still, None), None), still)
    moved = start(frame(still, motion), Carry(0, still, dreamed))
    np.testing.assert_array_equal(moved, warp(dreamed, motion.flow, "wrap"))


def test_each_frame_is_moved_by_its_own_motion() -> None:
    still, dreamed = np.random.default_rng(0).random((2, 49, 65, 3), dtype=np.float32)
    start = camera_start(still, "mirror", anchor=False)
    for zoom in (2.0, 0.5, 2.0):
        motion = camera_motion(SIZE, 1 / 30, CameraSettings(zoom=zoom))
        moved = start(frame(still, motion), Carry(0, still, dreamed))
        np.testing.assert_array_equal(moved, warp(dreamed, motion.flow))


def test_blend_is_the_share_of_the_last_dream() -> None:
    still, dreamed = np.random.default_rng(0).random((2, 49, 65, 3), dtype=np.float32)
    motion = camera_motion(SIZE, 1 / 30, STILL)
    start = camera_start(still, "mirror", anchor=False)
    begun = start(frame(still, motion, 0.25), Carry(0, still, dreamed))
    np.testing.assert_allclose(begun, 0.25 * dreamed + 0.75 * still, atol=1e-6)


def test_the_anchor_can_be_turned_off() -> None:
    still = np.random.default_rng(0).random((49, 65, 3), dtype=np.float32)
    bright = Carry(0, still, still * 0.5 + 0.5)
    standing = frame(still, camera_motion(SIZE, 1 / 30, STILL))
    free, held = (camera_start(still, "mirror", anchor=anchor)(standing, bright) for anchor in (False, True))
    np.testing.assert_allclose(free.mean(), bright.dreamed.mean(), atol=1e-5)
    assert still.mean() < held.mean() < free.mean() - 0.02
