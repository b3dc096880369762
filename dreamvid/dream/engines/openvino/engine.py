"""OpenVINO as an engine."""

from collections import OrderedDict
from collections.abc import Sequence
from math import prod
from threading import Lock

import numpy as np
import openvino
from openvino import opset13 as ops

from dreamvid.arrays import Image
from dreamvid.dream.engines.openvino.efficientnet_lite import Node, forward
from dreamvid.dream.engines.openvino.gradient import Key, build_gradient
from dreamvid.dream.networks.catalogue import EMBEDDED, entry_of
from dreamvid.dream.networks.efficientnet_lite import DIGEST, LAYERS
from dreamvid.dream.networks.network import Network, facts_of
from dreamvid.dream.networks.request import NetworkRequest, Progress
from dreamvid.dream.objective import Gradient, Objective, Term, Weights
from dreamvid.errors import SettingError

MODELS = 12
"""How many compiled models are kept: one for each size of image and kind of objective. Each holds a copy of the weights
in its own order: 23 MB up to `block10`, 80 MB up to `logits`."""

PIXELS = 2_100_000
"""The most pixels, over all models, for which activation memory is kept: about 550 bytes a pixel. Full HD fits."""


class OpenVINOEngine:
    """See `Engine`. It takes the embedded network, and computes on processors."""

    name = "openvino"

    def __init__(
        self, threads: int, *, fast_math: bool = False, most_models: int = MODELS, most_pixels: int = PIXELS
    ) -> None:
        """Opens OpenVINO; nothing is compiled yet."""
        self.threads, self._most_models, self._most_pixels = threads, most_models, most_pixels
        self._core = openvino.Core()
        # pinned, the threads of several processes would share the same processors
        self._settings = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": threads,
                          "ENABLE_CPU_PINNING": False}
        if not fast_math:
            self._settings["INFERENCE_PRECISION_HINT"] = "f32"
        self._network = Network(
            **vars(facts_of(entry_of(EMBEDDED), LAYERS)), activations=_activations, digest=DIGEST)
        self._lock = Lock()  # a compiled model computes one gradient at a time
        self.models: OrderedDict[Key, openvino.InferRequest] = OrderedDict()

    def devices(self) -> list[str]:
        """The processor, in words."""
        return ["CPU"]

    def network(self, request: NetworkRequest, progress: Progress = lambda *_: None) -> Network:  # noqa: ARG002
        """The embedded network; no other is taken."""
        if request.name != EMBEDDED:
            raise SettingError("engine", self.name, f"it supports only the network {EMBEDDED}; "
                                                    f"tensorflow takes {request.name}")
        return self._network

    def gradient(
        self, network: Network, objective: Objective, guide: Sequence[np.ndarray] = ()  # noqa: ARG002
    ) -> Gradient:
        """The gradient of an objective. A size of image that is new is compiled when it comes, in about 0.3 s."""
        count = len(objective.weights)
        parts = tuple((term.layer, term.measure, guide[n].shape if guide else ())
                      for n, term in enumerate(objective.terms))

        def gradient(image: Image, weights: Weights) -> tuple[Image, float]:
            if len(weights) != count:
                raise ValueError(f"the objective has {count} weights, and {len(weights)} were given")
            arrays = [np.ascontiguousarray(image), *_by_channel(objective.terms, weights), *guide]
            slope, value = self._run(Key(image.shape[:2], parts), arrays)
            return slope, float(value)

        return gradient

    def features(self, network: Network, image: Image, layers: Sequence[str]) -> list[np.ndarray]:
        """The activations of layers by an image: for each layer an array of shape (positions, channels)."""
        entrance = ops.parameter([1, *image.shape], np.float32)
        model = openvino.Model(network.activations(entrance, layers), [entrance], "features")  # pyright: ignore[reportGeneralTypeIssues] - its stubs
        request = self._core.compile_model(model, "CPU", self._settings).create_infer_request()
        found = request.infer([np.ascontiguousarray(image)[np.newaxis]]).to_tuple()
        return [activation.reshape(-1, activation.shape[-1]) for activation in found]

    def _run(self, key: Key, arrays: list[np.ndarray]) -> tuple[np.ndarray, ...]:
        try:
            with self._lock:
                return self._model(key).infer(arrays, share_inputs=True).to_tuple()
        except RuntimeError as error:
            if "alloc" in str(error):
                raise MemoryError(f"OpenVINO has no memory for an image of {key.size[1]}x{key.size[0]}") from error
            raise

    def _model(self, key: Key) -> openvino.InferRequest:
        """The compiled model. With `most_models`, the least recently used one is dropped for a new one."""
        if key not in self.models:
            if len(self.models) == self._most_models:
                self.models.popitem(last=False)
            model = build_gradient(key)
            self.models[key] = self._core.compile_model(model, "CPU", self._settings).create_infer_request()
        elif key == next(reversed(self.models)):
            return self.models[key]
        self.models.move_to_end(key)
        self._release(self._most_pixels - prod(key.size))
        return self.models[key]

    def _release(self, room: int) -> None:
        """Releases the activation memory of models, except the latest one and others that fit into `room` pixels.

        They allocate it again when they run, without being compiled again.
        """
        for key in list(reversed(self.models))[1:]:
            room -= prod(key.size)
            if room < 0:
                self.models[key].get_compiled_model().release_memory()


def _activations(image: Node, names: Sequence[str]) -> list[Node]:
    found = {one.operation.layer: one.output for one in forward(ops.transpose(image, [0, 3, 1, 2]), names)}
    return [ops.transpose(found[name], [0, 2, 3, 1]) for name in names]


def _by_channel(terms: Sequence[Term], weights: Weights) -> list[np.ndarray]:
    """For each term the weight of every channel of its layer, shape (1, channels, 1, 1).

    The measure of a whole layer is the mean of its channels'.
    """
    found, own = [], iter(weights)
    for term in terms:
        one = np.zeros(LAYERS[term.layer], np.float32)
        for channel in term.channels:
            one[channel] += next(own)
        if not term.channels:
            one += next(own) / len(one)
        found.append(one.reshape(1, -1, 1, 1))
    return found
