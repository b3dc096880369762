"""TensorFlow as an engine."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.engines import processors
from dreamvid.dream.engines.tensorflow.gradient import build_gradient
from dreamvid.dream.networks.catalogue import entry_of, is_graph
from dreamvid.dream.networks.network import Network
from dreamvid.dream.networks.request import NetworkRequest, Progress, weights_file
from dreamvid.dream.networks.weight_files import Stamp, stamp_of
from dreamvid.dream.objective import Gradient, Objective
from dreamvid.errors import SettingError

GRADIENTS = 2
"""How many gradients without a guide are kept. Each may hold a copy of the network's weights."""


class TensorFlowEngine:
    """See `Engine`."""

    name = "tensorflow"

    def __init__(self, threads: int) -> None:
        """Sets the number of threads for the whole process.

        Raises:
            SettingError: TensorFlow computes with another number already.
        """
        set_threads(threads)
        self.threads = threads
        self._networks: dict[tuple[NetworkRequest, Stamp | None], Network] = {}
        self._shared = lru_cache(GRADIENTS)(build_gradient)

    def devices(self) -> list[str]:
        """The processors and accelerators in use, each in words."""
        found = [device for device in tf.config.list_physical_devices() if device.device_type != "CPU"]
        details = tf.config.experimental.get_device_details
        return [*(str(details(device).get("device_name", device.name)) for device in found), "CPU"]

    def network(self, request: NetworkRequest, progress: Progress = lambda *_: None) -> Network:
        """The network that is asked for; it is loaded again only if its own file has changed."""
        key = request, stamp_of(request.file)
        if key not in self._networks:
            self._networks[key] = _load(request, progress)
        return self._networks[key]

    def gradient(self, network: Network, objective: Objective, guide: Sequence[np.ndarray] = ()) -> Gradient:
        """The gradient of an objective; the last ones without a guide are kept."""
        if guide:
            return build_gradient(network, objective.structure, guide)
        return self._shared(network, objective.structure)

    def features(self, network: Network, image: Image, layers: Sequence[str]) -> list[np.ndarray]:
        """The activations of layers by an image: for each layer an array of shape (positions, channels)."""
        run = tf.function(lambda image: network.activations(image[None], layers), autograph=False)
        return [activation.numpy().reshape(-1, activation.shape[-1]) for activation in run(tf.constant(image))]


def set_threads(threads: int) -> None:
    """Has TensorFlow compute with so many threads, in this process and for good.

    Raises:
        SettingError: it computes with another number already.
    """
    # 0 is what TensorFlow begins with, and means all processors
    if (tf.config.threading.get_intra_op_parallelism_threads() or processors()) != threads:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        except RuntimeError as error:
            now = tf.config.threading.get_intra_op_parallelism_threads() or processors()
            raise SettingError(f"TensorFlow computes with {now} threads in this process, and cannot change to "
                               f"{threads} any more") from error
    tf.config.list_logical_devices()  # starts TensorFlow, so that the number is fixed from here on


def _load(request: NetworkRequest, progress: Progress) -> Network:
    if is_graph(request.name):
        from dreamvid.dream.engines.tensorflow.frozen_graph import load_graph

        return load_graph(Path(request.name), request.graph)
    entry = entry_of(request.name)
    if not entry.builder:
        from dreamvid.dream.engines.tensorflow.efficientnet_lite import load_network

        return load_network()
    from dreamvid.dream.engines.tensorflow.keras_applications import load_keras

    return load_keras(entry, weights_file(request, progress))
