"""The pyramid: it blurs nothing, and carries every detail up."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamvid.arrays import Image, Size, size_of
from dreamvid.dream.octaves import climb, octave_sizes

NOISE = np.random.default_rng(0).random((131, 97, 3), dtype=np.float32)
SIZES = octave_sizes(size_of(NOISE), octaves=4, scale=1.4, smallest=32)


@given(
    width=st.integers(1, 8192), height=st.integers(1, 8192), octaves=st.integers(1, 20), scale=st.floats(1.05, 4),
    smallest=st.integers(32, 300),
)
def test_sizes_grow_to_the_image_s_own(width: int, height: int, octaves: int, scale: float, smallest: int) -> None:
    sizes = octave_sizes(Size(width, height), octaves=octaves, scale=scale, smallest=smallest)
    assert sizes[-1] == (width, height)
    assert len(sizes) <= octaves
    assert all(min(small) >= smallest for small in sizes[:-1])
    assert all(small.width < large.width and small.height < large.height
               for small, large in pairwise(sizes))


def test_only_what_is_too_small_is_left_out() -> None:
    assert octave_sizes(Size(200, 100), octaves=4, scale=2, smallest=32) == [(100, 50), (200, 100)]
    assert octave_sizes(Size(200, 100), octaves=4, scale=2, smallest=25) == [(50, 25), (100, 50), (200, 100)]
    assert octave_sizes(Size(16, 16), octaves=4, scale=2, smallest=32) == [(16, 16)]


@pytest.mark.parametrize("shape", [(131, 97), (128, 96), (33, 250), (16, 16), (1, 1)])
def test_a_dream_that_changes_nothing_gives_the_image_itself(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(1).random((*shape, 3), dtype=np.float32)
    sizes = octave_sizes(size_of(image), octaves=5, scale=1.4, smallest=8)
    np.testing.assert_array_equal(climb(image, sizes, lambda _, start: start), image)


def test_octaves_are_numbered_from_one_and_dreamed_at_their_sizes() -> None:
    seen = []

    def dream(octave: int, start: Image) -> Image:
        seen.append((octave, size_of(start)))
        return start

    climb(NOISE, SIZES, dream)
    assert seen == list(enumerate(SIZES, start=1))


@pytest.mark.parametrize("at", range(1, len(SIZES) + 1))
def test_the_detail_of_every_octave_is_carried_to_the_top(at: int) -> None:
    dreamed = climb(NOISE, SIZES, lambda octave, start: start + np.float32(0.25) * (octave == at))
    np.testing.assert_allclose(dreamed, NOISE + 0.25, atol=1e-5)


def test_a_figure_is_carried_to_where_it_was_drawn() -> None:
    size = Size(128, 96)
    sizes = octave_sizes(size, octaves=3, scale=2, smallest=8)

    def dream(octave: int, start: Image) -> Image:
        drawn = start.copy()
        if octave == 1:
            drawn[12:15, 20:24] += 0.5
        return drawn

    detail = climb(np.zeros((96, 128, 3), np.float32), sizes, dream)[..., 0]
    assert detail[48:60, 80:96].mean() > 0.4
    rows, columns = np.indices(detail.shape)
    assert abs((detail * rows).sum() / detail.sum() - 53.5) < 0.1
    assert abs((detail * columns).sum() / detail.sum() - 87.5) < 0.1


def test_details_add_up() -> None:
    dreamed = climb(NOISE, SIZES, lambda octave, start: start + np.float32(0.1 * octave))
    np.testing.assert_allclose(dreamed, NOISE + 0.1 * (1 + 2 + 3 + 4), atol=1e-5)
