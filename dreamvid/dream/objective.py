"""The objective: the number that a dream makes larger, as plain data.

It is a weighted sum of measures of layers. Nothing here computes: each engine builds the sum from this description, and
takes the weights anew with every image. `objective_of` makes the objective that settings ask for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite

from dreamvid.arrays import Image
from dreamvid.dream.networks.classes import classes_called
from dreamvid.dream.networks.network import LOGITS, NetworkFacts
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings

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


def objective_of(settings: DreamSettings, network: NetworkFacts) -> Objective:
    """The objective that the settings ask for: classes, a guide, channels of layers, or whole layers.

    Args:
        network: what is known of the network that the settings name; see `describe`.

    Raises:
        SettingError: a layer, a channel or a class that the network does not have, or a weight that is not a number.
    """
    if settings.class_name:
        return _classes(settings.class_name, network)
    layers = parse_layers(_layers_of(settings, network), network)
    if settings.guide:
        return excite(layers, MATCH)
    if settings.channels:
        # the sign of a single channel has a meaning, so it is not squared unless that is asked for
        channels = parse_channels(settings.channels, layers, network)
        return excite(layers, settings.objective or "mean", tuple(channels), tuple(channels.values()))
    return excite(layers, settings.objective or network.objective)


def _classes(names: str, network: NetworkFacts) -> Objective:
    weights = class_weights(names)
    if network.classes <= max(weights):
        raise SettingError("class", names, (
            f"that needs a layer {LOGITS!r} with that class, which {network.name} with these weights does not have; "
            "the embedded network has it, and so has a file of weights that holds the classifier"))
    return Objective((Term(LOGITS, "mean", tuple(weights), channel_weights=tuple(weights.values())),))


def _layers_of(settings: DreamSettings, network: NetworkFacts) -> str:
    if settings.layers:
        return settings.layers
    if network.default_layers:
        return network.default_layers
    some = ", ".join(network.layers[:: max(1, len(network.layers) // 6)])
    raise SettingError("", None, f"{{layers}} is needed with {network.name}; some of its layers are {some}")


def parse_layers(text: str, network: NetworkFacts) -> dict[str, float]:
    """'block4:0.5,block10' → {'block4': 0.5, 'block10': 1.0}.

    Raises:
        SettingError: the network has no such layer, a layer is named twice, or a weight is not a number.
    """
    layers: dict[str, float] = {}
    for name, weight in _weighted("layers", text):
        network.check_layer(name)
        if name in layers:
            raise SettingError("layers", text, f"it names {name} twice; it must name each layer once")
        layers[name] = weight
    return layers


def parse_channels(text: str, layers: dict[str, float], network: NetworkFacts) -> dict[int, float]:
    """'13:0.5,139' → {13: 0.5, 139: 1.0}.

    Raises:
        SettingError: one is not a number, or a layer does not have that many.
    """
    channels: dict[int, float] = {}
    for name, weight in _weighted("channels", text):
        try:
            channel = int(name)
        except ValueError as error:
            raise SettingError("channels", text, "it must be numbers like 139 or 13,139, or 13:0.5,139") from error
        channels[channel] = channels.get(channel, 0.0) + weight
    for layer in layers:
        most = network.channels[layer] - 1
        for channel in channels:
            if not 0 <= channel <= most:
                raise SettingError("channels", text, f"{layer} of {network.name} has the channels 0 to {most}")
    return channels


def class_weights(text: str) -> dict[int, float]:
    """'tiger:0.7,cow' → {292: 0.7, 345: 0.333, 346: 0.333, 347: 0.333}: an everyday word is the mean of its classes.

    Raises:
        SettingError: see `classes_called`; or a weight is not a number.
    """
    weights: dict[int, float] = {}
    for name, weight in _weighted("class", text):
        found = classes_called(name)
        for index in found:
            weights[index] = weights.get(index, 0) + weight / len(found)
    return weights


def _weighted(key: str, text: str) -> Iterator[tuple[str, float]]:
    """The names in the text of a setting, and the weight of each: 'block4:0.5,block10' → block4, 0.5; block10, 1."""
    for part in text.split(","):
        name, _, weight = (word.strip() for word in part.partition(":"))
        try:
            number = float(weight or "1")
        except ValueError:
            number = inf
        if not isfinite(number):
            raise SettingError(key, text, f"the weight {weight!r} of {name} must be a number")
        yield name, number
