"""Engines: one in a process, each network loaded once, and as many threads as it was told."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import Engine, open_engine, processors
from dreamvid.dream.networks import NetworkRequest, request_of
from dreamvid.dream.objective import excite
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings


def test_there_is_one_engine_in_a_process(engine: Engine) -> None:
    assert open_engine() is engine
    assert open_engine("tensorflow", processors()) is engine
    assert (engine.name, engine.threads) == ("tensorflow", processors())
    assert engine.devices()[-1] == "CPU"


def test_an_unknown_engine_is_told_with_those_that_there_are() -> None:
    with pytest.raises(SettingError, match="no engine 'torch'; there is openvino, tensorflow"):
        open_engine("torch")


def test_dreamers_share_a_network_whatever_they_dream(engine: Engine) -> None:
    first, *others = (build_dreamer(engine, DreamSettings(**settings)) for settings in (
        {}, {"layers": "block4:0.5"}, {"class_name": "tabby cat"}, {"offline": True}, {"tile": 256}))
    assert all(other.network is first.network for other in others)


@pytest.mark.slow
def test_a_file_of_weights_is_loaded_once_for_each_network(
    engine: Engine, mobilenet: keras.Model, tmp_path: Path
) -> None:
    path = tmp_path / "a.weights.h5"
    mobilenet.save_weights(path)
    request = request_of(DreamSettings(network="mobilenet", weights=str(path)))
    loaded = engine.network(request)
    assert engine.network(request) is loaded
    assert engine.network(NetworkRequest()) is not loaded
    mobilenet.get_layer("conv1").kernel.assign_add(mobilenet.get_layer("conv1").kernel)
    mobilenet.save_weights(path)
    os.utime(path, ns=(1, 1))
    try:
        assert engine.network(request).digest != loaded.digest, "the file is another now"
    finally:
        mobilenet.get_layer("conv1").kernel.assign(mobilenet.get_layer("conv1").kernel / 2)


def test_objectives_of_one_structure_share_a_gradient(engine: Engine) -> None:
    network = engine.network(NetworkRequest())
    shared = engine.gradient(network, excite({"block1": 1.0, "block2": 2.0}, "mean"))
    assert engine.gradient(network, excite({"block1": 3.0, "block2": 0.0}, "mean")) is shared
    assert engine.gradient(network, excite({"block1": 1.0, "block2": 2.0}, "mean-square")) is not shared


THREADS = """
import tensorflow as tf
from dreamvid.dream.engines import open_engine
from dreamvid.errors import SettingError

print(open_engine(threads=1).threads)
print(tf.config.threading.get_intra_op_parallelism_threads(), tf.config.threading.get_inter_op_parallelism_threads())
for other in (3, 0):
    try:
        open_engine(threads=other)
    except SettingError as error:
        print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(processors() == 1, reason="one thread is all that there is")
def test_the_number_of_threads_is_set_once() -> None:
    result = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True,
                            cwd=Path(__file__).parents[2])
    one, both, *refused = result.stdout.splitlines()
    assert (one, both) == ("1", "1 1")
    assert refused == [f"TensorFlow computes with 1 threads in this process, and cannot change to {other} any more"
                       for other in (3, processors())]
