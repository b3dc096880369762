"""Tiles: a large image's gradient cannot be told from the untiled one."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamvid.arrays import Image
from dreamvid.dream.objective import Gradient, Weights
from dreamvid.dream.tiles import spans, tiled
from dreamvid.settings import DreamSettings
from tests.media import cosine

DEFAULT = DreamSettings().overlap
STRIDE = 32
ONE = (1.0,)


@settings(max_examples=500)
@given(
    tile=st.integers(128, 4096) | st.sampled_from([128, 384, 512, 768, 4096]), stride=st.sampled_from([1, 8, 16, 32]),
    data=st.data(),
)
def test_spans(tile: int, stride: int, data: st.DataObject) -> None:
    widest = min(512, (tile - 64) // 2)  # as DreamSettings has it
    overlap = data.draw(st.integers(0, widest) | st.just(widest), "overlap")
    length = data.draw(st.integers(1, 8192) | st.integers(tile - 1, tile + 100), "length")
    found = spans(length, tile=tile, overlap=overlap, stride=stride)
    assert (found[0].start, found[0].first) == (0, 0)
    assert (found[-1].stop, found[-1].last) == (length, length)
    for span in found:
        assert span.start % stride == 0
        assert 0 <= span.start <= span.first < span.last <= span.stop <= length
        assert span.stop - span.start <= tile
    for left, right in pairwise(found):
        assert left.start < right.start  # no tile is computed twice
        assert left.last == right.first  # every pixel exactly once
        assert left.stop - right.start >= 2 * overlap
        assert left.last + overlap <= left.stop
        assert right.start + overlap <= right.first


@given(length=st.integers(1, 4096))
def test_what_fits_one_tile_is_one_tile(length: int) -> None:
    assert spans(length, tile=length, overlap=0, stride=STRIDE) == [(0, length, 0, length)]


@pytest.mark.parametrize(("length", "tile", "count", "longest"), [
    (3840, 2048, 3, 1472), (3840, 1920, 3, 1472), (2160, 1920, 2, 1248),
])
def test_tiles_are_no_longer_than_so_many_need_to_be(*, length: int, tile: int, count: int, longest: int) -> None:
    found = spans(length, tile=tile, overlap=128, stride=STRIDE)
    assert (len(found), max(span.stop - span.start for span in found)) == (count, longest)


def pointwise(image: Image, _: Weights) -> tuple[Image, float]:
    """The mean of x³/3: a pixel's gradient is its own square over the number of pixels."""
    return image**2 / image.size, float((image**3).mean() / 3)


def neighbours(image: Image, _: Weights) -> tuple[Image, float]:
    """The mean square of the differences of neighbours, with nothing beyond the edges, as a network sees its tile."""
    right = image - np.pad(image, ((0, 0), (0, 1), (0, 0)))[:, 1:]
    below = image - np.pad(image, ((0, 1), (0, 0), (0, 0)))[1:]
    slope = right - np.pad(right, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    slope += below - np.pad(below, ((1, 0), (0, 0), (0, 0)))[:-1]
    return 2 * slope / image.size, float((right**2 + below**2).mean())


@pytest.mark.parametrize("shape", [(300, 500), (301, 499), (128, 129), (40, 1000), (127, 128), (700, 129)])
@pytest.mark.parametrize(("gradient", "overlap"), [(pointwise, 0), (pointwise, 32), (neighbours, 1), (neighbours, 32)])
def test_merged_tiles_equal_the_whole(shape: tuple[int, int], gradient: Gradient, overlap: int) -> None:
    image = np.random.default_rng(0).random((*shape, 3), dtype=np.float32)
    slope, value = gradient(image, ONE)
    merged, total = tiled(gradient, tile=128, overlap=overlap, stride=STRIDE)(image, ONE)
    assert merged.dtype == np.float32
    np.testing.assert_allclose(merged, slope, rtol=1e-4, atol=1e-5 * np.abs(slope).max())
    np.testing.assert_allclose(total, value, rtol=0.05)


def test_no_tile_is_larger_than_it_may_be_and_a_small_image_is_one() -> None:
    seen, weighed = [], []

    def watch(image: Image, weights: Weights) -> tuple[Image, float]:
        seen.append(image.shape[:2])
        weighed.append(weights)
        return image, 0.0

    whole = tiled(watch, tile=128, overlap=16, stride=STRIDE)
    whole(np.zeros((128, 128, 3), np.float32), (1.0, 2.0))
    assert seen == [(128, 128)]
    whole(np.zeros((129, 300, 3), np.float32), (1.0, 2.0))
    assert max(max(shape) for shape in seen) <= 128
    assert set(weighed) == {(1.0, 2.0)}


def seam_energy(part: Image, whole: Image, tile: int, overlap: int, band: int = 8) -> float:
    """How much more energy the tiled gradient has along its seams than elsewhere; 0 where no seam can be seen.

    Energy is the mean square. A photograph has more of it in one place than in another, so the tiled gradient's is
    compared with the untiled one's over the same pixels: once over bands of `band` pixels on both sides of every
    seam, once over all the rest. The result is the first ratio over the second, less one.
    """
    near = np.zeros(whole.shape[:2], bool)
    for axis, length in enumerate(whole.shape[:2]):
        for span in spans(length, tile=tile, overlap=overlap, stride=STRIDE)[:-1]:
            np.moveaxis(near, axis, 0)[span.last - band : span.last + band] = True
    at_seams, elsewhere = ((part[place] ** 2).mean() / (whole[place] ** 2).mean() for place in (near, ~near))
    return float(at_seams / elsewhere - 1)


@pytest.fixture(scope="module")
def untiled(gradient: Callable[..., Gradient], photograph: Callable[..., Image]) -> Callable[..., Image]:
    found: dict[tuple[str, int, int], Image] = {}

    def of(name: str, width: int, height: int) -> Image:
        key = (name, width, height)
        if key not in found:
            found[key] = gradient("block10")(photograph(*key), ONE)[0]
        return found[key]

    return of


NAMES, SIZES, TILES = ("astronaut", "coffee", "chelsea"), ((1024, 768), (1023, 767), (1025, 769)), (384, 512, 768)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "width", "height", "tile"), [
    (NAMES[n], *SIZES[m], TILES[(n + m) % 3]) for n in range(3) for m in range(3)])  # each pair of two of them once
def test_tiles_cannot_be_seen(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image], untiled: Callable[..., Image],
    *, name: str, width: int, height: int, tile: int,
) -> None:
    whole = untiled(name, width, height)
    tiles = tiled(gradient("block10"), tile=tile, overlap=DEFAULT, stride=STRIDE)
    part, _ = tiles(photograph(name, width, height), ONE)
    assert cosine(part, whole) >= 0.995
    assert part.any(axis=-1).all()
    assert abs(seam_energy(part, whole, tile, DEFAULT)) <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("tile", [384, 512])
@pytest.mark.parametrize("overlap", [64, 96])
def test_narrower_overlaps_are_near_the_whole_too(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image], untiled: Callable[..., Image],
    *, tile: int, overlap: int,
) -> None:
    tiles = tiled(gradient("block10"), tile=tile, overlap=overlap, stride=STRIDE)
    part, _ = tiles(photograph("coffee", 1024, 768), ONE)
    assert cosine(part, untiled("coffee", 1024, 768)) >= 0.995


def test_the_measure_sees_the_seams_of_tiles_that_do_not_overlap(
    gradient: Callable[..., Gradient], photograph: Callable[..., Image], untiled: Callable[..., Image]
) -> None:
    whole = untiled("coffee", 1024, 768)
    part, _ = tiled(gradient("block10"), tile=320, overlap=0, stride=STRIDE)(photograph("coffee", 1024, 768), ONE)
    assert abs(seam_energy(part, whole, 320, 0)) > 0.03
    assert cosine(part, whole) < 0.99
