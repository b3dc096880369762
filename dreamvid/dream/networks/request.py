"""Which network is wanted, and where its file is."""

from dataclasses import dataclass, field
from pathlib import Path
from re import split

from dreamvid.dream.networks.catalogue import EMBEDDED, entry_of, is_graph
from dreamvid.dream.networks.download import Progress, fetch
from dreamvid.dream.networks.efficientnet_lite import WEIGHTS
from dreamvid.dream.networks.network import LOGITS
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings


@dataclass(frozen=True)
class GraphInput:
    """How an image enters a frozen graph: image · scale - mean, at the operation `name` (empty: its placeholder).

    The defaults are those of Inception v1, `tensorflow_inception_graph.pb`: 0 to 255, less the mean colour.
    """

    name: str = ""
    mean: float = 117.0
    scale: float = 255.0


@dataclass(frozen=True)
class NetworkRequest:
    """All that decides on a network. Equal requests are for the same network.

    Attributes:
        name: a name in the catalogue, or the path of a frozen graph, which ends in .pb.
        weights: a file of weights; None for those that come with dreamvid, are kept here, or can be fetched.
        classifier: whether the published file with the classifier is wanted, where there is one without it.
        graph: how an image enters a frozen graph.
        offline: forbids the internet.
    """

    name: str = EMBEDDED
    weights: Path | None = None
    classifier: bool = False
    graph: GraphInput = GraphInput()
    offline: bool = field(default=False, compare=False)

    @property
    def file(self) -> Path | None:
        """The file that the person named: of weights, or a frozen graph."""
        return Path(self.name) if is_graph(self.name) else self.weights


def request_of(settings: DreamSettings) -> NetworkRequest:
    """The network that the settings name.

    Raises:
        SettingError: there is no such network, it takes no file of weights, or it lacks the classifier that is wanted.
    """
    if is_graph(settings.network):
        _refuse(settings.weights, f"{settings.network} holds its own weights")
        graph = GraphInput(settings.graph_input, settings.graph_mean, settings.graph_scale)
        return NetworkRequest(settings.network, graph=graph)
    entry = entry_of(settings.network)
    if not entry.builder:
        _refuse(settings.weights, f"the weights of {entry.name} come with dreamvid")
        return NetworkRequest(entry.name)
    classifier = _wants_classifier(settings)
    if classifier and not entry.has_classes:
        raise SettingError(f"{entry.name} has no classifier that can stand at every position; {EMBEDDED} has one")
    if settings.weights:
        return NetworkRequest(entry.name, Path(settings.weights))
    return NetworkRequest(entry.name, classifier=classifier, offline=settings.offline)


def _wants_classifier(settings: DreamSettings) -> bool:
    return bool(settings.class_name) or LOGITS in split(r"[\s:;,]+", settings.layers)


def _refuse(weights: str, reason: str) -> None:
    if weights:
        raise SettingError("weights", weights, f"{reason}; leave it out")


def weights_file(request: NetworkRequest, progress: Progress = lambda *_: None) -> Path:
    """The file that holds the weights of a network. It is fetched if it is published and not here.

    Raises:
        WeightsError: it cannot be fetched; see `fetch`.
    """
    if request.file is not None:
        return request.file
    entry = entry_of(request.name)
    download = entry.classified if request.classifier else entry.weights
    return fetch(download, offline=request.offline, progress=progress) if download else WEIGHTS
