"""What the settings ask for, as an objective on a network."""

from math import isfinite

from dreamvid.arrays import Image
from dreamvid.dream.guide import guide_features, towards
from dreamvid.dream.measures import MEASURES, mean, of_channels
from dreamvid.dream.networks.classes import class_index
from dreamvid.dream.networks.network import LOGITS, Network
from dreamvid.dream.objective import Objective, Term, excite
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings


def objective_of(settings: DreamSettings, network: Network, guide: Image | None) -> Objective:
    """The objective that the settings ask for: a class, a guide, channels of layers, or whole layers.

    Raises:
        SettingError: a layer, a channel or a class that the network does not have, or a weight that is no number.
    """
    if settings.class_name is not None:
        return excite({LOGITS: 1.0}, of_channels([_class_of(settings.class_name, network)], mean))
    layers = parse_layers(_layers_of(settings, network), network)
    if guide is not None:
        features = guide_features(network, guide, list(layers))
        pairs = zip(layers.items(), features, strict=True)
        return Objective(tuple(Term(layer, weight, towards(found)) for (layer, weight), found in pairs))
    if settings.channels is not None:
        # the sign of a single channel has a meaning, so it is not squared unless that is asked for
        channels = parse_channels(settings.channels, layers, network)
        return excite(layers, of_channels(channels, MEASURES[settings.objective or "mean"]))
    return excite(layers, MEASURES[settings.objective or network.objective])


def _class_of(name: str, network: Network) -> int:
    index = class_index(name)
    if network.classes <= index:
        raise SettingError(
            f"--class needs a layer {LOGITS!r} with that class, which {network.name} with these weights has not; "
            "the embedded network has it, and so has a file of weights that holds the classifier")
    return index


def _layers_of(settings: DreamSettings, network: Network) -> str:
    if settings.layers is not None:
        return settings.layers
    if network.default_layers:
        return network.default_layers
    some = ", ".join(network.layers[:: max(1, len(network.layers) // 6)])
    raise SettingError(f"--layers is needed with {network.name}; some of its layers are {some}")


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


def parse_channels(text: str, layers: dict[str, float], network: Network) -> list[int]:
    """'13,139' → [13, 139].

    Raises:
        SettingError: one is no number, or a layer does not have that many.
    """
    try:
        channels = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise SettingError(f"--channels is {text!r}; it must be numbers like 139 or 13,139") from error
    for layer in layers:
        most = network.channels[layer] - 1
        for channel in channels:
            if not 0 <= channel <= most:
                raise SettingError(f"--channels has {channel}; {layer} of {network.name} has the channels 0 to {most}")
    return channels
