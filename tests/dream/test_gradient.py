"""Gradients of the real network: right, upwards, and traced once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.ascent import ascend, soft_limit, steady
from dreamvid.dream.engines import Engine
from dreamvid.dream.networks import Network
from dreamvid.dream.objective import MATCH, Gradient, Objective, Term, excite
from dreamvid.dream.shifts import SHIFTS
from dreamvid.settings import FrameValues

OBJECTIVES = [
    ("block4", "mean-square"), ("block10", "mean-square"), ("block10_expand", "mean-square"),
    ("block10_expand", "mean"), ("block5_expand", "mean"), ("logits", "mean-square"),
]
ONE = (1.0,)


@pytest.mark.parametrize(("layer", "measure"), OBJECTIVES)
@pytest.mark.parametrize(("width", "height"), [(160, 128), (175, 129)])
def test_three_steps_raise_the_objective(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image],
    *, layer: str, measure: str, width: int, height: int,
) -> None:
    slope = gradient(layer, measure)
    start = photograph("coffee", width, height)
    end = ascend(
        start, slope, np.random.default_rng(0), FrameValues(steps=3, step_size=0.01, smooth=1.0, weights=ONE),
        jitter=8, shift=SHIFTS["mirror"], limit=soft_limit, pace=steady, observe=lambda *_: None,
    )
    assert slope(end, ONE)[1] > 1.05 * slope(start, ONE)[1]


@pytest.mark.parametrize(("layer", "measure"), OBJECTIVES)
@pytest.mark.parametrize("half", [False, True])
def test_it_agrees_with_a_finite_difference(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image], *, layer: str, measure: str, half: bool
) -> None:
    image = photograph("coffee", 49, 40)
    at = gradient(layer, measure)
    slope, _ = at(image, ONE)
    # Along the gradient, or along it in half of the pixels only, so that its places count and not just its size.
    direction = slope * (np.random.default_rng(0).random(slope.shape) < 0.5) if half else slope
    step = np.float32(2e-4 / np.abs(direction).max()) * direction
    difference = (at(image + step, ONE)[1] - at(image - step, ONE)[1]) / 2
    np.testing.assert_allclose(difference, (slope * step).sum(), rtol=0.05)


def test_it_has_the_image_s_shape_whatever_its_memory_order(gradient: Callable[..., Gradient]) -> None:
    image = np.random.default_rng(0).random((45, 33, 3), dtype=np.float32)
    slope, value = gradient("block4")(image, ONE)
    assert slope.shape == image.shape
    assert slope.dtype == np.float32
    assert isinstance(value, float)
    turned, same = gradient("block4")(np.asfortranarray(image), ONE)
    np.testing.assert_array_equal(turned, slope)
    assert same == value


@pytest.mark.parametrize("shape", [(16, 16), (1, 1), (16, 300)])
def test_the_smallest_images_have_a_gradient(gradient: Callable[..., Gradient], shape: tuple[int, int]) -> None:
    slope, value = gradient("block10")(np.random.default_rng(0).random((*shape, 3), dtype=np.float32), ONE)
    assert np.isfinite(slope).all()
    assert slope.any()
    assert value > 0


def test_it_is_the_same_bit_for_bit(gradient: Callable[..., Gradient], photograph: Callable[..., Image]) -> None:
    first, again = (gradient("block10")(photograph("coffee", 200, 150), ONE) for _ in range(2))
    np.testing.assert_array_equal(first[0], again[0])
    assert first[1] == again[1]


OBJECTIVE = Objective((
    Term("block2", "mean-square", weight=2.0), Term("block4", "mean", (3, 5), -1.0, (0.5, 4.0)),
))


def test_it_is_traced_once_for_all_sizes_and_weights(engine: Engine, network: Network) -> None:
    traces = []

    def watched(image: tf.Tensor, names: Sequence[str]) -> list[tf.Tensor]:
        traces.append(image.shape)
        return network.activations(image, names)

    counted = replace(network, activations=watched)
    slope = engine.gradient(counted, OBJECTIVE)
    values = {slope(np.full((*shape, 3), 0.5, np.float32), weights)[1]
              for shape in ((16, 16), (64, 64), (65, 33)) for weights in ((2.0, 1.0, 1.0), (1, 0, 0), (0.0, 0.0, 0.25))}
    assert len(values) == 9
    again = Objective(tuple(replace(term, weight=0.5) for term in OBJECTIVE.terms))
    engine.gradient(counted, again)(np.zeros((16, 16, 3), np.float32), again.weights)
    assert len(traces) == 1


def test_layers_and_channels_add_up_by_their_weights(engine: Engine, network: Network) -> None:
    image = np.random.default_rng(0).random((48, 64, 3), dtype=np.float32)
    parts = engine.gradient(network, OBJECTIVE)
    assert OBJECTIVE.weights == (2.0, -0.5, -4.0)
    all_of_it, value = parts(image, OBJECTIVE.weights)
    slopes, values = zip(*(parts(image, one) for one in ((1, 0, 0), (0, 1, 0), (0, 0, 1))), strict=True)
    expected = 2 * slopes[0] - 0.5 * slopes[1] - 4 * slopes[2]
    np.testing.assert_allclose(all_of_it, expected, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(value, np.dot(values, OBJECTIVE.weights), rtol=1e-5)


def test_a_part_is_measured_as_it_would_be_alone(
    engine: Engine, network: Network, gradient: Callable[..., Gradient]
) -> None:
    image = np.random.default_rng(0).random((48, 64, 3), dtype=np.float32)
    low, value = engine.gradient(network, OBJECTIVE)(image, (1.0, 0.0, 0.0))
    alone, alone_value = gradient("block2")(image, ONE)
    np.testing.assert_allclose(low, alone, atol=1e-5 * np.abs(alone).max())
    np.testing.assert_allclose(value, alone_value, rtol=1e-5)


def test_as_many_weights_as_the_objective_has_are_needed(engine: Engine, network: Network) -> None:
    with pytest.raises(ValueError, match="has 3 weights, and 2 were given"):
        engine.gradient(network, OBJECTIVE)(np.zeros((16, 16, 3), np.float32), (1.0, 2.0))


def test_a_guide_counts_by_its_weight(engine: Engine, network: Network) -> None:
    image = np.random.default_rng(0).random((48, 64, 3), dtype=np.float32)
    features = engine.features(network, image[::-1].copy(), ["block4"])
    slope = engine.gradient(network, excite({"block4": 1.0}, MATCH), features)
    (once, value), (twice, double) = slope(image, ONE), slope(image, (2.0,))
    np.testing.assert_allclose(twice, 2 * once, atol=1e-5 * np.abs(twice).max())
    assert double == pytest.approx(2 * value)
