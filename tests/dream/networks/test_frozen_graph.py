"""Frozen graphs: a small one with the names of Inception v1, and what is refused."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import Engine
from dreamvid.dream.engines.tensorflow.frozen_graph import load_graph
from dreamvid.dream.networks import describe, layers_of, request_of, weights_digest
from dreamvid.dream.networks.request import GraphInput
from dreamvid.errors import SettingError, WeightsError
from dreamvid.events import Event, Step
from dreamvid.settings import DreamSettings, values_of

v1 = tf.compat.v1
BOTTLENECK = "mixed4d_3x3_bottleneck_pre_relu"


def convolution(x: tf.Tensor, name: str, channels: int, stride: int) -> tf.Tensor:
    """A convolution with bias, its parts named as in Inception v1: NAME_w, NAME_pre_relu/conv, NAME_pre_relu."""
    rng = np.random.default_rng(len(name))
    weights = tf.constant(rng.normal(0, 0.1, (3, 3, x.shape[3], channels)).astype(np.float32), name=f"{name}_w")
    bias = tf.constant(rng.normal(0, 0.1, channels).astype(np.float32), name=f"{name}_b")
    x = v1.nn.conv2d(x, weights, strides=[1, stride, stride, 1], padding="SAME", name=f"{name}_pre_relu/conv")
    return tf.nn.bias_add(x, bias, name=f"{name}_pre_relu")


def inception_like(more: Callable[[tf.Tensor], object] | None = None) -> v1.GraphDef:
    """A graph with the shape and the names of `tensorflow_inception_graph.pb`, in small."""
    with tf.Graph().as_default() as graph:
        image = v1.placeholder(tf.float32, name="input")
        image.set_shape((None, None, None, 3))
        x = tf.nn.relu(convolution(image, "conv2d0", 8, stride=2), name="conv2d0")
        x = tf.nn.lrn(tf.nn.max_pool2d(x, 3, 2, "SAME", name="maxpool0"), name="localresponsenorm0")
        x = tf.nn.relu(convolution(x, "mixed4c_1x1", 16, stride=4), name="mixed4c_1x1")
        x = tf.concat([x, x], axis=3, name="mixed4c")
        x = tf.nn.relu(convolution(x, "mixed4d_3x3_bottleneck", 144, stride=1), name="mixed4d_3x3_bottleneck")
        pooled = tf.reshape(tf.nn.avg_pool2d(x, 7, 1, "VALID", name="avgpool0"), (-1, 144), name="flat")
        tf.nn.softmax(pooled, name="softmax2")
        if more is not None:
            more(image)
    return graph.as_graph_def()


def write(graph: v1.GraphDef, path: Path) -> Path:
    path.write_bytes(graph.SerializeToString())
    return path


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    return write(inception_like(), tmp_path / "tensorflow_inception_graph.pb")


def test_operations_that_make_activations_are_layers(graph: Path) -> None:
    network = load_graph(graph, GraphInput())
    assert network.name == "tensorflow_inception_graph.pb"
    assert network.channels[BOTTLENECK] == network.channels[f"{BOTTLENECK}/conv"] == 144
    assert network.channels["mixed4c"] == 32
    assert {"conv2d0_w", "input", "flat", "softmax2"}.isdisjoint(network.layers)
    assert network.layers.index("conv2d0") < network.layers.index("mixed4c")
    assert (network.stride, network.default_layers, network.classes) == (16, "mixed4c", 0)
    assert network.digest == hashlib.sha256(graph.read_bytes()).hexdigest()


@pytest.mark.parametrize("source", [GraphInput(), GraphInput("input", mean=1.0, scale=2.0)])
def test_the_image_enters_scaled_and_less_the_mean(graph: Path, image: np.ndarray, source: GraphInput) -> None:
    network = load_graph(graph, source)
    run = tf.function(lambda image: network.activations(image[None], ["conv2d0"]), autograph=False)
    found, = run(tf.constant(image))
    with tf.Graph().as_default() as whole, v1.Session() as session:
        v1.import_graph_def(inception_like(), name="")
        expected = session.run("conv2d0:0", {"input:0": image[None] * source.scale - source.mean})
    assert whole is not None
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


def test_the_described_run_raises_channel_139(engine: Engine, graph: Path) -> None:
    """Layer, channel and start of the original notebook."""
    values = DreamSettings(
        network=str(graph), layers=BOTTLENECK, channels="139", octaves=1, steps=6, step_size=0.01, jitter=0)
    noise = (np.random.default_rng(0).random((224, 224, 3), dtype=np.float32) + 100) / 255
    scores: list[float] = []

    def observe(event: Event) -> None:
        if isinstance(event, Step):
            scores.append(event.score)

    dreamer = build_dreamer(engine, values)
    dreamer(noise, np.random.default_rng(0), values_of(values, dreamer.objective.weights), observe)
    assert scores == sorted(scores)
    assert scores[-1] > scores[0]


@pytest.mark.parametrize("changed", [{"graph_mean": 1.0}, {"graph_scale": 2.0}])
def test_the_image_enters_as_the_settings_say(
    engine: Engine, graph: Path, image: np.ndarray, changed: dict[str, float]
) -> None:
    usual, other = (engine.features(engine.network(request_of(DreamSettings(network=str(graph), **settings))), image,
                                    ["conv2d0"])[0] for settings in ({}, changed))
    assert not np.allclose(usual, other)


def test_another_input_is_a_setting_that_names_the_inputs(engine: Engine, graph: Path) -> None:
    with pytest.raises(SettingError, match=r"graph_input is 'image'; the inputs of tensorflow.* are input"):
        engine.network(request_of(DreamSettings(network=str(graph), graph_input="image")))


def test_a_graph_without_an_input_is_told(tmp_path: Path) -> None:
    with tf.Graph().as_default() as empty:
        tf.constant(1.0)
    path = write(empty.as_graph_def(), tmp_path / "empty.pb")
    with pytest.raises(SettingError, match="none"):
        load_graph(path, GraphInput())


def test_layers_have_to_be_named_where_none_are_known(engine: Engine, tmp_path: Path) -> None:
    renamed = inception_like()
    for node in renamed.node:
        node.name = node.name.replace("mixed4c", "other")
        for index, name in enumerate(node.input):
            node.input[index] = name.replace("mixed4c", "other")
    path = write(renamed, tmp_path / "other.pb")
    with pytest.raises(SettingError, match=r"layers is needed with other\.pb"):
        build_dreamer(engine, DreamSettings(network=str(path), octaves=1, steps=1))


def test_a_graph_is_described_by_loading_it_once(engine: Engine, graph: Path) -> None:
    settings = DreamSettings(network=str(graph))
    assert describe(settings) is engine.network(request_of(settings))
    assert weights_digest(settings) == hashlib.sha256(graph.read_bytes()).hexdigest()
    assert layers_of(str(graph))["mixed4c"] == 32


@pytest.mark.slow
def test_a_graph_can_be_described_before_the_threads_are_set(graph: Path) -> None:
    code = ("import sys; from dreamvid.dream.engines import open_engine; from dreamvid.dream.networks import describe; "
            "from dreamvid.settings import DreamSettings; describe(DreamSettings(network=sys.argv[1])); "
            "print(open_engine(threads=1).threads)")
    result = subprocess.run([sys.executable, "-c", code, graph], capture_output=True, text=True, check=True,
                            cwd=Path(__file__).parents[3])
    assert result.stdout == "1\n"


def test_a_file_that_has_changed_is_loaded_again(engine: Engine, graph: Path) -> None:
    request = request_of(DreamSettings(network=str(graph)))
    before = engine.network(request)
    write(inception_like(lambda image: tf.abs(image, name="more")), graph)
    assert "more" in set(engine.network(request).layers) - set(before.layers)


def reads_a_file(_: tf.Tensor) -> None:
    tf.io.read_file("secret")


def writes_a_file(_: tf.Tensor) -> None:
    tf.io.write_file("secret", "content")


def calls_python(image: tf.Tensor) -> None:
    v1.py_func(lambda x: x, [image], tf.float32)


def restores(_: tf.Tensor) -> None:
    tf.raw_ops.RestoreV2(prefix="secret", tensor_names=["a"], shape_and_slices=[""], dtypes=[tf.float32])


def holds_a_variable(_: tf.Tensor) -> None:
    v1.Variable(1.0, use_resource=False)


@pytest.mark.parametrize(("extra", "kind"), [
    (reads_a_file, "ReadFile"), (writes_a_file, "WriteFile"), (calls_python, "PyFunc"), (restores, "RestoreV2"),
    (holds_a_variable, "Variable.*not frozen"),
])
def test_operations_that_inference_has_no_use_for_are_refused(
    extra: Callable[[tf.Tensor], None], kind: str, tmp_path: Path
) -> None:
    path = write(inception_like(extra), tmp_path / "graph.pb")
    with pytest.raises(WeightsError, match=rf"graph\.pb is refused: its operation .* is a \w*{kind}"):
        load_graph(path, GraphInput())


def test_a_constant_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    bomb = inception_like()
    node = next(node for node in bomb.node if node.name == "conv2d0_w")
    del node.attr["value"].tensor.tensor_shape.dim[:]
    node.attr["value"].tensor.tensor_shape.dim.add(size=1 << 40)
    with pytest.raises(WeightsError, match="declares"):
        load_graph(write(bomb, tmp_path / "bomb.pb"), GraphInput())


@pytest.mark.parametrize(("content", "why"), [
    (b"<html>", "web page"), (b"", "empty"), (b"\xff" * 100, "not a frozen graph"), (b"\x22\x00", "no operations"),
])
def test_what_is_no_graph_is_told(content: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "graph.pb").write_bytes(content)
    with pytest.raises(WeightsError, match=why):
        load_graph(tmp_path / "graph.pb", GraphInput())


def test_a_missing_graph_is_told() -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        load_graph(Path("nowhere/graph.pb"), GraphInput())


def test_weights_beside_a_graph_are_refused(graph: Path) -> None:
    with pytest.raises(SettingError, match="holds its own weights"):
        request_of(DreamSettings(network=str(graph), weights="a.h5"))
