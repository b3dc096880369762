"""EfficientNet-Lite0, the network that comes with dreamvid: its operations, in order, and its weights.

Architecture: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019, in the
'lite' form published with TensorFlow's TPU models: no squeeze-and-excite, ReLU6, stem and head not scaled.
The weights are ImageNet's, batch norm folded in; see `weights/`.

Nothing here computes. Each engine builds the network from `OPERATIONS`.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from dreamvid.dream.networks.classes import CLASSES
from dreamvid.dream.networks.network import LOGITS
from dreamvid.errors import WeightsError

WEIGHTS = Path(__file__).with_name("weights") / "efficientnet_lite0.safetensors"
DIGEST = "5a8cbb45871e46ebfffd6f566ca52b3ba0f181ca945fbfb219dd1c7f93c7fb5e"


class Range(NamedTuple):
    """The input's range: (image · white - mean) / deviation, for an image in [0, 1]."""

    white: float
    mean: float
    deviation: float


RANGE = Range(255.0, 127.0, 128.0)


class Operation(NamedTuple):
    """One convolution with bias, and what follows it. Its input is the output of the operation before.

    Convolutions pad with zeros to `ceil(size / stride)` positions, half of the zeros, rounded down, before the image.
    A strided one first pads an odd height or width by one at its end: 'same' padding begins a strided convolution one
    pixel later where the size is odd, and only even sizes keep the positions of a tile those of the whole image.

    Attributes:
        name: its own, and that of its arrays in the file of weights.
        channels: of its output.
        stride: 1 or 2, along both axes.
        depthwise: whether each channel has its own kernel, of shape (height, width, channels, 1); otherwise the kernel
            has the shape (height, width, channels before, channels).
        activated: whether it ends with ReLU6: values are cut off at 0 and 6.
        adds: the operation whose output is added to its own; empty for none.
        layer: the name of the layer that its output is; empty for none.
    """

    name: str
    channels: int
    stride: int = 1
    depthwise: bool = False
    activated: bool = True
    adds: str = ""
    layer: str = ""

    @property
    def kernel(self) -> str:
        """The kernel's name in the file of weights. Its size is only there."""
        return f"{self.name}/kernel"

    @property
    def bias(self) -> str:
        """The bias's name in the file of weights; its shape is (channels,)."""
        return f"{self.name}/bias"


# (repeats, stride of the first, expansion, channels) of the inverted residual blocks
_STAGES = ((1, 1, 1, 16), (2, 2, 6, 24), (2, 2, 6, 40), (3, 2, 6, 80), (3, 1, 6, 112), (4, 2, 6, 192), (1, 1, 6, 320))


def _operations() -> Iterator[Operation]:
    before = Operation("stem", 32, stride=2)
    yield before
    blocks = [(stride if n == 0 else 1, expansion, channels)
              for repeats, stride, expansion, channels in _STAGES for n in range(repeats)]
    for n, (stride, expansion, channels) in enumerate(blocks):
        block, wide = f"block{n}", before.channels * expansion
        if expansion > 1:
            yield Operation(f"{block}/expand", wide, layer=f"{block}_expand")
        yield Operation(f"{block}/depthwise", wide, stride, depthwise=True)
        adds = before.name if stride == 1 and before.channels == channels else ""
        before = Operation(f"{block}/project", channels, activated=False, adds=adds, layer=block)
        yield before
    # The classifier stands at every position, without pooling: its map says where a class is seen.
    yield Operation("head", 1280)
    yield Operation("classifier", CLASSES, activated=False, layer=LOGITS)


OPERATIONS = tuple(_operations())
"""All operations, from the image upwards."""

LAYERS: Mapping[str, int] = {operation.layer: operation.channels for operation in OPERATIONS if operation.layer}
"""Every layer's name and number of channels, from the image upwards."""


def read_weights(path: Path = WEIGHTS, digest: str = DIGEST) -> dict[str, np.ndarray]:
    """The arrays of the embedded file by name, as float32.

    Raises:
        WeightsError: the file is missing, or is not the one that dreamvid was released with.
    """
    try:
        content = path.read_bytes()
        if sha256(content).hexdigest() != digest:
            raise WeightsError(f"{path.name} is not the file that dreamvid came with; install dreamvid again")
        return {name: array.astype(np.float32) for name, array in load(content).items()}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path.name} cannot be read ({error}); install dreamvid again") from error
