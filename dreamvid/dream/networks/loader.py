"""From the name of a network, or the file of a frozen graph, to the `Network`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dreamvid.dream.networks.catalogue import EMBEDDED, Entry, entry_of, is_graph
from dreamvid.dream.networks.download import Progress, fetch, is_here
from dreamvid.errors import SettingError

if TYPE_CHECKING:
    from dreamvid.dream.networks.network import Network


@dataclass(frozen=True)
class GraphInput:
    """How an image enters a frozen graph: image · scale - mean, at the operation `name` (None: its placeholder).

    The defaults are those of Inception v1, `tensorflow_inception_graph.pb`: 0 to 255, less the mean colour.
    """

    name: str | None = None
    mean: float = 117.0
    scale: float = 255.0


def load_network(
    name: str = EMBEDDED,
    weights: Path | None = None,
    *,
    classifier: bool = False,
    offline: bool = False,
    graph: GraphInput | None = None,
    progress: Progress = lambda *_: None,
) -> "Network":
    """Loads a network.

    Args:
        name: a name in the catalogue, or the path of a frozen graph, which ends in .pb.
        weights: a file of weights; None for those that come with dreamvid, are kept here, or can be fetched.
        classifier: whether the layer `logits` is wanted, which some networks have in a file of its own.
        offline: forbids the network.
        graph: how an image enters a frozen graph.
        progress: told of a download.

    Raises:
        SettingError: no such network, no such input, or no classifier where one is wanted.
        WeightsError: the weights are missing, damaged, unsafe or another network's.
    """
    if is_graph(name):
        from dreamvid.dream.networks.frozen_graph import load_graph

        _refuse(weights, f"{name} holds its own weights")
        return load_graph(Path(name), graph or GraphInput())
    entry = entry_of(name)
    if not entry.builder:
        from dreamvid.dream.networks.efficientnet_lite import load_network as load_embedded

        _refuse(weights, f"the weights of {name} come with dreamvid")
        return load_embedded()
    if classifier and not entry.has_classes:
        raise SettingError(f"{name} has no classifier that can stand at every position; {EMBEDDED} has one")
    from dreamvid.dream.networks.keras_applications import load_keras

    return load_keras(entry, weights or _fetched(entry, classifier=classifier, offline=offline, progress=progress))


def _refuse(weights: Path | None, reason: str) -> None:
    if weights is not None:
        raise SettingError(f"--weights is {weights}, but {reason}; leave it out")


def _fetched(entry: Entry, *, classifier: bool, offline: bool, progress: Progress) -> Path:
    download = entry.classified if classifier else entry.weights
    assert download is not None  # every network of keras.applications is published
    return fetch(download, offline=offline, progress=progress)


def layers_of(name: str, graph: GraphInput | None = None) -> Mapping[str, int]:
    """Every layer of a network, from the image upwards, and its number of channels. No weights are needed.

    Raises:
        SettingError, WeightsError: as `load_network`.
    """
    if is_graph(name) or not entry_of(name).builder:
        return load_network(name, graph=graph).channels
    from dreamvid.dream.networks.keras_applications import blank_layers

    return blank_layers(entry_of(name))


def weights_are_here(entry: Entry) -> bool:
    """Whether a network can be loaded without the internet; its files are read and checked."""
    return entry.weights is None or is_here(entry.weights)
