"""Activations → the number that a dream makes larger."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import tensorflow as tf

from dreamvid.dream.networks.network import Network
from dreamvid.errors import SettingError

Measure = Callable[[tf.Tensor], tf.Tensor]


def mean_square(activation: tf.Tensor) -> tf.Tensor:
    """The mean of the squares: for layers whose values have both signs, as linear block outputs do."""
    return tf.reduce_mean(tf.square(activation))


def mean(activation: tf.Tensor) -> tf.Tensor:
    """The plain mean, as in the TensorFlow tutorial: for layers whose values are not negative."""
    return tf.reduce_mean(activation)


MEASURES: dict[str, Measure] = {"mean-square": mean_square, "mean": mean}


@dataclass(frozen=True)
class Objective:
    """The layers that are looked at, and the function from their activations to one number."""

    layers: tuple[str, ...]
    value: Callable[[list[tf.Tensor]], tf.Tensor]


def excite(layers: dict[str, float], measure: Measure) -> Objective:
    """The weighted sum, over layers, of a measure of each; a layer counts the same however large it is."""

    def value(activations: list[tf.Tensor]) -> tf.Tensor:
        terms = [
            weight * measure(activation)
            for weight, activation in zip(layers.values(), activations, strict=True)
        ]
        return tf.add_n(terms)

    return Objective(tuple(layers), value)


def parse_layers(text: str, network: Network) -> dict[str, float]:
    """'block4:0.5,block10' → {'block4': 0.5, 'block10': 1.0}.

    Raises:
        SettingError: the network has no such layer, a layer is named twice, or a weight is no number.
    """
    layers: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = part.strip().partition(":")
        network.check_layer(name)
        if name in layers:
            raise SettingError(f"--layers names {name} twice; it must name each layer once")
        layers[name] = _number(weight or "1", name)
    return layers


def _number(weight: str, layer: str) -> float:
    try:
        if isfinite(number := float(weight)):
            return number
    except ValueError:
        pass
    raise SettingError(f"--layers has the weight {weight!r} for {layer}; it must be a number")
