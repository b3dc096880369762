"""The catalogue: what is in it is there, and it costs nothing to look."""

import subprocess
import sys

import keras
import pytest

from dreamvid.dream.engines.tensorflow.keras_applications import SCALINGS
from dreamvid.dream.networks import CATALOGUE, entry_of, is_graph, layers_of
from dreamvid.dream.objective import MEASURES
from dreamvid.errors import SettingError


def test_looking_needs_no_tensorflow() -> None:
    code = "import sys, dreamvid.dream.networks; print('tensorflow' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_every_network_of_keras_is_there() -> None:
    offered = {name for name in dir(keras.applications) if name[0].isupper()}
    assert offered == {entry.builder for entry in CATALOGUE.values()} - {""}


@pytest.mark.parametrize("name", CATALOGUE)
def test_entries_are_whole(name: str) -> None:
    entry = CATALOGUE[name]
    assert entry.name == name
    assert entry.objective in MEASURES
    assert set(entry.layers.split(",")) <= set(entry.grows)
    assert (entry.scaling in SCALINGS and entry.weights is not None) == bool(entry.builder)
    for download in (entry.weights, entry.classified):
        assert download is None or download.url.startswith("https://")
        assert download is None or len(download.digest) in ((0,) if name in ("mobilenet", "mobilenet_v2") else (32, 64))


@pytest.mark.parametrize("name", CATALOGUE)
def test_recommended_layers_are_layers(name: str) -> None:
    layers = layers_of(name)
    assert set(entry_of(name).grows) <= layers.keys()
    assert all(channels > 0 for channels in layers.values())
    assert entry_of(name).has_classes == (layers.get("logits") == 1000)


def test_an_unknown_network_suggests_similar_ones() -> None:
    with pytest.raises(SettingError, match=r"did you mean inception_v3.*\.pb"):
        entry_of("InceptionV3")


def test_files_of_graphs_are_told_by_their_name() -> None:
    assert is_graph("folder/tensorflow_inception_graph.pb")
    assert not is_graph("vgg16")
