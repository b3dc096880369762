"""Activations → the number that a dream makes larger: a weighted sum of measures of layers.

A new objective is one function in `measures.py` and one line in its table; `goal.py` makes objectives from settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from dreamvid.dream.measures import Measure


@dataclass(frozen=True)
class Term:
    """One layer, how it is measured, and how much that counts."""

    layer: str
    weight: float
    measure: Measure


@dataclass(frozen=True)
class Objective:
    """The terms whose sum a dream makes larger."""

    terms: tuple[Term, ...]

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that are looked at, one for each term."""
        return tuple(term.layer for term in self.terms)

    def value(self, activations: Sequence[tf.Tensor]) -> tf.Tensor:
        """The sum, from the activations of `layers`."""
        pairs = zip(self.terms, activations, strict=True)
        return tf.add_n([term.weight * term.measure(activation) for term, activation in pairs])


def excite(layers: dict[str, float], measure: Measure) -> Objective:
    """The weighted sum, over layers, of one measure of each; a layer counts the same however large it is."""
    return Objective(tuple(Term(layer, weight, measure) for layer, weight in layers.items()))
