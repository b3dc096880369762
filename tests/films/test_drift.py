"""A drift: a strip without an end, seen part by part."""

import numpy as np

from dreamvid.arrays import Size
from dreamvid.films.drift import part

WIDE = np.random.default_rng(0).random((12, 40, 3), dtype=np.float32)
SIZE = Size(20, 12)


def test_whole_pixels_are_the_strip_s_own() -> None:
    for left in (0, 7, 20):
        np.testing.assert_array_equal(part(WIDE, SIZE, left), WIDE[:, left : left + 20])


def test_the_strip_goes_on_where_it_ends() -> None:
    np.testing.assert_array_equal(part(WIDE, SIZE, 30), np.hstack([WIDE[:, 30:], WIDE[:, :10]]))
    np.testing.assert_allclose(part(WIDE, SIZE, 40), part(WIDE, SIZE, 0), atol=1e-6)


def test_between_pixels_it_lies_between() -> None:
    ramp = np.tile(np.linspace(0, 1, 40, dtype=np.float32)[:, np.newaxis], (12, 1, 3))
    np.testing.assert_allclose(part(ramp, SIZE, 5.5)[:, 0], (ramp[:, 5] + ramp[:, 6]) / 2, atol=1e-4)
