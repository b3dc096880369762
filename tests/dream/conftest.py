"""What the tests of dreaming share: networks, gradients and pictures."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest
from skimage import data

from dreamvid.arrays import Image, Size, from_uint8
from dreamvid.dream.engines import Engine, open_engine
from dreamvid.dream.engines.tensorflow.keras_applications import build, freeze
from dreamvid.dream.networks import Network, NetworkRequest, entry_of
from dreamvid.dream.objective import Gradient, excite
from dreamvid.filters import resize


@pytest.fixture(scope="session")
def engine() -> Engine:
    """TensorFlow's, which has every network."""
    return open_engine("tensorflow")


@pytest.fixture(scope="session")
def network(engine: Engine) -> Network:
    """The embedded one."""
    return engine.network(NetworkRequest())


@pytest.fixture(scope="session")
def gradient(engine: Engine, network: Network) -> Callable[..., Gradient]:
    """(layer, measure) → its gradient; each is built once."""

    @cache
    def build(layer: str, measure: str = "mean-square") -> Gradient:
        return engine.gradient(network, excite({layer: 1.0}, measure))

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


def randomise(model: keras.Model, seed: int = 0) -> keras.Model:
    """Gives a model fixed random weights under which it behaves like a trained one.

    Kernels lean to positive values, as low-pass filters do, and batch norms hold the statistics of noise. With kernels
    around zero the gradient is chaotic instead: where two pixels of a max pooling are equal but for the last bit,
    another choice between them changes the picture, ten times more with every step.
    """
    rng = np.random.default_rng(seed)
    for variable in model.weights:
        if len(variable.shape) == 4:
            scale = np.sqrt(2 / np.prod(variable.shape[:3]))
            variable.assign(scale * (0.5 + rng.standard_normal(variable.shape, dtype=np.float32)))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
            layer.beta.assign(np.ones(layer.beta.shape, np.float32))
    model(rng.uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32), training=True)  # sets the statistics
    return model


@pytest.fixture(scope="session")
def inception() -> keras.Model:
    """InceptionV3 as the TensorFlow tutorial calls it."""
    return randomise(build(entry_of("inception_v3")))


@pytest.fixture(scope="session")
def inception_file(inception: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its weights in a file of Keras 3's kind."""
    path = tmp_path_factory.mktemp("weights") / "inception.weights.h5"
    inception.save_weights(path)
    return path


@pytest.fixture(scope="session")
def mobilenet() -> keras.Model:
    """A small network."""
    return randomise(build(entry_of("mobilenet")))


@pytest.fixture(scope="session")
def frozen(mobilenet: keras.Model) -> Network:
    """The same, frozen."""
    return freeze(mobilenet, entry_of("mobilenet"), digest="")


@pytest.fixture
def image() -> np.ndarray:
    """A small image with structure at every scale, of an odd width."""
    rng = np.random.default_rng(3)
    coarse = rng.random((3, 4, 3), dtype=np.float32).repeat(32, axis=0).repeat(32, axis=1)
    return (0.7 * coarse + 0.3 * rng.random((96, 128, 3), dtype=np.float32))[:, :115]
