"""The engine on OpenVINO: the same gradients as TensorFlow's, the same bits every time, compiled once for each size."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

import dreamvid
from dreamvid.arrays import Image, to_uint8
from dreamvid.dream.engines import Engine, open_engine
from dreamvid.dream.networks import Network, NetworkRequest
from dreamvid.dream.objective import MATCH, Gradient, Objective, Term, excite
from dreamvid.dream.tiles import tiled
from dreamvid.errors import SettingError
from tests.media import cosine

pytest.importorskip("openvino")

from openvino import Core

from dreamvid.dream.engines.openvino.engine import OpenVINOEngine
from dreamvid.dream.engines.openvino.gradient import PRODUCTS

ONE = (1.0,)
OBJECTIVES = [
    excite({"block0": 1.0}, "mean-square"), excite({"block4": 1.0}, "mean"), excite({"block5_expand": 1.0}, "mean"),
    excite({"block10": 1.0}, "mean-square"), excite({"block10_expand": 1.0}, "mean-square"),
    excite({"block15": 1.0}, "mean-square"), excite({"logits": 1.0}, "mean", [292]),
    excite({"block3": 0.5, "block12_expand": -2.0, "block10": 1.0}, "mean-square"),
    excite({"block10_expand": 1.0, "block4": 0.3}, "mean", [3, 5, 3]),
    Objective((Term("block10", "mean-square"), Term("block10", "mean", (7,), -1.0, (2.0,)))),
]


@pytest.fixture(scope="module")
def own() -> OpenVINOEngine:
    return OpenVINOEngine(2)


@pytest.mark.slow
@pytest.mark.parametrize(("objective", "size"), [
    *((objective, (131, 97)) for objective in OBJECTIVES),
    *((OBJECTIVES[n], size) for n in (3, 6) for size in ((160, 128), (33, 64)))])
def test_gradients_are_those_of_tensorflow(
    own: OpenVINOEngine, engine: Engine, network: Network, photograph: Callable[..., Image],
    *, objective: Objective, size: tuple[int, int],
) -> None:
    image = photograph("coffee", *size)
    expected, expected_value = engine.gradient(network, objective)(image, objective.weights)
    slope, value = own.gradient(own.network(NetworkRequest()), objective)(image, objective.weights)
    assert slope.shape == image.shape
    assert slope.dtype == np.float32
    assert cosine(slope, expected) >= 0.9999
    assert np.linalg.norm(slope) == pytest.approx(np.linalg.norm(expected), rel=1e-2)
    assert value == pytest.approx(expected_value, rel=1e-4, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(16, 16), (1, 1), (16, 300)])
def test_the_smallest_images_have_the_same_gradient(
    own: OpenVINOEngine, gradient: Callable[..., Gradient], shape: tuple[int, int]
) -> None:
    image = np.random.default_rng(0).random((*shape, 3), dtype=np.float32)
    slope, value = own.gradient(own.network(NetworkRequest()), excite({"block10": 1.0}, "mean-square"))(image, ONE)
    expected, expected_value = gradient("block10")(image, ONE)
    assert cosine(slope, expected) >= 0.9999
    assert value == pytest.approx(expected_value, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("layers", "size"), [(("block4", "block10"), (90, 61)), (("block0", "block10"), (160, 141))])
def test_a_guide_draws_as_it_does_in_tensorflow(
    own: OpenVINOEngine, engine: Engine, network: Network, photograph: Callable[..., Image],
    *, layers: tuple[str, ...], size: tuple[int, int],
) -> None:
    image, guide = photograph("coffee", 131, 97), photograph("chelsea", *size)
    features = own.features(network=own.network(NetworkRequest()), image=guide, layers=layers)
    theirs = engine.features(network, guide, layers)
    for found, expected in zip(features, theirs, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())
    assert (len(features[0]) * 66 * 49 > PRODUCTS) == (layers[0] == "block0"), "these products are computed in parts"
    objective = excite(dict(zip(layers, (1.0, 0.5), strict=True)), MATCH)
    expected, expected_value = engine.gradient(network, objective, theirs)(image, objective.weights)
    slope, value = own.gradient(own.network(NetworkRequest()), objective, theirs)(image, objective.weights)
    assert cosine(slope, expected) >= 0.9999
    assert value == pytest.approx(expected_value, rel=1e-3)


@pytest.mark.slow
def test_tiles_are_those_of_tensorflow(
    own: OpenVINOEngine, gradient: Callable[..., Gradient], photograph: Callable[..., Image]
) -> None:
    image, objective = photograph("coffee", 301, 200), excite({"block10": 1.0}, "mean-square")
    slope, value = tiled(own.gradient(own.network(NetworkRequest()), objective), tile=160, overlap=32, stride=32)(
        image, ONE)
    expected, expected_value = tiled(gradient("block10"), tile=160, overlap=32, stride=32)(image, ONE)
    # One activation of this image is 7e-7 from zero, which is less than either engine's rounding: OpenVINO's comes out
    # on the other side, and the ten pixels around it have another slope. All others agree.
    near = np.abs(slope - expected).max(axis=-1) <= 1e-3 * np.abs(expected).max()
    assert near.mean() >= 0.995
    assert cosine(slope, expected) >= 0.9995
    assert value == pytest.approx(expected_value, rel=1e-4)


def test_it_is_the_same_bit_for_bit_however_the_image_lies_in_memory(photograph: Callable[..., Image]) -> None:
    objective = excite({"block10": 1.0}, "mean-square")
    image = photograph("coffee", 200, 151)
    padded = np.zeros((152, 201, 3), np.float32)
    padded[1:, 1:] = image
    results = []
    for one in (image, np.asfortranarray(image), padded[1:, 1:]):
        opened = OpenVINOEngine(2)
        results.append(opened.gradient(opened.network(NetworkRequest()), objective)(one, ONE))
    for slope, value in results[1:]:
        np.testing.assert_array_equal(slope, results[0][0])
        assert value == results[0][1]


def test_results_stay_when_the_next_are_computed(own: OpenVINOEngine, photograph: Callable[..., Image]) -> None:
    slope = own.gradient(own.network(NetworkRequest()), excite({"block4": 1.0}, "mean"))
    first, _ = slope(photograph("coffee", 64, 48), ONE)
    copy = first.copy()
    slope(photograph("chelsea", 64, 48), ONE)
    np.testing.assert_array_equal(first, copy)


def test_weights_and_channels_compile_nothing(own: OpenVINOEngine) -> None:
    image, network = np.full((32, 40, 3), 0.5, np.float32), own.network(NetworkRequest())
    own.models.clear()
    for channels in ((), (3,), (5, 7)):
        objective = excite({"block4": 1.0, "block10": 2.0}, "mean", channels)
        slope = own.gradient(network, objective)
        assert len({slope(image, tuple(factor * weight for weight in objective.weights))[1]
                    for factor in (1.0, 0.5, -2.0)}) == 3
    assert len(own.models) == 1


def test_the_models_used_last_are_kept() -> None:
    own = OpenVINOEngine(2, most_models=3)
    slope = own.gradient(own.network(NetworkRequest()), excite({"block1": 1.0}, "mean-square"))
    for side in (32, 40, 48, 32, 56):
        slope(np.zeros((side, 32, 3), np.float32), ONE)
    assert [key.size[0] for key in own.models] == [48, 32, 56]


def test_models_that_give_back_memory_compute_the_same(
    own: OpenVINOEngine, photograph: Callable[..., Image]
) -> None:
    slope = own.gradient(own.network(NetworkRequest()), excite({"block4": 1.0}, "mean-square"))
    images = [photograph("coffee", 96, 80), photograph("coffee", 64, 48)]
    expected = [slope(image, ONE) for image in images]
    small = OpenVINOEngine(2, most_pixels=1)
    again = small.gradient(small.network(NetworkRequest()), excite({"block4": 1.0}, "mean-square"))
    for image, (wanted, value) in [*zip(images, expected, strict=True)] * 2:
        found = again(image, ONE)
        np.testing.assert_array_equal(found[0], wanted)
        assert found[1] == value
    assert len(small.models) == 2


def test_as_many_weights_as_the_objective_has_are_needed(own: OpenVINOEngine) -> None:
    slope = own.gradient(own.network(NetworkRequest()), excite({"block1": 1.0}, "mean"))
    with pytest.raises(ValueError, match="has 1 weights, and 2 were given"):
        slope(np.zeros((16, 16, 3), np.float32), (1.0, 2.0))


def test_another_network_is_left_to_tensorflow(own: OpenVINOEngine) -> None:
    with pytest.raises(SettingError, match="tensorflow takes vgg16"):
        own.network(NetworkRequest("vgg16"))


def test_it_is_opened_by_name() -> None:
    opened = open_engine("openvino", 2)
    assert (opened.name, opened.threads, opened.devices()) == ("openvino", 2, ["CPU"])
    assert open_engine("openvino", 2) is opened


def test_fast_math_rounds_to_fewer_bits_where_the_processor_has_them(
    own: OpenVINOEngine, photograph: Callable[..., Image]
) -> None:
    quick, image = OpenVINOEngine(2, fast_math=True), photograph("coffee", 160, 128)
    objective = excite({"block10": 1.0}, "mean-square")
    exact, rounded = (one.gradient(one.network(NetworkRequest()), objective)(image, ONE)[0] for one in (own, quick))
    shorter = "BF16" in Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    assert np.array_equal(exact, rounded) != shorter
    dreams = [dreamvid.image(to_uint8(image), engine="openvino", fast_math=fast, octaves=1, steps=1).image
              for fast in (False, True)]
    assert np.array_equal(*dreams) != shorter
    assert cosine(exact, rounded) > 0.6


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="threads' processors cannot be read here")
def test_its_threads_may_run_on_every_processor() -> None:
    """Pinned threads of two processes would share one processor, and leave others idle."""
    engine = OpenVINOEngine(1)
    gradient = engine.gradient(engine.network(NetworkRequest()), OBJECTIVES[3])
    image = np.full((256, 256, 3), 0.5, np.float32)
    gradient(image, ONE)  # compiles, which pins threads for a moment
    computing = Thread(target=lambda: [gradient(image, ONE) for _ in range(5)])
    allowed, seen = os.sched_getaffinity(0), set[int]()
    computing.start()
    while computing.is_alive():
        with suppress(ProcessLookupError):  # the thread has ended
            seen.add(min(len(os.sched_getaffinity(int(task.name))) for task in Path("/proc/self/task").iterdir()))
    assert seen <= {len(allowed)}
