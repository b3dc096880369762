"""A gradient of natural colours and frequencies: what the filters keep, what they change, and by how much."""

import numpy as np
import pytest

from dreamvid.arrays import Image
from dreamvid.dream.natural import COVARIANCE, LEVELS, even_spectrum, natural_colours
from dreamvid.settings import DreamSettings

NOISE = np.random.default_rng(0).standard_normal((90, 130, 3), dtype=np.float32)


def hills(pixels: float) -> Image:
    """A wave of one length, in pixels, along both axes."""
    y, x = np.indices((160, 160), np.float32) * np.float32(2 * np.pi / pixels)
    return np.repeat((np.sin(y) + np.sin(x))[..., np.newaxis], 3, axis=2)


@pytest.mark.parametrize("natural", [natural_colours, even_spectrum])
def test_at_zero_the_gradient_is_itself(natural) -> None:
    assert natural(NOISE, 0.0) is NOISE


@pytest.mark.parametrize("natural", [natural_colours, even_spectrum])
@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (33, 47, 3)])
def test_shape_and_type_stay_and_the_argument_too(natural, shape: tuple[int, ...]) -> None:
    slope = np.random.default_rng(1).standard_normal(shape, dtype=np.float32)
    before = slope.copy()
    found = natural(slope, 0.7)
    assert (found.shape, found.dtype) == (shape, np.float32)
    np.testing.assert_array_equal(slope, before)


@pytest.mark.parametrize("natural", [natural_colours, even_spectrum])
def test_zeros_stay_zeros(natural) -> None:
    np.testing.assert_array_equal(natural(np.zeros_like(NOISE), 1.0), 0)


def test_grey_grows_and_saturated_colours_shrink() -> None:
    grey, hue = np.ones((1, 1, 3), np.float32), np.array([[[1, -2, 1]]], np.float32)
    sizes = [[np.linalg.norm(natural_colours(slope, share)) for share in (0.0, 0.5, 1.0)] for slope in (grey, hue)]
    assert sizes[0] == sorted(sizes[0])
    assert sizes[1] == sorted(sizes[1], reverse=True)
    assert sizes[1][2] < 0.1 * sizes[1][0]


def test_the_colours_are_mixed_by_the_covariance() -> None:
    np.testing.assert_allclose(np.trace(COVARIANCE), 3)
    np.testing.assert_allclose(natural_colours(NOISE, 1), NOISE @ COVARIANCE.T, atol=1e-5)
    half = (NOISE + natural_colours(NOISE, 1)) / 2
    np.testing.assert_allclose(natural_colours(NOISE, 0.5), half, atol=1e-5)


def test_the_levels_of_the_pyramid_are_the_gradient() -> None:
    np.testing.assert_allclose(even_spectrum(NOISE, 1e-7), NOISE, atol=1e-5)


def test_with_one_the_size_of_the_gradient_does_not_matter() -> None:
    small = even_spectrum(NOISE * np.float32(1e-6), 1)
    np.testing.assert_allclose(small, even_spectrum(NOISE, 1), rtol=1e-3, atol=1e-4)


def test_fine_detail_hides_coarse_detail_less_the_higher_the_power() -> None:
    coarse, fine = hills(40), hills(3)

    def share(power: float) -> float:
        found = even_spectrum(coarse * np.float32(0.05) + fine, power)
        return float((found * coarse).sum() / (found * fine).sum())

    shares = [share(power) for power in (0, 0.5, 1, 1.5)]
    assert shares == sorted(shares)
    assert shares[2] > 4 * shares[0]
    assert LEVELS >= 4  # a wave of 40 pixels is not in the last level with all that is coarser


def test_what_is_not_given_follows_from_what_is_dreamed_of() -> None:
    layers = DreamSettings()
    a_class = DreamSettings(class_name="tiger")
    assert (a_class.colour, a_class.spectrum) == (0.8, 1.0)
    assert 0 < layers.colour < 1
    assert 0 < layers.spectrum < 1
    given = DreamSettings(class_name="tiger", colour=0, spectrum=0.25)
    assert (given.colour, given.spectrum) == (0, 0.25)
