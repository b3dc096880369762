"""Which network is wanted, and where its file is: published weights are downloaded once, to where Keras keeps them."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from re import split

import pooch

from dreamvid import downloads
from dreamvid.dream.networks.catalogue import EMBEDDED, Download, entry_of, is_graph
from dreamvid.dream.networks.efficientnet_lite import WEIGHTS
from dreamvid.dream.networks.network import LOGITS
from dreamvid.errors import ResourceError, SettingError, WeightsError, named
from dreamvid.settings import DreamSettings

Progress = Callable[[str, int, int], None]
"""(name of the file, bytes that are here, bytes in all or 0 if that is not known). It may raise `Cancelled`."""


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


def kept(download: Download) -> Path:
    """Where the file is kept: in Keras's own folder, so that what Keras downloaded is not downloaded again."""
    home = os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()
    return Path(home) / "models" / download.name


def is_here(download: Download) -> bool:
    """Whether the file is kept and is what was published."""
    path = kept(download)
    if not path.is_file() or not download.digest:
        return path.is_file()
    return pooch.file_hash(str(path), _algorithm(download)) == download.digest


def fetch(
    download: Download, *, offline: bool, progress: Progress, timeout: float = downloads.TIMEOUT
) -> Path:
    """The file's path, after downloading it if it is not here.

    Args:
        offline: forbids the network.
        progress: called for each part that came.
        timeout: seconds without data from the server after which it fails.

    Raises:
        WeightsError: it is not here and cannot be downloaded, or what came is not what was published. The message says
            what to download from where, and how to name it.
        ResourceError: the disk is full.
    """
    path = kept(download)
    if is_here(download):
        return path
    if offline:
        raise _missing(download, f"{named('offline')} forbids the network")
    known = f"{_algorithm(download)}:{download.digest}" if download.digest else None

    def so_far(here: int, total: int) -> None:
        progress(download.name, min(here, total or here), total)

    try:
        downloads.download(download.url, path, so_far, known_hash=known, timeout=timeout)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ResourceError(f"the disk is full: {path.parent} has no room for {download.name}") from error
        raise _missing(download, _reason(error, timeout)) from error
    except ValueError as error:
        raise _missing(download, "what came is not the published file") from error
    return path


def _algorithm(download: Download) -> str:
    return "sha256" if len(download.digest) == 64 else "md5"  # MD5 finds damage, and no more


def _reason(error: OSError, timeout: float) -> str:
    from requests.exceptions import ChunkedEncodingError, ConnectionError, Timeout

    if isinstance(error, Timeout):
        return f"the server gave no answer for {timeout:g} seconds"
    return "the connection failed" if isinstance(error, ConnectionError | ChunkedEncodingError) else str(error)


def _missing(download: Download, reason: str) -> WeightsError:
    return WeightsError(
        f"the weights {download.name} are not here and were not downloaded ({reason}); fetch {download.url} on a "
        f"machine with internet and give the file with {named('weights')} FILE")
