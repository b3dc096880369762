"""`dreamvid layers` and `dreamvid networks`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pillow
from typer.testing import Result

Run = Callable[..., Result]
QUICK = ("--octaves", "1", "--steps", "1", "--size", "64", "-q", "--json")


@pytest.mark.slow
def test_every_layer_has_its_picture_and_the_option_as_its_label(run: Run, picture: Path, tmp_path: Path) -> None:
    record = json.loads(run("layers", picture, *QUICK, "-o", "atlas.png").stdout)
    assert len(record["labels"]) == 31
    assert record["labels"][0] == "--layers block0"
    assert Pillow.open(tmp_path / "atlas.png").size == (record["width"], record["height"])


def test_the_channels_of_a_layer_begin_with_noise_without_a_picture(run: Run, tmp_path: Path) -> None:
    record = json.loads(run("layers", *QUICK, "--layer", "block4", "--most", "3", "--columns", "2").stdout)
    assert record["labels"] == [f"--layers block4 --channels {n}" for n in range(3)]
    assert record["width"] < 3 * 64 < record["height"] + 64, "two columns"
    assert (tmp_path / "efficientnet_lite0-block4.png").exists()


@pytest.mark.parametrize(("words", "code", "said"), [
    (["--layer", "blok4"], 2, "block4"),
    (["nothing.png"], 3, "does not exist"),
    (["--network", "no_such_network"], 2, "--network"),
    (["-o", "a.mp4"], 2, "a.mp4"),
])
def test_bad_input_is_one_sentence(run: Run, words: list[str], code: int, said: str) -> None:
    result = run("layers", *words, *QUICK)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_networks_are_listed_with_what_they_grow(run: Run) -> None:
    listed = {entry["name"]: entry for entry in json.loads(run("networks", "--json").stdout)}
    assert listed["efficientnet_lite0"]["here"]
    assert {"inception_v3", "vgg16", "vgg19", "resnet50"} <= listed.keys()


def test_the_layers_of_a_network_are_listed(run: Run) -> None:
    layers = json.loads(run("networks", "efficientnet_lite0", "--json").stdout)
    assert layers["block10"] == 112
    assert layers["logits"] == 1000


@pytest.mark.slow
def test_the_layers_of_inception_v3_have_stable_names(run: Run) -> None:
    for _ in range(2):
        layers = json.loads(run("networks", "inception_v3", "--json").stdout)
        assert {f"mixed{n}" for n in range(11)} <= layers.keys()
        assert "conv2d_85" in layers


def test_an_unknown_network_names_near_ones(run: Run) -> None:
    result = run("networks", "inceptionv3")
    assert result.exit_code == 2
    assert "inception_v3" in result.stderr
