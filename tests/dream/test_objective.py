"""Objectives: what is asked of a network's layers."""

import json
from dataclasses import asdict, replace

import pytest

from dreamvid.dream.networks import Network, describe
from dreamvid.dream.objective import MATCH, Objective, Term, class_weights, excite, objective_of, parse_layers
from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings


def test_weights_are_one_for_a_layer_and_one_for_each_channel() -> None:
    objective = Objective((
        Term("a", "mean", weight=0.5), Term("b", "mean", (7, 3), 2.0, (1.0, -0.5)), Term("c", MATCH, weight=3.0),
    ))
    assert objective.layers == ("a", "b", "c")
    assert objective.weights == (0.5, 2.0, -1.0, 3.0)


def test_an_objective_is_plain_data() -> None:
    objective = excite({"a": 0.5, "b": 2.0}, "mean", [7, 3])
    terms = json.loads(json.dumps(asdict(objective)))["terms"]
    again = Objective(tuple(Term(**{name: tuple(value) if isinstance(value, list) else value
                                    for name, value in term.items()}) for term in terms))
    assert again == objective
    assert hash(again) == hash(objective)


def test_the_structure_is_all_but_the_weights() -> None:
    objective = excite({"a": 0.5, "b": 2.0}, "mean", [7, 3])
    assert excite({"a": 1.0, "b": 1.0}, "mean", [7, 3]).structure == objective.structure
    others = [excite({"a": 0.5}, "mean", [7, 3]), excite({"a": 0.5, "b": 2.0}, "mean", [7, 4]),
              excite({"a": 0.5, "b": 2.0}, "mean-square", [7, 3]), excite({"b": 2.0, "a": 0.5}, "mean", [7, 3])]
    assert objective.structure not in {other.structure for other in others}
    assert replace(objective.terms[0], channel_weights=(2.0, 1.0)) != objective.terms[0]


@pytest.mark.parametrize(("settings", "objective"), [
    ({}, excite({"block10": 1.0}, "mean-square")),
    ({"layers": "block4:0.5,block10", "objective": "mean"}, excite({"block4": 0.5, "block10": 1.0}, "mean")),
    ({"layers": "block4:2", "channels": "13,9"}, Objective((Term("block4", "mean", (13, 9), 2.0, (1.0, 1.0)),))),
    ({"class_name": "tabby cat"}, Objective((Term("logits", "mean", (281,), 1.0, (1.0,)),))),
    ({"guide": "a.png", "layers": "block4:0.5"}, Objective((Term("block4", MATCH, (), 0.5),))),
])
def test_the_settings_say_what_is_measured(settings: dict[str, str], objective: Objective) -> None:
    wanted = DreamSettings(**settings)
    assert objective_of(wanted, describe(wanted)) == objective


def test_layers_are_read_with_their_weights(network: Network) -> None:
    assert parse_layers("block10", network) == {"block10": 1.0}
    assert parse_layers(" block4:0.5 , block10_expand:-2,logits", network) == {
        "block4": 0.5, "block10_expand": -2.0, "logits": 1.0}


@pytest.mark.parametrize("text", ["block99", "", "block4,", "mixed3:0.5", "BLOCK4"])
def test_unknown_layers_are_refused_and_similar_ones_named(network: Network, text: str) -> None:
    with pytest.raises(SettingError, match=r"efficientnet_lite0 has no layer .*; (did you|`dreamvid networks)"):
        parse_layers(text, network)


def test_the_named_ones_are_similar(network: Network) -> None:
    with pytest.raises(SettingError, match="block10_expand"):
        parse_layers("blok10_expand", network)


@pytest.mark.parametrize("weight", ["much", "1.2.3", "nan", "inf"])
def test_weights_must_be_numbers(network: Network, weight: str) -> None:
    with pytest.raises(SettingError, match=r"layers is .*; the weight .* of block4 must be a number"):
        parse_layers(f"block4:{weight}", network)


def test_a_layer_is_named_once(network: Network) -> None:
    with pytest.raises(SettingError, match="it names block4 twice"):
        parse_layers("block4:2,block10,block4:3", network)


def test_several_classes_have_weights_and_a_word_is_the_mean_of_its_classes() -> None:
    assert class_weights("tiger") == {292: 1.0}
    assert class_weights(" tiger:0.7, jellyfish:-0.3") == {292: 0.7, 107: -0.3}
    assert class_weights("cow:3") == {345: 1.0, 346: 1.0, 347: 1.0}
    assert class_weights("tiger,292:2") == {292: 3.0}


@pytest.mark.parametrize("text", ["tiger:x", "tiger:nan", "tiger:inf", "tiger,", "tiger,tigre", "", ","])
def test_what_is_no_list_of_classes_is_told(text: str) -> None:
    with pytest.raises(SettingError, match="class is "):
        class_weights(text)
