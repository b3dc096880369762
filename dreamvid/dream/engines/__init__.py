"""Engines load networks and compute gradients. The rest of dreamvid does not depend on their libraries."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from io import UnsupportedOperation
from pathlib import Path
from threading import RLock
from typing import NamedTuple, Protocol

import numpy as np

from dreamvid.arrays import Image
from dreamvid.dream.networks.catalogue import EMBEDDED
from dreamvid.dream.networks.network import Network
from dreamvid.dream.networks.request import NetworkRequest, Progress
from dreamvid.dream.objective import Gradient, Objective
from dreamvid.errors import SettingError

ENGINES = {"openvino": "OpenVINO", "tensorflow": "TensorFlow"}

_opening = RLock()  # an engine is opened once, whatever the number of threads


class Engine(Protocol):
    """What loads networks and computes gradients, with a fixed number of threads.

    Attributes:
        name: one of `ENGINES`.
        threads: how many it computes with. The last bits of a gradient depend on it.
    """

    @property
    def name(self) -> str: ...

    @property
    def threads(self) -> int: ...

    def devices(self) -> list[str]:
        """The processors and accelerators that it computes on, each in words."""
        ...

    def network(self, request: NetworkRequest, progress: Progress = ...) -> Network:
        """The network that is asked for. It is loaded once: the same request gives the same object.

        Args:
            progress: called while weights are downloaded.

        Raises:
            SettingError: no such network, or no such input of a graph.
            WeightsError: the weights are missing, damaged, unsafe or another network's.
        """
        ...

    def gradient(self, network: Network, objective: Objective, guide: Sequence[np.ndarray] = ()) -> Gradient:
        """The gradient of an objective, for images of any size from the network's smallest up.

        All compiling is done here. Other sizes of images and other weights need no more of it.

        Args:
            guide: the guide's features, one array of shape (positions, channels) for each term; none where no term
                is a `MATCH`.
        """
        ...

    def features(self, network: Network, image: Image, layers: Sequence[str]) -> list[np.ndarray]:
        """The activations of layers by an image: for each layer an array of shape (positions, channels)."""
        ...


def open_engine(name: str = "tensorflow", threads: int = 0, *, fast_math: bool = False) -> Engine:
    """The engine of that name. It is opened once in a process, and keeps the networks that it has loaded.

    Args:
        name: one of `ENGINES`.
        threads: how many it computes with; 0 for one on each processor that this process may use.
        fast_math: whether OpenVINO may round to fewer bits where the processor is quicker so.

    Raises:
        SettingError: there is no such engine, it cannot be loaded, or TensorFlow computes with another number of
            threads in this process.
    """
    if name not in ENGINES:
        raise SettingError(f"there is no engine {name!r}; there is {', '.join(ENGINES)}")
    with _opening, native_messages():
        return _opened(name, threads or processors(), fast_math and name == "openvino")


@cache
def _opened(name: str, threads: int, fast_math: bool) -> Engine:
    try:
        if name == "openvino":
            from dreamvid.dream.engines.openvino.engine import OpenVINOEngine

            return OpenVINOEngine(threads, fast_math=fast_math)
        from dreamvid.dream.engines.tensorflow.engine import TensorFlowEngine
    except (ImportError, OSError, RuntimeError) as error:
        raise SettingError("engine", name, f"{ENGINES[name]} cannot be loaded: {error}") from error
    return TensorFlowEngine(threads)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Choice(NamedTuple):
    """An engine and the reason why it computes; `warning` if the person should be told."""

    engine: str
    reason: str
    warning: bool = False


def choose_engine(wanted: str, network: str) -> Choice:
    """The engine that computes a network.

    Args:
        wanted: a name in `ENGINES`, or `auto`.
        network: its name, or the path of a frozen graph.

    Raises:
        SettingError: OpenVINO is wanted, and cannot be loaded or does not take the network.
    """
    if wanted == "tensorflow":
        return Choice(wanted, "it was requested")
    if network != EMBEDDED:
        if wanted == "auto":
            return Choice("tensorflow", f"OpenVINO supports only the network {EMBEDDED}")
        raise SettingError("engine", wanted, f"it supports only the network {EMBEDDED}; tensorflow computes {network}")
    if wanted == "auto" and has_gpu():
        return Choice("tensorflow", "there is an NVIDIA GPU")
    try:
        open_engine("openvino")
    except SettingError as error:
        if wanted == "auto":
            return Choice("tensorflow", error.problem, warning=True)
        raise
    return Choice("openvino", "it was requested" if wanted != "auto" else "it is the fastest on CPUs")


def has_gpu() -> bool:
    """Whether TensorFlow is likely to compute on an NVIDIA GPU.

    NVIDIA's driver must be there, and the CUDA packages that come with `tensorflow[and-cuda]`. CUDA that was installed
    in another way is not seen: then the engine has to be asked for.
    """
    driver = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None
    return driver and find_spec("nvidia") is not None


LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""The variable that says which messages TensorFlow prints: 0 is all."""

SILENT = "3"


@contextmanager
def native_messages(*, shown: bool = False) -> Iterator[None]:
    """Discards what native code writes to file descriptor 2, unless `shown`.

    TensorFlow logs from C++ before it reads any setting, so only redirecting the descriptor stops that. Python's own
    `sys.stderr` still works. If the environment variable `LEVEL` is set, messages are shown.
    """
    level = os.environ.setdefault(LEVEL, "0" if shown else SILENT)
    if level != SILENT:
        yield
        return
    sys.stderr.flush()
    kept, nowhere, python = os.dup(2), os.open(os.devnull, os.O_WRONLY), sys.stderr
    try:
        if _writes_to_descriptor_2():
            sys.stderr = os.fdopen(os.dup(kept), "w", buffering=1, encoding=python.encoding, errors="replace")
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        if sys.stderr is not python:
            sys.stderr.close()
            sys.stderr = python
        os.close(kept)
        os.close(nowhere)


def _writes_to_descriptor_2() -> bool:
    try:
        return sys.stderr.fileno() == 2
    except (UnsupportedOperation, AttributeError, ValueError):
        return False
