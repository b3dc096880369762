"""Measures of an activation: each takes one of shape (1, rows, columns, channels) and gives one number.

All are means over positions, so that a large layer counts no more than a small one, and so that an image's tiles
add up to the image (`tiles.py`).
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

Measure = Callable[[tf.Tensor], tf.Tensor]


def mean_square(activation: tf.Tensor) -> tf.Tensor:
    """The mean of the squares: for layers whose values have both signs, as linear block outputs do."""
    return tf.reduce_mean(tf.square(activation))


def mean(activation: tf.Tensor) -> tf.Tensor:
    """The plain mean, as in the TensorFlow tutorial: for layers whose values are not negative."""
    return tf.reduce_mean(activation)


MEASURES: dict[str, Measure] = {"mean-square": mean_square, "mean": mean}
"""The measures of whole layers, by the names that `--objective` takes."""


def of_channels(channels: Sequence[int], measure: Measure) -> Measure:
    """The sum, over some channels, of a measure of each alone.

    A sum, as the losses published for InceptionV3's `conv2d_85` have it: from the same noise channel 13 begins at
    0.75 and channels 13 and 139 at 1.24.
    """

    def summed(activation: tf.Tensor) -> tf.Tensor:
        return tf.add_n([measure(activation[:, :, :, channel]) for channel in channels])

    return summed
