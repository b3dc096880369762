"""Shifts: what comes in at the edges, and that each has its transpose."""

import numpy as np
import pytest

from dreamvid.dream.shifts import SHIFTS, mirrored, mirrored_back

RNG = np.random.default_rng(0)
IMAGE, OTHER = (RNG.random((9, 13, 3), dtype=np.float32) for _ in range(2))
PIXELS = [(0, 0), (3, -4), (-8, 1), (2, 12), (-500, 500)]


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("pixels", PIXELS)
def test_the_way_back_is_the_transpose(name: str, pixels: tuple[int, int]) -> None:
    shift, by = SHIFTS[name], np.array(pixels)
    there, back = shift.there(IMAGE, by), shift.back(OTHER, by)
    assert there.shape == back.shape == IMAGE.shape
    np.testing.assert_allclose((there * OTHER).sum(), (IMAGE * back).sum(), rtol=1e-4)


@pytest.mark.parametrize("name", SHIFTS)
def test_no_shift_changes_nothing(name: str) -> None:
    still = np.array([0, 0])
    np.testing.assert_array_equal(SHIFTS[name].there(IMAGE, still), IMAGE)
    np.testing.assert_array_equal(SHIFTS[name].back(IMAGE, still), IMAGE)


@pytest.mark.parametrize("pixels", PIXELS[:4])
def test_a_mirroring_shift_is_a_part_of_the_image_continued_by_its_mirror_image(pixels: tuple[int, int]) -> None:
    down, right = pixels
    wide = np.pad(IMAGE, [(12, 12), (12, 12), (0, 0)], mode="symmetric")
    expected = wide[12 - down : 21 - down, 12 - right : 25 - right]
    np.testing.assert_array_equal(mirrored(IMAGE, np.array(pixels)), expected)


def test_over_all_shifts_every_pixel_gets_the_same() -> None:
    ones = np.ones_like(IMAGE)
    total = sum(mirrored_back(ones, np.array([down, right])) for down in range(-4, 5) for right in range(-4, 5))
    np.testing.assert_allclose(total, 81)
