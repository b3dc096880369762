"""EfficientNet-Lite0 in TensorFlow, from its description."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import tensorflow as tf

from dreamvid.dream.networks.catalogue import EMBEDDED, entry_of
from dreamvid.dream.networks.efficientnet_lite import (
    DIGEST,
    LAYERS,
    OPERATIONS,
    RANGE,
    Operation,
    read_weights,
)
from dreamvid.dream.networks.network import Network, facts_of


def load_network() -> Network:
    """The network with its embedded weights.

    Raises:
        WeightsError: the file is missing, or is not the one that dreamvid was released with.
    """
    weights = read_weights()

    def activations(image: tf.Tensor, names: Sequence[str]) -> list[tf.Tensor]:
        found: dict[str, tf.Tensor] = {}
        for name, activation in _forward(image, weights):
            found[name] = activation
            if found.keys() >= set(names):
                break
        return [found[name] for name in names]

    return Network(**vars(facts_of(entry_of(EMBEDDED), LAYERS)), activations=activations, digest=DIGEST)


def _forward(image: tf.Tensor, weights: Mapping[str, np.ndarray]) -> Iterator[tuple[str, tf.Tensor]]:
    """Every layer's name and activation, from the image upwards; nothing is built beyond what is asked for."""
    x = (image * RANGE.white - RANGE.mean) / RANGE.deviation
    found: dict[str, tf.Tensor] = {}
    for operation in OPERATIONS:
        x = _convolve(x, operation, weights)
        if operation.activated:
            x = tf.nn.relu6(x)
        if operation.adds:
            x = found[operation.adds] + x
        found[operation.name] = x
        if operation.layer:
            yield operation.layer, x


def _convolve(x: tf.Tensor, operation: Operation, weights: Mapping[str, np.ndarray]) -> tf.Tensor:
    if operation.stride == 2:
        x = _even(x)
    convolve = tf.nn.depthwise_conv2d if operation.depthwise else tf.nn.conv2d
    strides = [1, operation.stride, operation.stride, 1]
    x = convolve(x, weights[operation.kernel], strides, "SAME")
    return tf.nn.bias_add(x, tf.constant(weights[operation.bias]))


def _even(x: tf.Tensor) -> tf.Tensor:
    """Pads an odd height or width by one row or column of zeros; see `networks.efficientnet_lite`."""
    height, width = tf.unstack(tf.math.floormod(tf.shape(x)[1:3], 2))
    return tf.pad(x, [[0, 0], [0, height], [0, width], [0, 0]])
