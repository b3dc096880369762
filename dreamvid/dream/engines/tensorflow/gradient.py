"""d objective / d image, as one TensorFlow graph with the weights as an input."""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.engines.tensorflow.measures import BY_NAME, Measure, of_channel, towards
from dreamvid.dream.gradient import Gradient, Weights
from dreamvid.dream.networks.network import Network
from dreamvid.dream.objective import MATCH, Structure


def build_gradient(network: Network, structure: Structure, guide: Sequence[np.ndarray] = ()) -> Gradient:
    """The gradient of all objectives of one structure, for images of any size.

    Its graph is built here, once; no size of image and no weights build another.

    Args:
        structure: `Objective.structure`.
        guide: the guide's features, one array of shape (positions, channels) for each term; none where no term is a
            `MATCH`.
    """
    measures = list(_measures(structure, guide))
    layers = [layer for layer, _, _ in structure]
    count = sum(map(len, measures))
    signature = [tf.TensorSpec((None, None, 3), tf.float32), tf.TensorSpec((count,), tf.float32)]

    @tf.function(input_signature=signature, autograph=False)
    def differentiate(image: tf.Tensor, weights: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        value = _value(network.activations(image[None], layers), measures, iter(tf.unstack(weights)))
        return tf.gradients(value, image)[0], value

    graph = differentiate.get_concrete_function()  # pyright: ignore[reportFunctionMemberAccess]

    def gradient(image: Image, weights: Weights) -> tuple[Image, float]:
        if len(weights) != count:
            raise ValueError(f"the objective has {count} weights, and {len(weights)} were given")
        try:
            slope, value = graph(tf.constant(np.ascontiguousarray(image)), tf.constant(weights, tf.float32))
        except tf.errors.ResourceExhaustedError as error:
            raise MemoryError(error.message) from error
        return slope.numpy(), float(value)

    return gradient


def _measures(structure: Structure, guide: Sequence[np.ndarray]) -> Iterator[list[Measure]]:
    """The measures of each term: one for each weight."""
    for n, (_, name, channels) in enumerate(structure):
        if name == MATCH:
            yield [towards(guide[n])]
        else:
            yield [of_channel(channel, BY_NAME[name]) for channel in channels] or [BY_NAME[name]]


def _value(activations: Sequence[tf.Tensor], measures: Sequence[list[Measure]], weights: Iterator[tf.Tensor]
           ) -> tf.Tensor:
    """The sum of the terms, each the sum of its measures times their weights."""
    return tf.add_n([
        tf.add_n([next(weights) * measure(activation) for measure in own])
        for activation, own in zip(activations, measures, strict=True)
    ])
