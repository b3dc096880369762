"""Measures, guides, goals and the total variation: small functions, each by what it promises."""

import numpy as np
import pytest
import tensorflow as tf

from dreamvid.dream.ascent import SOFTNESS, ascend, clip_limit, steady, variation_slope
from dreamvid.dream.dreamer import LONGEST_SIDE, guide_features
from dreamvid.dream.engines import Engine
from dreamvid.dream.engines.tensorflow.gradient import BY_NAME, PRODUCTS, mean, mean_square, of_channel, towards
from dreamvid.dream.networks import Network
from dreamvid.dream.objective import MEASURES, excite, objective_of
from dreamvid.dream.shifts import SHIFTS
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings, FrameValues

LAYER = "conv_pw_6_relu"


@pytest.fixture
def activation() -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(1, 6, 8, 5)).astype(np.float32))


@pytest.mark.parametrize("measure", [*BY_NAME.values(), of_channel(3, mean), towards(np.eye(5, dtype="f4"))])
def test_measures_are_means_over_positions(measure, activation: tf.Tensor) -> None:
    """So a layer counts the same however large it is, and tiles add up."""
    halves = measure(activation[:, :3]) + measure(activation[:, 3:])
    np.testing.assert_allclose(measure(activation), halves / 2, rtol=1e-5)
    np.testing.assert_allclose(measure(tf.tile(activation, [1, 2, 3, 1])), measure(activation), rtol=1e-5)


def test_every_measure_of_the_settings_is_there() -> None:
    assert set(BY_NAME) == set(MEASURES)


def test_measures_are_those_that_their_names_say(activation: tf.Tensor) -> None:
    np.testing.assert_allclose(mean(activation), activation.numpy().mean(), rtol=1e-5)
    np.testing.assert_allclose(mean_square(activation), (activation.numpy() ** 2).mean(), rtol=1e-5)


def test_a_channel_is_measured_alone(activation: tf.Tensor) -> None:
    np.testing.assert_allclose(of_channel(1, mean)(activation), activation.numpy()[..., 1].mean(), rtol=1e-5)
    squares = activation.numpy()[..., 4] ** 2
    np.testing.assert_allclose(of_channel(4, mean_square)(activation), squares.mean(), rtol=1e-5)


def test_a_guide_draws_every_position_to_its_best_match(activation: tf.Tensor) -> None:
    """Against the rule written out: the slope at a position is the guide's feature with the largest product."""
    features = np.random.default_rng(1).normal(size=(70, 5)).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(activation)
        value = towards(features)(activation)
    products = activation.numpy().reshape(-1, 5) @ features.T
    best = features[products.argmax(axis=1)].reshape(activation.shape)
    np.testing.assert_allclose(tape.gradient(value, activation), best / best.size, rtol=1e-5)
    np.testing.assert_allclose(value, products.max(axis=1).mean() / 5, rtol=1e-5)


@pytest.mark.slow
def test_a_large_guide_is_matched_a_part_at_a_time(activation: tf.Tensor) -> None:
    features = np.random.default_rng(1).normal(size=(PRODUCTS // 7, 5)).astype(np.float32)
    expected = (activation.numpy().reshape(-1, 5) @ features.T).max(axis=1).mean() / 5
    np.testing.assert_allclose(towards(features)(activation), expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(3, 5), (40, 900), (96, 115), (700, 1400)])
def test_a_guide_may_have_any_size(shape: tuple[int, int], engine: Engine, frozen: Network) -> None:
    guide = np.random.default_rng(0).random((*shape, 3), dtype=np.float32)
    features, = guide_features(engine, frozen, guide, [LAYER])
    assert features.shape[1] == frozen.channels[LAYER]
    assert 0 < features.shape[0] <= (LONGEST_SIDE / 8) ** 2


def test_a_guide_makes_the_image_more_like_it(engine: Engine, frozen: Network, image: np.ndarray) -> None:
    objective = objective_of(DreamSettings(layers=LAYER, guide="a.png"), frozen)
    features = guide_features(engine, frozen, image[::-1, ::-1].copy(), objective.layers)
    gradient = engine.gradient(frozen, objective, features)
    slope, before = gradient(image, objective.weights)
    _, after = gradient(np.clip(image + 0.01 * slope / slope.std(), 0, 1), objective.weights)
    assert after > before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["goldfish", "tabby cat", "292"])
def test_a_dream_of_a_class_makes_it_likelier(
    name: str, engine: Engine, network: Network, image: np.ndarray
) -> None:
    gradient = engine.gradient(network, objective_of(DreamSettings(class_name=name), network))
    slope, before = gradient(image, (1.0,))
    _, after = gradient(np.clip(image + 0.01 * slope / slope.std(), 0, 1), (1.0,))
    assert after > before


@pytest.mark.slow
def test_layers_weights_and_channels_are_what_the_settings_say(
    engine: Engine, frozen: Network, image: np.ndarray
) -> None:
    def value(**settings: str) -> float:
        objective = objective_of(DreamSettings(**settings), frozen)
        return engine.gradient(frozen, objective)(image, objective.weights)[1]

    low, high = "conv_pw_2_relu", "conv_pw_9_relu"
    assert value() == pytest.approx(value(layers=frozen.default_layers, objective=frozen.objective))
    assert value(layers=f"{low}:0.5,{high}:2") == pytest.approx(0.5 * value(layers=low) + 2 * value(layers=high))
    assert value(layers=low, channels="3,5") == pytest.approx(
        value(layers=low, channels="3", objective="mean") + value(layers=low, channels="5"))


@pytest.mark.parametrize(("settings", "says"), [
    ({"layers": "conv_pw_6_rely"}, "did you mean conv_pw_6_relu"),
    ({"layers": f"{LAYER}:much"}, "weight 'much'"),
    ({"layers": LAYER, "channels": "512"}, "channels 0 to 511"), ({"layers": LAYER, "channels": "-1"}, "0 to 511"),
    ({"layers": LAYER, "channels": "red"}, "numbers like 139"),
    ({"class_name": "tabby cat"}, "needs a layer 'logits'"),
])
def test_what_the_network_does_not_have_is_told(settings: dict[str, str], says: str, frozen: Network) -> None:
    with pytest.raises(SettingError, match=says):
        objective_of(DreamSettings(**settings), frozen)


@pytest.mark.parametrize("settings", [
    {"class_name": "tabby", "layers": LAYER}, {"class_name": "tabby", "guide": "a.png"},
    {"guide": "a.png", "channels": "3"}, {"guide": "a.png", "objective": "mean"},
])
def test_objectives_that_exclude_each_other_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="objective of its own"):
        DreamSettings(**settings)


def total_variation(image: np.ndarray) -> float:
    """The sum of the differences between neighbouring pixels, d counted as √(d² + s²) - s; s is `SOFTNESS`."""
    return float(sum((np.hypot(np.diff(image, axis=axis), SOFTNESS) - SOFTNESS).sum() for axis in (0, 1)))


def test_the_slope_of_the_variation_is_its_derivative() -> None:
    rng = np.random.default_rng(0)
    image, direction = rng.random((7, 9, 3)), rng.normal(size=(7, 9, 3))
    step = 1e-6
    measured = (total_variation(image + step * direction) - total_variation(image - step * direction)) / (2 * step)
    assert measured == pytest.approx((variation_slope(image) * direction).sum(), rel=1e-4)


def test_what_is_even_has_no_variation() -> None:
    flat = np.full((5, 6, 3), 0.3, np.float32)
    assert total_variation(flat) == 0
    assert not variation_slope(flat).any()


def test_more_weight_leaves_less_variation(engine: Engine, frozen: Network, image: np.ndarray) -> None:
    gradient = engine.gradient(frozen, excite({LAYER: 1.0}, "mean"))

    def dreamed(weight: float) -> np.ndarray:
        return ascend(
            image, gradient, np.random.default_rng(0), FrameValues(steps=5, step_size=0.01, tv=weight, weights=(1.0,)),
            jitter=0, shift=SHIFTS["roll"], limit=clip_limit, pace=steady, observe=lambda *_: None)

    variations = [total_variation(dreamed(weight)) for weight in (0, 0.1, 0.5)]
    assert variations == sorted(variations, reverse=True)
    assert variations[-1] < 0.9 * variations[0]
