"""The measure of a loop sees a seam and a jump, and is not deceived by a camera that moves all the time."""

from collections.abc import Iterator
from math import cos, sin, tau

import numpy as np
import pytest

from dreamvid.arrays import Image, Size, from_uint8, to_uint8
from dreamvid.filters import resize
from dreamvid.motion.dive import Spiral, closed, key_size, view
from dreamvid.motion.measure import jumps_of, measure_closing
from tests.benchmarks.known_motion import photograph

SIZE = Size(120, 90)
BASE = np.clip(resize(np.random.default_rng(2).random((12, 16, 3), np.float32), key_size(SIZE)), 0, 1)


def circle(frames: int) -> list[Image]:
    """A picture whose colours go round."""
    def at(angle: float) -> Image:
        shift = np.array([sin(angle), cos(angle), sin(angle + 1)], np.float32)
        return np.clip(0.25 + 0.5 * BASE + 0.1 * shift, 0, 1)
    return [at(tau * n / frames) for n in range(frames)]


def test_a_circle_closes() -> None:
    closing = measure_closing(lambda: circle(24))
    assert closing.closes
    assert closing.last == pytest.approx(closing.median, rel=0.1)
    assert (closing.frames, closing.steady) == (24, False)


def test_a_film_that_ends_elsewhere_does_not() -> None:
    assert not measure_closing(lambda: circle(24)[:16]).closes


def test_a_jump_in_the_middle_is_no_loop() -> None:
    frames = circle(24)
    frames[12] = np.clip(frames[12] + 0.3, 0, 1)
    closing = measure_closing(lambda: frames)
    assert closing.last_jump <= 1.1
    assert closing.jump in (12, 13)
    assert not closing.closes


@pytest.mark.slow
def test_the_camera_of_a_dive_is_found_and_a_jump_of_it_is_seen() -> None:
    spiral = Spiral(2.0)
    keys = [BASE]
    for _ in range(2):
        keys.append(view(keys[-1], key_size(SIZE), spiral, 1))
    dive = closed(keys, SIZE, spiral)
    frames = [dive.frame(3 * n / 60 + 0.5) for n in range(60)]
    whole, cut = measure_closing(lambda: frames), measure_closing(lambda: frames[:-2])
    assert whole.steady
    assert whole.closes
    assert not cut.closes


SMALL = Size(96, 64)
WIDE = to_uint8(resize(resize(photograph("coffee"), Size(25, 17)), Size(200, 140)).clip(0, 1))


def shaken(frames: int, begin: int, period: int = 60) -> list[Image]:
    """A view that goes round, now fast and now slowly, and trembles."""
    def corner(n: int) -> tuple[int, int]:
        turn = tau * (n + begin) / period
        turn += 0.8 * sin(turn)
        return round(50 + 16 * cos(turn)) + n % 2, round(36 + 12 * sin(turn))

    corners = (corner(n) for n in range(frames))
    return [from_uint8(WIDE[y:y + SMALL.height, x:x + SMALL.width]) for x, y in corners]


@pytest.mark.parametrize("begin", [0, 15, 30, 45])
def test_a_loop_that_shakes_closes_but_not_with_a_cut_or_half_a_cut(begin: int) -> None:
    """It begins, and so closes, where it is fast or where it is slow."""
    whole, cut = shaken(60, begin), shaken(50, begin)
    half = [np.hstack([one[:, :48], other[:, 48:]]) for one, other in zip(shaken(50, begin, 50), cut, strict=True)]
    found = measure_closing(lambda: whole)
    assert not found.jumps, found
    assert measure_closing(lambda: cut).last_jumps
    assert measure_closing(lambda: half).last_jumps


def test_a_step_is_compared_with_those_around_it() -> None:
    slow_then_fast = [1.0] * 10 + [4.0] * 10
    assert max(jumps_of(slow_then_fast)) == 1
    assert jumps_of([0.0, 9.0] * 10) == [0, 1] * 10  # each picture is shown twice
    assert jumps_of([1.0] * 10 + [5.0, 5.0] + [1.0] * 10)[10:12] == [5, 5]  # one wrong picture
    assert max(jumps_of([0.0] * 10 + [0.4 / 255])) < 1  # nobody sees it


def test_memory_does_not_grow_with_the_film() -> None:
    """No more than a window of frames is alive at a time."""
    alive = most = 0

    class Counted(np.ndarray):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def film() -> Iterator[Image]:
        nonlocal alive, most
        for frame in shaken(60, 0):
            alive += 1
            most = max(most, alive)
            yield frame.view(Counted)

    assert measure_closing(film).frames == 60
    assert most < 10


def test_two_frames_are_no_loop() -> None:
    with pytest.raises(ValueError, match="three frames"):
        measure_closing(lambda: circle(2))
