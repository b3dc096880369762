"""The seam of a loop lies where the clip comes back to where it was; what cannot be moved changes quickly."""

import numpy as np
import pytest

from dreamvid.arrays import Bytes, Image, Size, to_uint8
from dreamvid.filters import resize
from dreamvid.motion.morph import Morph, find_seam
from tests.benchmarks.known_motion import photograph

SIZE = Size(96, 64)


def swinging(frames: int, period: int) -> list[Bytes]:
    """A view that goes round in a circle of so many frames."""
    wide = to_uint8(resize(photograph("coffee"), Size(140, 96)))
    turns = np.arange(frames) / period * 2 * np.pi
    corners = [(round(20 + 20 * np.cos(turn)), round(16 + 16 * np.sin(turn))) for turn in turns]
    return [wide[y:y + SIZE.height, x:x + SIZE.width] for x, y in corners]


def test_a_loop_closes_where_the_clip_comes_back() -> None:
    seam = find_seam(swinging(80, 31), 80, reach=26, length=8)
    assert seam.frames % 31 in (0, 1, 30)  # places are tried in steps of two
    assert 0 <= seam.head <= 26 - 8
    assert 80 - 26 <= seam.tail <= 80 - 8


@pytest.mark.parametrize(("total", "reach", "length"), [(3, 1, 1), (8, 4, 1), (8, 4, 4), (9, 3, 2)])
def test_a_seam_lies_within_the_clip(total: int, reach: int, length: int) -> None:
    seam = find_seam(swinging(total, 31), total, reach, length)
    assert seam.head >= 0
    assert seam.head + seam.length <= seam.tail
    assert seam.tail + seam.length <= total
    assert seam.frames >= total // 3


def strangers() -> tuple[Image, Image]:
    return resize(photograph("coffee"), SIZE), resize(photograph("astronaut"), SIZE)


def test_what_cannot_be_moved_changes_quickly() -> None:
    one, other = strangers()
    morph = Morph(one, other)
    early, middle, late = (morph.mixed(one, other, share, 0.2) for share in (0.35, 0.5, 0.65))
    unlike = np.abs(one - other).max(axis=-1) > 0.3
    assert np.abs(early - one)[unlike].mean() < 0.02
    assert np.abs(late - other)[unlike].mean() < 0.02
    assert np.abs(middle - (one + other) / 2)[unlike].mean() < 0.02


def test_pictures_that_are_alike_change_slowly() -> None:
    one = resize(photograph("coffee"), SIZE)
    other = np.asarray(one * 0.98, np.float32)
    morph = Morph(one, other)
    np.testing.assert_allclose(morph.mixed(one, other, 0.3, 0.2), one + 0.3 * (other - one), atol=0.004)
