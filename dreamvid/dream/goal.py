"""What the settings ask for, as an objective on a network. No network is loaded for it."""

from collections.abc import Iterator
from math import inf, isfinite

from dreamvid.dream.networks.classes import classes_called
from dreamvid.dream.networks.network import LOGITS, NetworkFacts
from dreamvid.dream.objective import MATCH, Objective, Term, excite
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings


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
