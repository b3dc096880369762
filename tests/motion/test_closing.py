"""The measure of a loop sees a seam and a jump, and is not deceived by a camera that moves all the time."""

from math import cos, sin, tau

import numpy as np
import pytest

from dreamvid.arrays import Image, Size
from dreamvid.filters import resize
from dreamvid.motion.dive import Spiral, closed, key_size, view
from dreamvid.motion.measure import measure_closing

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
    assert closing.last <= 1.1 * closing.median
    assert not closing.closes


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


def test_two_frames_are_no_loop() -> None:
    with pytest.raises(ValueError, match="three frames"):
        measure_closing(lambda: circle(2))
