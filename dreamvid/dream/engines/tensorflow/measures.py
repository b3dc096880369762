"""Measures of an activation: each takes one of shape (1, rows, columns, channels) and gives one number."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

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
