"""What the settings ask for, as an objective on a network. No network is loaded for it."""

from math import isfinite

from dreamvid.dream.networks.classes import class_weights
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
    for part in text.split(","):
        name, _, weight = part.strip().partition(":")
        network.check_layer(name)
        if name in layers:
            raise SettingError("layers", text, f"it names {name} twice; it must name each layer once")
        layers[name] = _number(weight or "1", "layers", name)
    return layers


def _number(weight: str, key: str, name: str) -> float:
    try:
        if isfinite(number := float(weight)):
            return number
    except ValueError:
        pass
    raise SettingError("", None, f"{{{key}}} has the weight {weight!r} for {name}; it must be a number")


def parse_channels(text: str, layers: dict[str, float], network: NetworkFacts) -> dict[int, float]:
    """'13:0.5,139' → {13: 0.5, 139: 1.0}.

    Raises:
        SettingError: one is not a number, or a layer does not have that many.
    """
    channels: dict[int, float] = {}
    for part in text.split(","):
        number, _, weight = part.partition(":")
        try:
            channel = int(number)
        except ValueError as error:
            raise SettingError("channels", text, "it must be numbers like 139 or 13,139, or 13:0.5,139") from error
        channels[channel] = channels.get(channel, 0.0) + _number(weight.strip() or "1", "channels", number)
    for layer in layers:
        most = network.channels[layer] - 1
        for channel in channels:
            if not 0 <= channel <= most:
                raise SettingError("channels", text, f"{layer} of {network.name} has the channels 0 to {most}")
    return channels
