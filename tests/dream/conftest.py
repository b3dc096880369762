"""What the tests of dreaming share: the network, its gradients, and photographs."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from skimage import data

from dreamvid.arrays import Image, Size, from_uint8
from dreamvid.dream.gradient import Gradient, gradient_of
from dreamvid.dream.networks import Network, load_network
from dreamvid.dream.objective import MEASURES, excite
from dreamvid.filters import resize


@pytest.fixture(scope="session")
def network() -> Network:
    return load_network()


@pytest.fixture(scope="session")
def gradient(network: Network) -> Callable[..., Gradient]:
    """(layer, measure) → its gradient; each is built once."""

    @cache
    def build(layer: str, measure: str = "mean-square") -> Gradient:
        return gradient_of(network, excite({layer: 1.0}, MEASURES[measure]))

    return build


@pytest.fixture(scope="session")
def photograph() -> Callable[[str, int, int], Image]:
    """(name, width, height) → one of scikit-image's photographs, scaled to cover this size and cropped."""

    @cache
    def take(name: str, width: int, height: int) -> Image:
        whole = from_uint8(getattr(data, name)())
        scale = max(width / whole.shape[1], height / whole.shape[0])
        whole = resize(whole, Size(round(whole.shape[1] * scale), round(whole.shape[0] * scale)))
        top, left = (whole.shape[0] - height) // 2, (whole.shape[1] - width) // 2
        image = np.clip(whole[top : top + height, left : left + width], 0, 1)
        image.flags.writeable = False
        return image

    return take
