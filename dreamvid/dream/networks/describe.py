"""What is known of a network without loading it: its layers, their channels, and the digest of its weights.

The layers of the networks of keras.applications are in `layers.json`, which `tests/dream/networks/write_layers.py`
makes.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dreamvid.dream.networks.catalogue import Entry, entry_of, is_graph
from dreamvid.dream.networks.efficientnet_lite import CLASSES, LAYERS
from dreamvid.dream.networks.network import LOGITS, NetworkFacts, facts_of
from dreamvid.dream.networks.request import GraphInput, NetworkRequest, Progress, is_here, request_of, weights_file
from dreamvid.dream.networks.weight_files import check_file, check_weights, digest_of, has_classifier
from dreamvid.settings import DreamSettings


def describe(settings: DreamSettings) -> NetworkFacts:
    """What is known of the network that the settings name. Nothing is fetched, and only a frozen graph is loaded.

    Raises:
        SettingError: see `request_of`.
        WeightsError: a graph, or a file of weights, cannot be read or is damaged.
    """
    request = request_of(settings)
    if is_graph(request.name):
        return _graph(request.name, request.graph)
    entry = entry_of(request.name)
    return facts_of(entry, _layers(entry, classifier=_has_classifier(request, entry)))


def layers_of(name: str) -> Mapping[str, int]:
    """Every layer of a network, from the image upwards, and its number of channels.

    Args:
        name: as `--network` takes it.

    Raises:
        SettingError: there is no such network.
        WeightsError: a graph cannot be read.
    """
    if is_graph(name):
        return _graph(name, GraphInput()).channels
    entry = entry_of(name)
    return _layers(entry, classifier=entry.has_classes)


def weights_digest(settings: DreamSettings, progress: Progress = lambda *_: None) -> str:
    """The SHA-256 of the weights that the settings name, in hexadecimal, as `Network.digest` has it.

    Args:
        progress: called while they are downloaded, if they are not here.

    Raises:
        SettingError: see `request_of`.
        WeightsError: they are not here and cannot be fetched, or their file cannot be read.
    """
    request = request_of(settings)
    path = weights_file(request, progress)
    (check_file if is_graph(request.name) else check_weights)(path)
    return digest_of(path)


def weights_are_here(entry: Entry) -> bool:
    """Whether a network can be loaded without the internet; its files are read and checked."""
    return entry.weights is None or is_here(entry.weights)


def _graph(name: str, source: GraphInput) -> NetworkFacts:
    from dreamvid.dream.engines.tensorflow.frozen_graph import load_graph

    return load_graph(Path(name), source)


def _has_classifier(request: NetworkRequest, entry: Entry) -> bool:
    """Whether the network will have the layer `logits`; see `load_keras`."""
    if request.weights is None:
        return request.classifier
    check_weights(request.weights)
    return entry.has_classes and has_classifier(request.weights, CLASSES)


def _layers(entry: Entry, *, classifier: bool) -> Mapping[str, int]:
    if not entry.builder:
        return LAYERS
    layers = _published()[entry.name]
    return {**layers, LOGITS: CLASSES} if classifier else layers


@cache
def _published() -> Mapping[str, Mapping[str, int]]:
    """Network → its layers without the classifier, from the image upwards → their channels."""
    return json.loads(Path(__file__).with_name("layers.json").read_text("utf-8"))
