"""Conventions of arrays, and the two filters."""

import numpy as np
import pytest

from dreamvid.arrays import Size, fit, from_uint8, size_of, to_uint8
from dreamvid.filters import resize, smooth

NOISE = np.random.default_rng(0).random((31, 47, 3), dtype=np.float32)


def test_every_byte_survives_the_round_trip() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = from_uint8(pixels)
    assert image.dtype == np.float32
    assert (image.min(), image.max()) == (0, 1)
    np.testing.assert_array_equal(to_uint8(image), pixels)


def test_bytes_are_rounded_to_the_nearest_and_clipped() -> None:
    image = np.array([[-1, 0.4 / 255, 0.6 / 255, 254.4 / 255, 1.5]], np.float32)
    before = image.copy()
    np.testing.assert_array_equal(to_uint8(image), [[0, 0, 1, 254, 255]])
    np.testing.assert_array_equal(image, before)


def test_a_size_is_width_by_height() -> None:
    assert size_of(NOISE) == Size(47, 31)
    assert str(Size(47, 31)) == "47x31"


@pytest.mark.parametrize(("size", "long_side", "expected"), [
    (Size(640, 480), 320, (320, 240)), (Size(480, 640), 320, (240, 320)), (Size(100, 100), 33, (33, 33)),
    (Size(10, 7), 1000, (1000, 700)), (Size(8000, 10), 100, (100, 1)),
])
def test_fit_keeps_the_proportions(size: Size, long_side: int, expected: tuple[int, int]) -> None:
    assert fit(size, long_side) == expected


def test_resizing_to_the_same_size_changes_nothing() -> None:
    np.testing.assert_array_equal(resize(NOISE, Size(47, 31)), NOISE)


@pytest.mark.parametrize("size", [Size(20, 13), Size(101, 90), Size(20, 90), Size(47, 1), Size(1, 1)])
def test_a_constant_stays_constant_at_every_size(size: Size) -> None:
    resized = resize(np.full_like(NOISE, 0.3), size)
    assert resized.dtype == np.float32
    assert size_of(resized) == size
    np.testing.assert_allclose(resized, 0.3, atol=1e-6)


def test_shrinking_averages_areas() -> None:
    blocks = NOISE[:30, :44].reshape(15, 2, 22, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(resize(NOISE[:30, :44], Size(22, 15)), blocks, atol=1e-6)


def test_differences_are_resized_like_images() -> None:
    np.testing.assert_allclose(resize(NOISE * 4 - 2, Size(90, 60)), resize(NOISE, Size(90, 60)) * 4 - 2, atol=1e-5)


def test_no_sigmas_smooth_nothing() -> None:
    assert smooth(NOISE, ()) is NOISE


def test_smoothing_keeps_a_constant_and_takes_the_checkerboard() -> None:
    np.testing.assert_allclose(smooth(np.full_like(NOISE, 0.7), (0.5, 1, 2)), 0.7, atol=1e-6)
    board = np.indices((32, 32)).sum(axis=0) % 2 * np.ones((3, 1, 1))
    board = board.transpose(1, 2, 0).astype(np.float32)
    smoothed = smooth(board, (1, 2))
    assert smoothed.std() < 0.05 * board.std()
    np.testing.assert_allclose(smoothed.mean(), 0.5, atol=1e-3)


def test_smoothing_is_the_mean_over_its_sigmas() -> None:
    np.testing.assert_allclose(smooth(NOISE, (1, 2)), (smooth(NOISE, (1,)) + smooth(NOISE, (2,))) / 2, atol=1e-6)
