"""Engines load networks and compute gradients. The rest of dreamvid does not depend on their libraries."""

import os
from collections.abc import Sequence
from functools import cache
from threading import RLock
from typing import Protocol

import numpy as np

from dreamvid.arrays import Image
from dreamvid.dream.engines.native import native_messages
from dreamvid.dream.gradient import Gradient
from dreamvid.dream.networks.download import Progress
from dreamvid.dream.networks.network import Network
from dreamvid.dream.networks.request import NetworkRequest
from dreamvid.dream.objective import Objective
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
