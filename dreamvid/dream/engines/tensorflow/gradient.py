"""d objective / d image, as one TensorFlow graph with the weights as an input."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.networks.network import Network
from dreamvid.dream.objective import MATCH, Gradient, Structure, Weights

Measure = Callable[[tf.Tensor], tf.Tensor]

PRODUCTS = 1 << 24
"""How many dot products with a guide's features are in memory at a time: 64 MiB."""


def mean_square(activation: tf.Tensor) -> tf.Tensor:
    """The mean of the squares."""
    return tf.reduce_mean(tf.square(activation))


def mean(activation: tf.Tensor) -> tf.Tensor:
    """The plain mean."""
    return tf.reduce_mean(activation)


BY_NAME: dict[str, Measure] = {"mean-square": mean_square, "mean": mean}
"""The measures of `objective.MEASURES`."""


def of_channel(channel: int, measure: Measure) -> Measure:
    """The measure of one channel alone."""
    return lambda activation: measure(activation[:, :, :, channel])


def towards(features: np.ndarray) -> Measure:
    """How well each position matches the guide's feature that it matches best: the mean product with it.

    The choice is made anew in every step, and no gradient goes through it.

    Args:
        features: of the guide, shape (positions, channels).
    """

    def match(activation: tf.Tensor) -> tf.Tensor:
        guide = tf.constant(features)
        own = tf.reshape(activation, (-1, features.shape[1]))
        rows = tf.minimum(max(1, PRODUCTS // len(features)), tf.shape(own)[0])
        best = tf.gather(guide, _best(tf.stop_gradient(own), guide, rows))
        return tf.reduce_mean(own * best)

    return match


def _best(own: tf.Tensor, guide: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    """For each row of `own` the index of the row of `guide` with the largest dot product; `rows` rows at a time."""
    missing = tf.math.floormod(-tf.shape(own)[0], rows)
    parts = tf.reshape(tf.concat([own, tf.zeros((missing, guide.shape[1]))], axis=0), (-1, rows, guide.shape[1]))
    found = tf.map_fn(
        lambda part: tf.argmax(tf.matmul(part, guide, transpose_b=True), axis=1),
        parts, fn_output_signature=tf.TensorSpec((None,), tf.int64), parallel_iterations=1,
    )
    return tf.reshape(found, (-1,))[: tf.shape(own)[0]]


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
