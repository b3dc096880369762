"""The embedded network: the real one, whole or refused, and the same wherever a tile begins."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from skimage import data

from dreamvid.arrays import Image, Size, from_uint8
from dreamvid.dream.networks import Network
from dreamvid.dream.networks.efficientnet_lite import DIGEST, OPERATIONS, WEIGHTS, read_weights
from dreamvid.errors import SettingError, WeightsError
from dreamvid.filters import resize

STRIDES = [2, 4, 4, 8, 8, 16, 16, 16, 16, 16, 16, 32, 32, 32, 32, 32]
CHANNELS = [16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112, 192, 192, 192, 192, 320]


def activation(network: Network, image: Image, layer: str) -> np.ndarray:
    return network.activations(tf.constant(image)[None], [layer])[0].numpy()[0]


@pytest.mark.parametrize(("name", "label", "share"), [
    ("chelsea", 285, 0.35), ("coffee", 967, 0.9), ("rocket", 657, 0.2),
])
def test_it_classifies_photographs(network: Network, name: str, label: int, share: float) -> None:
    """285 Egyptian cat, 967 espresso, 657 missile: the middle square, scaled to 224 pixels by averaging areas."""
    whole = from_uint8(getattr(data, name)())
    side = min(whole.shape[:2])
    top, left = (whole.shape[0] - side) // 2, (whole.shape[1] - side) // 2
    image = resize(whole[top : top + side, left : left + side], Size(224, 224))
    logits = activation(network, image, "logits").mean(axis=(0, 1))
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    assert shares.argmax() == label
    assert shares[label] > share


def test_layers_are_named_from_the_image_upwards(network: Network) -> None:
    blocks = [name for n in range(1, 16) for name in (f"block{n}_expand", f"block{n}")]
    assert network.layers == ("block0", *blocks, "logits")
    assert network.classes == 1000


@pytest.mark.parametrize(("width", "height"), [(96, 64), (97, 65), (127, 33), (16, 16), (1, 1)])
def test_every_layer_has_its_stride_and_channels_at_every_size(network: Network, width: int, height: int) -> None:
    image = np.random.default_rng(0).random((1, height, width, 3), dtype=np.float32)
    found = dict(zip(network.layers, network.activations(tf.constant(image), network.layers), strict=True))
    for n, (stride, channels) in enumerate(zip(STRIDES, CHANNELS, strict=True)):
        assert found[f"block{n}"].shape == (1, -(-height // stride), -(-width // stride), channels)
        if n > 0:  # within a block the image has the size of the block before, and six times its channels
            before = STRIDES[n - 1]
            wide = (1, -(-height // before), -(-width // before), 6 * CHANNELS[n - 1])
            assert found[f"block{n}_expand"].shape == wide
    assert found["logits"].shape == (1, -(-height // 32), -(-width // 32), 1000)
    assert all(np.isfinite(value).all() for value in found.values())


def test_its_stride_is_that_of_its_coarsest_layer(network: Network) -> None:
    assert network.stride == max(STRIDES)


def test_layers_come_in_the_order_asked_for(network: Network) -> None:
    image = tf.constant(np.full((1, 64, 64, 3), 0.5, np.float32))
    both = network.activations(image, ["block4", "block1"])
    swapped = network.activations(image, ["block1", "block4"])
    assert [value.shape[-1] for value in both] == [40, 24]
    np.testing.assert_array_equal(both[0], swapped[1])


def test_expanded_maps_are_activated(network: Network, photograph: Callable[..., Image]) -> None:
    values = activation(network, photograph("coffee", 256, 192), "block10_expand")
    assert values.min() == 0
    assert values.max() <= 6
    assert activation(network, photograph("coffee", 256, 192), "block10").min() < 0


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "stride", "reach"), [
    ("block1_expand", 2, 32), ("block4", 8, 64), ("block10", 16, 192), ("block10_expand", 16, 192), ("logits", 32, 448),
])
@pytest.mark.parametrize("odd", [0, 1])
def test_a_tile_sees_what_the_whole_sees(
    network: Network, photograph: Callable[..., Image], *, layer: str, stride: int, reach: int, odd: int
) -> None:
    """A tile at a multiple of 32, `reach` pixels from its edges: half of what one position of the layer depends on."""
    side = 2 * reach + 96
    image = photograph("coffee", side + 160 - odd, side + 96 - odd)
    tile = activation(network, image[64 : 64 + side, 96 : 96 + side], layer)
    whole = activation(network, image, layer)[64 // stride :, 96 // stride :][: tile.shape[0], : tile.shape[1]]
    inside = slice(reach // stride, (side - reach) // stride)
    np.testing.assert_allclose(tile[inside, inside], whole[inside, inside], atol=1e-4)
    assert np.abs(tile - whole).max() > 0.01  # the edges of a tile are the tile's own


def test_unknown_layers_are_refused(network: Network) -> None:
    with pytest.raises(SettingError, match="no layer 'mixed3'"):
        network.check_layer("mixed3")
    network.check_layer("block10_expand")


def test_operations_are_described_as_the_weights_have_them() -> None:
    weights = read_weights()
    before = 3
    for operation in OPERATIONS:
        ends = (operation.channels, 1) if operation.depthwise else (before, operation.channels)
        assert weights.pop(operation.kernel).shape[2:] == ends
        assert weights.pop(operation.bias).shape == (operation.channels,)
        before = operation.channels
    assert weights == {}


def test_the_digest_is_that_of_the_file(network: Network) -> None:
    assert network.digest == DIGEST == sha256(WEIGHTS.read_bytes()).hexdigest()


def test_weights_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"weights\.safetensors cannot be read .*install dreamvid again") as caught:
        read_weights(tmp_path / "weights.safetensors")
    assert caught.value.exit_code == 8


@pytest.mark.parametrize("damage", [
    lambda content: content[:-1], lambda content: content[:100], lambda content: b"",
    lambda content: content[:-1000] + bytes([content[-1000] ^ 1]) + content[-999:],
], ids=["truncated", "header only", "empty", "one bit"])
def test_weights_that_are_not_what_they_should_be(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(damage(WEIGHTS.read_bytes()))
    with pytest.raises(WeightsError, match=r"weights\.safetensors is not the file .*install dreamvid again"):
        read_weights(path)


def test_a_file_of_another_kind_is_refused_whatever_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"not weights at all")
    with pytest.raises(WeightsError, match="cannot be read"):
        read_weights(path, sha256(path.read_bytes()).hexdigest())
