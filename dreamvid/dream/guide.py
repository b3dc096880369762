"""A guide: the features of a second picture are what the dream grows.

The rule is that of the original DeepDream notebook (Mordvintsev, Olah and Tyka, 2015): every position of the image
looks for the guide's feature with which its own has the largest dot product, and is drawn towards it.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from dreamvid.arrays import Image, fit, size_of
from dreamvid.dream.measures import Measure
from dreamvid.dream.networks.network import Network
from dreamvid.dream.tiles import padded
from dreamvid.filters import resize

LONGEST_SIDE = 512
"""Pixels to which larger guides are reduced; the network has learned what it knows on smaller pictures."""

PRODUCTS = 1 << 24
"""How many dot products are in memory at a time: 64 MiB."""


def guide_features(network: Network, guide: Image, layers: Sequence[str]) -> list[np.ndarray]:
    """The features of a guide of any size: for each layer an array of shape (positions, channels)."""
    if max(size_of(guide)) > LONGEST_SIDE:
        guide = resize(guide, fit(size_of(guide), LONGEST_SIDE))
    run = tf.function(lambda image: network.activations(image[None], layers), autograph=False)
    found = run(tf.constant(padded(guide, network.smallest)))
    return [activation.numpy().reshape(-1, activation.shape[-1]) for activation in found]


def towards(features: np.ndarray) -> Measure:
    """How well each position matches the guide's feature that it matches best: the mean product with it.

    The choice is made anew in every step, and no gradient goes through it.

    Args:
        features: of the guide, shape (positions, channels).
    """

    def match(activation: tf.Tensor) -> tf.Tensor:
        guide = tf.constant(features)
        own = tf.reshape(activation, (-1, features.shape[1]))
        best = tf.gather(guide, _best(tf.stop_gradient(own), guide, rows=max(1, PRODUCTS // len(features))))
        return tf.reduce_mean(own * best)

    return match


def _best(own: tf.Tensor, guide: tf.Tensor, rows: int) -> tf.Tensor:
    """For each row of `own` the index of the row of `guide` with the largest dot product; so many rows at a time."""
    missing = tf.math.floormod(-tf.shape(own)[0], rows)
    parts = tf.reshape(tf.concat([own, tf.zeros((missing, guide.shape[1]))], axis=0), (-1, rows, guide.shape[1]))
    found = tf.map_fn(
        lambda part: tf.argmax(tf.matmul(part, guide, transpose_b=True), axis=1),
        parts, fn_output_signature=tf.TensorSpec((rows,), tf.int64), parallel_iterations=1,
    )
    return tf.reshape(found, (-1,))[: tf.shape(own)[0]]
