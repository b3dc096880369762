"""`--layers` and `--channels`, whatever is written there."""

from math import isfinite

from hypothesis import given, settings
from hypothesis import strategies as st

from dreamvid.dream.networks import Network
from dreamvid.dream.objective import parse_channels, parse_layers
from dreamvid.errors import SettingError

FEW = settings(max_examples=150)
NOTHING = st.just("")
WORDS = st.one_of(st.text(max_size=6), st.text("block0123456789_expand:,.-+e naif\0\u00b2\u0663", max_size=24))


@FEW
@given(data=st.data(), parts=st.integers(1, 4))
def test_any_layers(data: st.DataObject, parts: int, network: Network) -> None:
    name, weight = st.one_of(st.sampled_from(network.layers), WORDS), st.one_of(NOTHING, WORDS.map(":{}".format))
    text = ",".join(data.draw(name) + data.draw(weight) for _ in range(parts))
    try:
        layers = parse_layers(text, network)
    except SettingError:
        return
    assert set(layers) <= set(network.layers)
    assert len(layers) == text.count(",") + 1
    assert all(map(isfinite, layers.values()))


@FEW
@given(data=st.data())
def test_layers_are_read_as_they_are_written(data: st.DataObject, network: Network) -> None:
    weights = st.floats(allow_nan=False, allow_infinity=False)
    layers = data.draw(st.dictionaries(st.sampled_from(network.layers), weights, min_size=1, max_size=5))
    assert parse_layers(",".join(f"{name}:{weight!r}" for name, weight in layers.items()), network) == layers


@FEW
@given(text=st.one_of(WORDS, st.lists(st.integers(-9, 10**20), max_size=4).map(lambda them: ",".join(map(str, them)))))
def test_any_channels(text: str, network: Network) -> None:
    layers = {"block4": 1.0, "block10": 1.0}
    try:
        channels = parse_channels(text, layers, network)
    except SettingError:
        return
    assert 1 <= len(channels) <= text.count(",") + 1
    assert all(0 <= channel < min(network.channels[layer] for layer in layers) for channel in channels)


@FEW
@given(data=st.data())
def test_channels_are_read_as_they_are_written(data: st.DataObject, network: Network) -> None:
    channels = data.draw(st.dictionaries(st.integers(0, network.channels["block4"] - 1), st.floats(-9, 9), min_size=1))
    text = ",".join(f"{channel}:{weight}" for channel, weight in channels.items())
    assert parse_channels(text, {"block4": 1.0}, network) == channels
    assert parse_channels(",".join(map(str, channels)), {"block4": 1.0}, network) == dict.fromkeys(channels, 1.0)
