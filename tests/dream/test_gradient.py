"""Gradients of the real network: right, upwards, and traced once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.ascent import ascend, soft_limit, steady
from dreamvid.dream.gradient import Gradient, gradient_of
from dreamvid.dream.measures import mean_square
from dreamvid.dream.networks.network import Network
from dreamvid.dream.objective import excite

OBJECTIVES = [
    ("block4", "mean-square"), ("block10", "mean-square"), ("block10_expand", "mean-square"),
    ("block10_expand", "mean"), ("block5_expand", "mean"), ("logits", "mean-square"),
]


@pytest.mark.parametrize(("layer", "measure"), OBJECTIVES)
@pytest.mark.parametrize(("width", "height"), [(160, 128), (175, 129)])
def test_three_steps_raise_the_objective(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image],
    *, layer: str, measure: str, width: int, height: int,
) -> None:
    slope = gradient(layer, measure)
    start = photograph("coffee", width, height)
    end = ascend(
        start, slope, np.random.default_rng(0), steps=3, step_size=0.01, jitter=8, smoothing=1.0, limit=soft_limit,
        pace=steady, observe=lambda *_: None,
    )
    assert slope(end)[1] > 1.05 * slope(start)[1]


@pytest.mark.parametrize(("layer", "measure"), OBJECTIVES)
@pytest.mark.parametrize("half", [False, True])
def test_it_agrees_with_a_finite_difference(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image], *, layer: str, measure: str, half: bool
) -> None:
    image = photograph("coffee", 49, 40)
    at = gradient(layer, measure)
    slope, _ = at(image)
    # Along the gradient, or along it in half of the pixels only, so that its places count and not just its size.
    direction = slope * (np.random.default_rng(0).random(slope.shape) < 0.5) if half else slope
    step = np.float32(2e-4 / np.abs(direction).max()) * direction
    difference = (at(image + step)[1] - at(image - step)[1]) / 2
    np.testing.assert_allclose(difference, (slope * step).sum(), rtol=0.05)


def test_it_has_the_image_s_shape_whatever_its_memory_order(gradient: Callable[..., Gradient]) -> None:
    image = np.random.default_rng(0).random((45, 33, 3), dtype=np.float32)
    slope, value = gradient("block4")(image)
    assert slope.shape == image.shape
    assert slope.dtype == np.float32
    assert isinstance(value, float)
    turned, same = gradient("block4")(np.asfortranarray(image))
    np.testing.assert_array_equal(turned, slope)
    assert same == value


@pytest.mark.parametrize("shape", [(16, 16), (1, 1), (16, 300)])
def test_the_smallest_images_have_a_gradient(gradient: Callable[..., Gradient], shape: tuple[int, int]) -> None:
    slope, value = gradient("block10")(np.random.default_rng(0).random((*shape, 3), dtype=np.float32))
    assert np.isfinite(slope).all()
    assert slope.any()
    assert value > 0


def test_it_is_the_same_bit_for_bit(gradient: Callable[..., Gradient], photograph: Callable[..., Image]) -> None:
    first, again = (gradient("block10")(photograph("coffee", 200, 150)) for _ in range(2))
    np.testing.assert_array_equal(first[0], again[0])
    assert first[1] == again[1]


def test_it_is_traced_once_for_all_sizes(network: Network) -> None:
    traces = []

    def watched(image: tf.Tensor, names: Sequence[str]) -> list[tf.Tensor]:
        traces.append(image.shape)
        return network.activations(image, names)

    slope = gradient_of(replace(network, activations=watched), excite({"block2": 1.0}, mean_square))
    for shape in ((16, 16), (64, 64), (65, 33), (128, 96)):
        slope(np.full((*shape, 3), 0.5, np.float32))
    assert len(traces) == 1


def test_layers_add_up_by_their_weights(network: Network, gradient: Callable[..., Gradient]) -> None:
    image = np.random.default_rng(0).random((48, 64, 3), dtype=np.float32)
    both, value = gradient_of(network, excite({"block2": 2.0, "block4": -1.0}, mean_square))(image)
    (low, low_value), (high, high_value) = gradient("block2")(image), gradient("block4")(image)
    np.testing.assert_allclose(both, 2 * low - high, atol=1e-4 * np.abs(both).max())
    np.testing.assert_allclose(value, 2 * low_value - high_value, rtol=1e-5)
