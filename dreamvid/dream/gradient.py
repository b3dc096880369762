"""d objective / d image, by a network."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.networks.network import Network
from dreamvid.dream.objective import Objective

Gradient = Callable[[Image], tuple[Image, float]]
"""image → (gradient of the image's own shape, value of the objective)."""


def gradient_of(network: Network, objective: Objective) -> Gradient:
    """The gradient of an objective on a network's activations, for images of any size.

    Its graph is built here, once; no size of image builds another.
    """
    signature = tf.TensorSpec((None, None, 3), tf.float32)

    @tf.function(input_signature=[signature], autograph=False)
    def differentiate(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        value = objective.value(network.activations(image[None], objective.layers))
        return tf.gradients(value, image)[0], value

    graph = differentiate.get_concrete_function()  # pyright: ignore[reportFunctionMemberAccess]

    def gradient(image: Image) -> tuple[Image, float]:
        try:
            slope, value = graph(tf.constant(np.ascontiguousarray(image)))
        except tf.errors.ResourceExhaustedError as error:
            raise MemoryError(error.message) from error
        return slope.numpy(), float(value)

    return gradient
