"""Objectives: what is asked of a network's layers."""

import numpy as np
import pytest
import tensorflow as tf

from dreamvid.dream.goal import parse_layers
from dreamvid.dream.measures import mean, mean_square
from dreamvid.dream.networks.network import Network
from dreamvid.dream.objective import excite
from dreamvid.errors import SettingError


def test_measures_are_means_over_positions_and_channels() -> None:
    activation = tf.constant([[[[1.0, -3.0], [2.0, 4.0]]]])
    assert float(mean(activation)) == 1
    assert float(mean_square(activation)) == 7.5


def test_layers_are_summed_by_weight_and_count_the_same_however_large() -> None:
    objective = excite({"a": 1.0, "b": -0.5}, mean)
    assert objective.layers == ("a", "b")
    large, small = tf.ones((1, 64, 64, 8)), 4 * tf.ones((1, 2, 2, 99))
    assert float(objective.value([large, small])) == 1 - 0.5 * 4


def test_layers_are_read_with_their_weights(network: Network) -> None:
    assert parse_layers("block10", network) == {"block10": 1.0}
    assert parse_layers(" block4:0.5 , block10_expand:-2,logits", network) == {
        "block4": 0.5, "block10_expand": -2.0, "logits": 1.0}


@pytest.mark.parametrize("text", ["block99", "", "block4,", "mixed3:0.5", "BLOCK4"])
def test_unknown_layers_are_refused_and_near_ones_named(network: Network, text: str) -> None:
    with pytest.raises(SettingError, match=r"efficientnet_lite0 has no layer .*; near ones are \w+"):
        parse_layers(text, network)


def test_the_near_ones_are_near(network: Network) -> None:
    with pytest.raises(SettingError, match="block10_expand"):
        parse_layers("blok10_expand", network)


@pytest.mark.parametrize("weight", ["much", "1.2.3", "nan", "inf"])
def test_weights_must_be_numbers(network: Network, weight: str) -> None:
    with pytest.raises(SettingError, match=r"--layers has the weight .* for block4; it must be a number"):
        parse_layers(f"block4:{weight}", network)


def test_a_layer_is_named_once(network: Network) -> None:
    with pytest.raises(SettingError, match="--layers names block4 twice"):
        parse_layers("block4:2,block10,block4:3", network)


def test_the_value_is_a_number_of_the_network_s_precision(network: Network) -> None:
    objective = excite({"block4": 1.0, "logits": 2.0}, mean_square)
    image = np.full((1, 32, 32, 3), 0.5, np.float32)
    value = objective.value(network.activations(tf.constant(image), objective.layers))
    assert value.dtype == tf.float32
    assert value.shape == ()
