"""What is known of networks without loading them is what they are, and it is known at once."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from dreamvid.dream.networks import CATALOGUE, describe, entry_of, layers_of, weights_digest
from dreamvid.dream.networks.request import kept
from dreamvid.errors import SettingError, WeightsError
from dreamvid.settings import DreamSettings
from tests.dream.networks.write_layers import layers_of_model

SMALL = ("vgg16", "mobilenet", "mobilenet_v2")
LARGER = ("inception_v3", "resnet50", "resnet50_v2", "densenet121", "xception", "mobilenet_v3_small", "nasnet_mobile",
          "efficientnet_b0", "efficientnet_v2_b0", "convnext_tiny", "inception_resnet_v2")
"""One of each other family."""


@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGER)])
def test_layers_are_those_of_the_model_in_its_order(name: str) -> None:
    found = describe(DreamSettings(network=name)).channels
    assert list(found.items()) == list(layers_of_model(entry_of(name)).items())


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_network_is_described(name: str) -> None:
    entry, facts = entry_of(name), describe(DreamSettings(network=name))
    assert (facts.name, facts.default_layers, facts.objective) == (name, entry.layers, entry.objective)
    assert (facts.smallest, facts.stride) == (entry.smallest, 32)
    for layer in facts.default_layers.split(","):
        facts.check_layer(layer)
    assert min(facts.channels.values()) > 0


@pytest.mark.parametrize("settings", [{"class_name": "tabby"}, {"layers": "mixed3, logits:0.5"}])
def test_the_classifier_is_a_layer_where_it_is_wanted(settings: dict[str, str]) -> None:
    assert describe(DreamSettings(network="inception_v3", **settings)).classes == 1000
    assert describe(DreamSettings(network="inception_v3")).classes == 0
    assert layers_of("inception_v3")["logits"] == 1000
    with pytest.raises(SettingError, match="vgg16 has no classifier"):
        describe(DreamSettings(network="vgg16", **settings))


@pytest.mark.parametrize(("settings", "error"), [
    ({"network": "vgg61"}, SettingError), ({"weights": "a.h5"}, SettingError),
    ({"network": "vgg16", "weights": "nowhere.h5"}, WeightsError), ({"network": "nowhere.pb"}, WeightsError),
])
def test_what_cannot_be_described_is_told(settings: dict[str, str], error: type[Exception]) -> None:
    for describing in (describe, weights_digest):
        with pytest.raises(error):
            describing(DreamSettings(**settings))


def test_the_digest_of_a_published_network_is_that_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    settings = DreamSettings(network="mobilenet", offline=True)
    with pytest.raises(WeightsError, match="offline forbids"):
        weights_digest(settings)
    download = entry_of("mobilenet").weights
    assert download is not None
    kept(download).parent.mkdir()
    kept(download).write_bytes(b"weights")
    assert weights_digest(settings) == sha256(b"weights").hexdigest()


REFUSED = """
import sys, time
from dreamvid.dream.objective import objective_of
from dreamvid.dream.networks import describe, weights_digest
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings

for wrong in ({"layers": "block99"}, {"layers": "block4", "channels": "40"}, {"class_name": "tabbi"},
              {"network": "inception_v3", "layers": "mixed99"}, {"network": "vgg16", "class_name": "tabby"}):
    settings = DreamSettings(**wrong)
    try:
        objective_of(settings, describe(settings))
    except SettingError as error:
        print(error)
weights_digest(DreamSettings())
print(*{"tensorflow", "keras"} & sys.modules.keys())
"""


def test_what_a_network_does_not_have_is_told_without_tensorflow() -> None:
    result = subprocess.run([sys.executable, "-c", REFUSED], capture_output=True, text=True, check=True,
                            cwd=Path(__file__).parents[3])
    *told, heavy = result.stdout.split("\n")[:-1]
    assert len(told) == 5
    assert heavy == ""
