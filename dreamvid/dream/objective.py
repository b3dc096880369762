"""The objective: the number that a dream makes larger, as plain data.

It is a weighted sum of measures of layers. Nothing here computes: each engine builds the sum from this description, and
takes the weights anew with every image. `goal.py` makes objectives from settings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dreamvid.arrays import Image

Weights = tuple[float, ...]
"""The numbers that the parts of an objective count by, in the order of `Objective.weights`."""

Gradient = Callable[[Image, Weights], tuple[Image, float]]
"""(image, weights) → (gradient of the image's own shape, value of the objective). Other weights cost nothing extra."""


MEASURES = ("mean-square", "mean")
"""The measures of layers and channels, as `--objective` takes them. Both are means over positions, so that a large
layer counts no more than a small one, and so that an image's tiles add up to the image (`tiles.py`).

mean-square: the mean of the squares. It suits layers whose values have both signs, as linear block outputs do.
mean: the plain mean, as in the TensorFlow tutorial. It suits layers whose values are never negative.
"""

MATCH = "match"
"""The measure for a guide: the mean, over positions and channels, of each feature times the guide's feature with which
it has the largest dot product. The choice is made for every image, and no gradient goes through it."""


@dataclass(frozen=True)
class Term:
    """One layer, how it is measured, and how much that counts.

    Attributes:
        layer: the layer's name.
        measure: a name in `MEASURES`, or `MATCH`.
        channels: the channels that are measured, each by itself; empty for the whole layer.
        weight: the weight of the layer.
        channel_weights: the weight of each channel, which multiplies that of the layer.
    """

    layer: str
    measure: str
    channels: tuple[int, ...] = ()
    weight: float = 1.0
    channel_weights: tuple[float, ...] = ()

    @property
    def weights(self) -> Weights:
        """One number for each channel, or one for the whole layer."""
        return tuple(self.weight * own for own in self.channel_weights) if self.channels else (self.weight,)


Structure = tuple[tuple[str, str, tuple[int, ...]], ...]
"""An objective without its weights: of each term the layer, the measure and the channels."""


@dataclass(frozen=True)
class Objective:
    """The terms whose sum a dream makes larger."""

    terms: tuple[Term, ...]

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that are measured, one for each term."""
        return tuple(term.layer for term in self.terms)

    @property
    def weights(self) -> Weights:
        """The weights of all terms in one row: of each term one number, or one for each of its channels."""
        return tuple(number for term in self.terms for number in term.weights)

    @property
    def structure(self) -> Structure:
        """All of it but the weights: objectives of one structure can share a gradient."""
        return tuple((term.layer, term.measure, term.channels) for term in self.terms)


def excite(layers: Mapping[str, float], measure: str, channels: Sequence[int] = (), weights: Sequence[float] = ()
           ) -> Objective:
    """The sum of one measure of each layer, by the layers' weights; of these channels, if there are any, by theirs."""
    own = tuple(weights) or (1.0,) * len(channels)
    return Objective(tuple(Term(layer, measure, tuple(channels), weight, own) for layer, weight in layers.items()))


def union(objectives: Sequence[Objective]) -> Objective:
    """An objective with every term of all of them, each once and with the weight 1.

    With the weights that `weights_in` gives, it is any of them, or a mixture.
    """
    terms = {(term.layer, term.measure, term.channels): term for one in objectives for term in one.terms}
    return Objective(tuple(Term(layer, measure, channels, channel_weights=(1.0,) * len(channels))
                           for layer, measure, channels in terms))


def weights_in(whole: Objective, part: Objective) -> Weights:
    """The weights with which a union is one of its parts: 0 for the terms that the part does not have."""
    own = {(term.layer, term.measure, term.channels): term.weights for term in part.terms}
    return tuple(number for term in whole.terms
                 for number in own.get((term.layer, term.measure, term.channels), (0.0,) * len(term.weights)))
