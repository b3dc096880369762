"""EfficientNet-Lite0, the network that comes with dreamvid.

Architecture: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019, in the
'lite' form published with TensorFlow's TPU models: no squeeze-and-excite, ReLU6, stem and head not scaled.
The weights are ImageNet's, batch norm folded in; see `weights/`.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from safetensors import SafetensorError
from safetensors.numpy import load

from dreamvid.dream.networks.catalogue import CATALOGUE, EMBEDDED
from dreamvid.dream.networks.network import LOGITS, Network
from dreamvid.errors import WeightsError

WEIGHTS = Path(__file__).with_name("weights") / "efficientnet_lite0.safetensors"
WEIGHTS_DIGEST = "5a8cbb45871e46ebfffd6f566ca52b3ba0f181ca945fbfb219dd1c7f93c7fb5e"
CLASSES = 1000
STEM_CHANNELS = 32

Weights = dict[str, np.ndarray]


class Block(NamedTuple):
    """An inverted residual block."""

    stride: int
    expansion: int
    channels: int


# (repeats, stride of the first, expansion, channels); the kernel sizes are in the weights
_STAGES = ((1, 1, 1, 16), (2, 2, 6, 24), (2, 2, 6, 40), (3, 2, 6, 80), (3, 1, 6, 112), (4, 2, 6, 192), (1, 1, 6, 320))
BLOCKS = tuple(
    Block(stride if n == 0 else 1, expansion, channels)
    for repeats, stride, expansion, channels in _STAGES
    for n in range(repeats)
)


def load_network(path: Path = WEIGHTS, digest: str = WEIGHTS_DIGEST) -> Network:
    """The network with its embedded weights.

    Raises:
        WeightsError: the file is missing, or is not the one that dreamvid was released with.
    """
    weights = _read(path, digest)

    def activations(image: tf.Tensor, names: Sequence[str]) -> list[tf.Tensor]:
        found: dict[str, tf.Tensor] = {}
        for name, activation in _forward(image, weights):
            found[name] = activation
            if found.keys() >= set(names):
                break
        return [found[name] for name in names]

    return Network(
        name=EMBEDDED, channels=dict(_channels()), activations=activations, stride=32, smallest=32, digest=digest,
        default_layers=CATALOGUE[EMBEDDED].layers, objective=CATALOGUE[EMBEDDED].objective,
    )


def _read(path: Path, digest: str) -> Weights:
    try:
        content = path.read_bytes()
        if sha256(content).hexdigest() != digest:
            raise WeightsError(f"{path.name} is not the file that dreamvid came with; install dreamvid again")
        return {name: array.astype(np.float32) for name, array in load(content).items()}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path.name} cannot be read ({error}); install dreamvid again") from error


def _channels() -> Iterator[tuple[str, int]]:
    """Every layer's name and number of channels, from the image upwards."""
    channels = STEM_CHANNELS
    for n, block in enumerate(BLOCKS):
        if block.expansion > 1:
            yield f"block{n}_expand", channels * block.expansion
        channels = block.channels
        yield f"block{n}", channels
    yield LOGITS, CLASSES


def _forward(image: tf.Tensor, weights: Weights) -> Iterator[tuple[str, tf.Tensor]]:
    """Every layer's name and activation, from the image upwards; nothing is built beyond what is asked for."""
    x = (image * 255.0 - 127.0) / 128.0
    x = tf.nn.relu6(_convolve(x, weights, "stem", stride=2))
    for n, block in enumerate(BLOCKS):
        y = x
        if block.expansion > 1:
            y = tf.nn.relu6(_convolve(y, weights, f"block{n}/expand"))
            yield f"block{n}_expand", y
        y = tf.nn.relu6(_convolve(y, weights, f"block{n}/depthwise", block.stride, tf.nn.depthwise_conv2d))
        y = _convolve(y, weights, f"block{n}/project")
        x = x + y if block.stride == 1 and x.shape[-1] == block.channels else y
        yield f"block{n}", x
    # The classifier stands at every position, without pooling: its map says where a class is seen.
    x = tf.nn.relu6(_convolve(x, weights, "head"))
    yield LOGITS, _convolve(x, weights, "classifier")


def _convolve(x: tf.Tensor, weights: Weights, layer: str, stride: int = 1, operation=tf.nn.conv2d) -> tf.Tensor:
    if stride == 2:
        x = _even(x)
    x = operation(x, weights[f"{layer}/kernel"], [1, stride, stride, 1], "SAME")
    return tf.nn.bias_add(x, tf.constant(weights[f"{layer}/bias"]))


def _even(x: tf.Tensor) -> tf.Tensor:
    """Pads an odd height or width by one.

    TensorFlow's 'same' padding begins a strided convolution one pixel later where the size is odd. Even sizes alone
    keep the positions of a tile those of the whole image.
    """
    height, width = tf.unstack(tf.math.floormod(tf.shape(x)[1:3], 2))
    return tf.pad(x, [[0, 0], [0, height], [0, width], [0, 0]])
