"""dreamvid makes the pictures that the TensorFlow DeepDream tutorial makes.

The loops below are the tutorial's algorithm on its own range, -1 to 1, run eagerly; a step of 0.01 there is one of
0.005 here. The network has fixed random weights.
"""

import os
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from dreamvid.arrays import Size
from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.dream.octaves import plain_sizes
from dreamvid.events import Event, Observe, Step, ignore
from dreamvid.settings import DreamSettings, values_of

LAYERS = ("mixed3", "mixed5")
TUTORIAL = DreamSettings(
    network="inception_v3", layers=",".join(LAYERS), objective="mean", octaves=1, steps=10, step_size=0.005, jitter=0,
    smooth=0, colour=0, spectrum=0, limits="clip", tile=1024)


def tutorial_steps(model: keras.Model, image: tf.Tensor, steps: int, step_size: float = 0.01) -> tf.Tensor:
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = tf.add_n([tf.reduce_mean(activation) for activation in model(image[None])])
        slope = tape.gradient(loss, image)
        slope /= tf.math.reduce_std(slope) + 1e-8
        image = tf.clip_by_value(image + slope * step_size, -1, 1)
    return image


def dreamed_by(settings: DreamSettings, image: np.ndarray, observe: Observe = ignore) -> np.ndarray:
    dreamer = build_dreamer(open_engine(), settings)
    return dreamer(image, np.random.default_rng(0), values_of(settings, dreamer.objective.weights), observe)


@pytest.fixture(scope="session")
def dream_model(inception: keras.Model) -> keras.Model:
    return keras.Model(inception.input, [inception.get_layer(name).output for name in LAYERS])


@pytest.mark.slow
def test_plain_ascent_equals_the_tutorials(
    dream_model: keras.Model, inception_file: Path, image: np.ndarray
) -> None:
    expected = tutorial_steps(dream_model, tf.constant(image * 2 - 1), steps=5)
    dreamed = dreamed_by(TUTORIAL.but(weights=str(inception_file), steps=5), image)
    assert np.abs(dreamed - image).max() > 0.02
    np.testing.assert_allclose(dreamed, (expected.numpy() + 1) / 2, atol=1e-3)


@pytest.mark.slow
def test_octaves_equal_the_tutorials(dream_model: keras.Model, inception_file: Path, image: np.ndarray) -> None:
    image = np.concatenate([image, image[::-1]])[:110]  # no octave is too small for the network
    expected = tf.constant(image * 2 - 1)
    base = tf.cast(tf.shape(expected)[:2], tf.float32)
    for n in range(-1, 2):
        expected = tf.image.resize(expected, tf.cast(base * 1.3**n, tf.int32))
        expected = tutorial_steps(dream_model, expected, steps=2)
    expected = tf.image.resize(expected, image.shape[:2])
    values = TUTORIAL.but(weights=str(inception_file), pyramid="plain", octaves=3, octave_scale=1.3, steps=2)
    dreamed = dreamed_by(values, image)
    np.testing.assert_allclose(dreamed, (expected.numpy() + 1) / 2, atol=1e-3)


@pytest.mark.parametrize("size", [(500, 333), (640, 427), (224, 224), (1023, 767)])
def test_sizes_of_five_octaves_are_the_tutorials(size: tuple[int, int]) -> None:
    base = tf.constant(size, tf.float32)
    expected = [tuple(tf.cast(base * 1.30**n, tf.int32).numpy()) for n in range(-2, 3)]
    assert plain_sizes(Size(*size), octaves=5, scale=1.30, smallest=75) == expected


REAL_WEIGHTS = "DREAMVID_INCEPTION_V3"
PUBLISHED = {
    "mixed3,mixed5": (None, "1.0957 1.4185 1.6393 1.8129 1.9650 2.0692 2.1794 2.2747 2.3567 2.4287"),
    "conv2d_85, channel 13": ("13", "0.7494 1.0841 1.4460 1.7885 2.0755 2.4572 2.6663 2.9690 3.1516 3.3240"),
    "conv2d_85, channels 13 and 139": (
        "13,139", "1.2373 1.9010 3.0373 3.6904 4.1964 4.7575 4.8088 5.4683 5.6470 5.8716"),
}


@pytest.mark.slow
@pytest.mark.skipif(REAL_WEIGHTS not in os.environ,
                    reason=f"the published losses need the real InceptionV3: set {REAL_WEIGHTS} to its notop .h5 file")
@pytest.mark.parametrize("case", PUBLISHED)
def test_losses_are_the_published_ones(case: str) -> None:
    """A start of noise, 300 pixels a side, 100 to 101 of 255; 100 steps, the loss of every tenth."""
    channels, losses = PUBLISHED[case]
    weights = os.environ[REAL_WEIGHTS]
    values = TUTORIAL.but(layers=case.partition(", ")[0], channels=channels, steps=100, weights=weights)
    noise = (np.random.default_rng(0).random((300, 300, 3), dtype=np.float32) + 100) / 255
    found: list[float] = []

    def observe(event: Event) -> None:
        if isinstance(event, Step) and event.step % 10 == 1:
            found.append(event.score)

    dreamed_by(values, noise, observe)
    np.testing.assert_allclose(found, [float(loss) for loss in losses.split()], rtol=0.1)
