"""Warping: exact where it can be, sharp where it cannot."""

from fractions import Fraction

import numpy as np
import pytest
from skimage import data

from dreamvid.arrays import Image, Size, from_uint8
from dreamvid.motion.camera import camera_flow
from dreamvid.motion.warp import warp
from dreamvid.settings import CameraSettings

NOISE = np.random.default_rng(0).random((40, 56, 3), dtype=np.float32)
PAD = {"mirror": "reflect", "wrap": "wrap", "replicate": "edge"}


def shift(x: float, y: float, shape: tuple[int, ...] = NOISE.shape) -> np.ndarray:
    return np.broadcast_to(np.array([x, y], np.float32), (*shape[:2], 2))


def sharpness(image: Image) -> float:
    """The mean size of the differences between neighbours, away from the edges."""
    inner = image[20:-20, 20:-20]
    return float(np.abs(np.diff(inner, axis=0)).mean() + np.abs(np.diff(inner, axis=1)).mean())


@pytest.mark.parametrize("border", PAD)
def test_no_flow_changes_no_bit(border: str) -> None:
    np.testing.assert_array_equal(warp(NOISE, shift(0, 0), border), NOISE)


@pytest.mark.parametrize("border", PAD)
@pytest.mark.parametrize(("x", "y"), [(1, 0), (0, -1), (-7, 5), (30, -25)])
def test_whole_pixels_are_exact_beyond_every_border(border: str, x: int, y: int) -> None:
    padded = np.pad(NOISE, ((30, 30), (30, 30), (0, 0)), PAD[border])
    expected = padded[30 + y : 70 + y, 30 + x : 86 + x]
    np.testing.assert_allclose(warp(NOISE, shift(x, y), border), expected, atol=1e-6)


@pytest.mark.parametrize("border", PAD)
def test_far_beyond_the_border_there_is_still_picture(border: str) -> None:
    far = warp(NOISE, shift(1000, -777), border)
    assert far.min() >= 0
    assert np.isin(far, NOISE).all()


def test_flow_is_backward() -> None:
    flow = np.zeros((40, 56, 2), np.float32)
    flow[10, 20] = 3, -4
    np.testing.assert_array_equal(warp(NOISE, flow)[10, 20], NOISE[6, 23])


def test_masks_and_greys_can_be_warped() -> None:
    np.testing.assert_array_equal(warp(NOISE[..., 0], shift(2, 1)), warp(NOISE, shift(2, 1))[..., 0])


def test_a_constant_stays_constant() -> None:
    flat = np.full_like(NOISE, 0.3)
    np.testing.assert_allclose(warp(flat, shift(0.37, -0.21)), 0.3, atol=1e-6)


@pytest.mark.parametrize("x", [0.25, 0.5, 0.75])
def test_smooth_pictures_move_by_parts_of_a_pixel(x: float) -> None:
    columns = np.arange(64, dtype=np.float32)
    wave = np.broadcast_to(np.sin(columns * 0.2)[:, np.newaxis], (48, 64, 3)).astype(np.float32)
    expected = np.sin((columns + x) * 0.2)[8:-8]
    assert np.abs(warp(wave, shift(x, 0, wave.shape))[24, 8:-8, 0] - expected).max() < 0.02


def test_a_round_trip_of_small_zooms_stays_sharp() -> None:
    photograph = from_uint8(data.coffee())
    size, fps = Size(photograph.shape[1], photograph.shape[0]), Fraction(30)
    image = photograph
    for zoom in [1.8, 1 / 1.8] * 5:
        image = warp(image, camera_flow(size, 1 / fps, CameraSettings(zoom=zoom)))
    assert 0.9 < sharpness(image) / sharpness(photograph) < 1.1
    error = (image - photograph)[20:-20, 20:-20]
    assert np.sqrt((error**2).mean()) < 0.03
