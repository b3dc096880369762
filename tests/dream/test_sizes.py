"""Images smaller than the network takes, and pyramids."""

import numpy as np
import pytest

from dreamvid.arrays import Image, Size, size_of
from dreamvid.dream.engines import Engine
from dreamvid.dream.networks import Network
from dreamvid.dream.objective import excite
from dreamvid.dream.octaves import PYRAMIDS
from dreamvid.dream.tiles import at_least, padded


@pytest.mark.parametrize("shape", [(16, 16), (1, 200), (31, 33), (64, 64)])
def test_an_image_of_any_size_has_a_gradient_of_its_size(
    shape: tuple[int, int], engine: Engine, frozen: Network
) -> None:
    image = np.random.default_rng(0).random((*shape, 3), dtype=np.float32)
    gradient = engine.gradient(frozen, excite({"conv_pw_3_relu": 1.0}, "mean"))
    slope, value = at_least(gradient, frozen.smallest)(image, (1.0,))
    assert slope.shape == image.shape
    assert np.isfinite(value)
    assert slope.any()


def test_a_large_image_is_not_padded() -> None:
    image = np.zeros((40, 50, 3), np.float32)
    assert at_least(lambda given, _: (given, float(given is image)), 32)(image, ())[1] == 1


def test_padding_mirrors() -> None:
    image = np.arange(6, dtype=np.float32).reshape(2, 1, 3)
    assert padded(image, 4)[:, 0, 0].tolist() == [0, 3, 3, 0]
    assert padded(image, 4).shape == (4, 4, 3)


@pytest.mark.parametrize("pyramid", PYRAMIDS)
@pytest.mark.parametrize("octaves", [1, 2, 5])
def test_pyramids_come_back_to_the_images_size(pyramid: str, octaves: int) -> None:
    image = np.random.default_rng(0).random((60, 81, 3), dtype=np.float32)
    seen: list[Size] = []

    def dream(octave: int, start: Image) -> Image:
        seen.append(size_of(start))
        assert octave == len(seen)
        return start

    sizes = PYRAMIDS[pyramid].sizes(size_of(image), octaves=octaves, scale=1.3, smallest=32)
    assert PYRAMIDS[pyramid].climb(image, sizes, dream).shape == image.shape
    assert seen == sizes == sorted(sizes)
    assert size_of(image) in sizes
    assert all(min(size) >= 32 for size in sizes)


def test_carried_detail_leaves_an_undreamed_image_as_it_is() -> None:
    image = np.random.default_rng(0).random((60, 81, 3), dtype=np.float32)
    sizes = PYRAMIDS["detail"].sizes(size_of(image), octaves=4, scale=1.4, smallest=16)
    np.testing.assert_allclose(PYRAMIDS["detail"].climb(image, sizes, lambda _, start: start), image, atol=1e-6)
