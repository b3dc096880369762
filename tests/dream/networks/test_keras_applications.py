"""The networks of keras.applications: names, ranges, and what a frozen one gives."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from dreamvid.dream.engines import Engine
from dreamvid.dream.engines.tensorflow.keras_applications import SCALINGS, build, freeze, stable_names
from dreamvid.dream.networks import Network, entry_of
from dreamvid.dream.objective import excite

NETWORKS = ("vgg16", "mobilenet_v3_small", "efficientnet_b0")
"""One of each way in which the image is brought to a network's range, but NASNet's, which takes long to build."""


def activations(frozen: Network, image: np.ndarray, names: list[str]) -> list[np.ndarray]:
    run = tf.function(lambda image: frozen.activations(image[None], names), autograph=False)
    return [activation.numpy() for activation in run(tf.constant(image))]


@pytest.mark.slow
def test_names_are_those_of_a_fresh_process() -> None:
    """InceptionV3 is built twice; by its own count Keras names the second's layers on from the first's."""
    keras.backend.clear_session()
    first, second = (build(entry_of("inception_v3")) for _ in range(2))
    assert stable_names(first) == {layer.name: layer.name for layer in first.layers}
    assert list(stable_names(second).values()) == [layer.name for layer in first.layers]
    layer = {name: second.get_layer(own) for own, name in stable_names(second).items()}["conv2d_85"]
    assert layer.kernel.shape == first.get_layer("conv2d_85").kernel.shape == (1, 1, 2048, 320)


@pytest.mark.slow
def test_inception_has_the_tutorials_layers(inception: keras.Model) -> None:
    frozen = freeze(inception, entry_of("inception_v3"), digest="")
    assert {f"mixed{n}" for n in range(11)} | {"conv2d", "conv2d_85", "conv2d_93"} <= set(frozen.layers)
    assert frozen.channels["mixed3"] == 768
    assert frozen.default_layers == "mixed3,mixed5"


def test_activations_are_those_of_the_model(mobilenet: keras.Model, frozen: Network, image: np.ndarray) -> None:
    names = ["conv1_relu", "conv_pw_6_bn"]
    part = keras.Model(mobilenet.input, [mobilenet.get_layer(name).output for name in names])
    expected = part(keras.applications.mobilenet.preprocess_input(image[None] * 255))
    for found, wanted in zip(activations(frozen, image, names), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_only_what_is_needed_is_built(frozen: Network) -> None:
    def operations(name: str) -> int:
        run = tf.function(lambda image: frozen.activations(image, [name]), autograph=False)
        return len(run.get_concrete_function(tf.TensorSpec((1, None, None, 3))).graph.get_operations())

    assert operations("conv1") < operations("conv_pw_6_relu") < operations("conv_pw_13_relu")


def test_a_frozen_network_reads_no_variables(frozen: Network) -> None:
    run = tf.function(lambda image: frozen.activations(image, ["conv_pw_13_relu"]), autograph=False)
    graph = run.get_concrete_function(tf.TensorSpec((1, None, None, 3))).graph
    assert graph.captures == []
    assert {operation.type for operation in graph.get_operations()}.isdisjoint({"ReadVariableOp", "VarHandleOp"})


@pytest.mark.parametrize(("scaling", "module"), [
    ("tf", keras.applications.inception_v3), ("caffe", keras.applications.vgg16),
    ("torch", keras.applications.densenet), ("inside", keras.applications.efficientnet_v2),
])
def test_ranges_are_those_of_keras(scaling: str, module: object, image: np.ndarray) -> None:
    expected = module.preprocess_input(image[None] * np.float32(255))  # pyright: ignore[reportAttributeAccessIssue]
    np.testing.assert_allclose(SCALINGS[scaling](tf.constant(image[None])), expected, atol=1e-4)


def test_efficientnet_divides_by_the_deviation(image: np.ndarray) -> None:
    """With ImageNet's weights Keras has two layers divide by the root of the deviation; without them only one."""
    mean_colour, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    scaled = SCALINGS["efficientnet"](tf.constant(image)).numpy() / 255
    np.testing.assert_allclose(
        (scaled - mean_colour) / np.sqrt(deviation), (image - mean_colour) / deviation, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_of_network_has_a_gradient_at_any_size(name: str, engine: Engine, image: np.ndarray) -> None:
    entry = entry_of(name)
    frozen = freeze(build(entry, classifier=entry.has_classes), entry, digest="")
    slope, value = engine.gradient(frozen, excite({entry.layers: 1.0}, "mean"))(image, (1.0,))
    assert slope.shape == image.shape
    assert np.isfinite(value)
    assert slope.std() > 0
