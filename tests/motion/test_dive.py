"""A dive holds itself: it comes back to its first frame, moves steadily, and shows no edge of a key."""

from itertools import pairwise
from math import tau

import numpy as np
import pytest

from dreamvid.arrays import Image, Size
from dreamvid.filters import resize
from dreamvid.motion.dive import Dive, Spiral, closed, key_size, nested, view, window

SIZE = Size(96, 72)
SPIRALS = [Spiral(2.0), Spiral(2.0, tau / 5), Spiral(1.5, -tau / 4), Spiral(3.0)]


def smooth_key(n: int) -> Image:
    small = np.random.default_rng(n).random((5, 6, 3), np.float32)
    return np.clip(resize(small, key_size(SIZE)), 0, 1)


def dive(spiral: Spiral, count: int = 4) -> Dive:
    """Keys that fit into each other as dreamed ones do: each grows out of the centre of the one before."""
    keys = [smooth_key(0)]
    for n in range(1, count):
        keys.append(np.clip(view(keys[-1], key_size(SIZE), spiral, 1) + 0.1 * (smooth_key(n) - 0.5), 0, 1))
    return closed(keys, SIZE, spiral)


def distance(one: Image, other: Image) -> float:
    return float(np.sqrt(np.mean(np.square(one - other))))


@pytest.mark.parametrize("spiral", SPIRALS)
def test_it_comes_back(spiral: Spiral) -> None:
    one = dive(spiral)
    np.testing.assert_array_equal(one.frame(0.3), one.frame(4.3))


@pytest.mark.parametrize("spiral", SPIRALS)
def test_passing_a_key_is_a_step_like_any_other(spiral: Spiral) -> None:
    one = dive(spiral)
    frames = [one.frame(n / 24) for n in range(4 * 24 + 1)]
    steps = [distance(before, after) for before, after in pairwise(frames)]
    for key in (24, 48, 72, 96):
        assert steps[key - 1] < 1.5 * np.median(steps[key - 6:key - 1])


@pytest.mark.parametrize("spiral", SPIRALS)
def test_no_edge_of_a_key_reaches_the_frame_that_it_fills(spiral: Spiral) -> None:
    mask = window(key_size(SIZE))
    assert view(mask, SIZE, spiral, 0).min() == pytest.approx(1, abs=1e-6)
    assert mask[0].max() == mask[:, 0].max() == 0


def test_each_key_is_the_centre_of_the_one_before() -> None:
    spiral = Spiral(2.0, 0.5)
    outer, inner = smooth_key(1), smooth_key(2)
    seen = view(nested(outer, inner, spiral), key_size(SIZE), spiral, 1)
    middle = np.s_[30:-30, 40:-40]
    assert distance(seen[middle], inner[middle]) < 0.02
    np.testing.assert_array_equal(nested(outer, inner, spiral)[:3], outer[:3])


def test_at_depth_zero_pixels_are_untouched() -> None:
    key = smooth_key(3)
    np.testing.assert_array_equal(view(key, key_size(SIZE), Spiral(2.0), 0), key)


def test_a_half_turn_turns_the_key_over() -> None:
    key = smooth_key(3)
    there = view(view(key, key_size(SIZE), Spiral(1.0, tau / 2), 1), key_size(SIZE), Spiral(1.0, tau / 2), 1)
    assert distance(there, key) < 1e-4

