"""Steps: as long as they say, never out of bounds, the same wherever the jitter puts them."""

import numpy as np
import pytest

from dreamvid.arrays import Image
from dreamvid.dream.ascent import (
    LIMITS,
    ascend,
    clip_limit,
    even_pace,
    normalised,
    soft_limit,
    steady,
    with_fewer_steps,
)
from dreamvid.dream.objective import Weights
from dreamvid.dream.shifts import SHIFTS
from dreamvid.settings import FrameValues

IMAGE = np.random.default_rng(0).random((40, 56, 3), dtype=np.float32)
MIDDLE = IMAGE * np.float32(0.4) + np.float32(0.3)
"""So far from black and white that no limit shortens a step."""

PLAIN = {"jitter": 0, "shift": SHIFTS["roll"], "limit": soft_limit, "pace": steady, "observe": lambda *_: None}


def pointwise(image: Image, _: Weights = ()) -> tuple[Image, float]:
    """A gradient that depends on a pixel's own value alone, so it knows no position."""
    return np.sin(image * 20), float(image.mean())


def random_slope(image: Image, _: Weights = ()) -> tuple[Image, float]:
    return np.random.default_rng(7).standard_normal(image.shape, dtype=np.float32), 0.0


def ascended(image: Image, gradient=pointwise, seed: int = 0, **changes) -> Image:
    moving = {key: changes.pop(key) for key in ("steps", "step_size", "smooth", "weights") if key in changes}
    values = FrameValues(**{"steps": 1, "step_size": 0.01, **moving})
    return ascend(image, gradient, np.random.default_rng(seed), values, **{**PLAIN, **changes})


@pytest.mark.parametrize("smoothing", [0, 1])
def test_a_gradient_of_zeros_gives_the_image_itself(smoothing: float) -> None:
    still = ascended(IMAGE, lambda image, _: (np.zeros_like(image), 0.0), steps=3, jitter=8, smooth=smoothing)
    np.testing.assert_array_equal(still, IMAGE)


def test_no_steps_give_the_image_itself() -> None:
    np.testing.assert_array_equal(ascended(IMAGE, steps=0), IMAGE)


@pytest.mark.parametrize(("steps", "share", "fewer", "far"), [
    (2, 0.5, 1, 1.26), (4, 0.5, 2, 2.52), (3, 0.5, 2, 2.289), (1, 0.5, 1, 1), (5, 1, 5, 5), (0, 0.5, 0, 0),
])
def test_coarse_octaves_take_a_share_of_the_steps_and_make_them_longer(
    steps: int, share: float, fewer: int, far: float
) -> None:
    coarse = with_fewer_steps(FrameValues(steps=steps, step_size=0.01), share)
    assert coarse.steps == fewer
    assert coarse.steps * coarse.step_size == pytest.approx(0.01 * far, rel=1e-3)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("limit", LIMITS)
def test_a_step_is_as_long_as_it_says_where_the_gradient_is_one_deviation(scale: float, limit: str) -> None:
    slope, _ = random_slope(MIDDLE)
    moved = ascended(MIDDLE, lambda image, _: (slope * np.float32(scale), 0.0), limit=LIMITS[limit], step_size=0.02)
    np.testing.assert_allclose(moved - MIDDLE, 0.02 * slope / slope.std(), atol=1e-6)


def test_the_deviation_is_the_whole_image_s() -> None:
    slope, _ = random_slope(IMAGE)
    np.testing.assert_allclose(normalised(slope * 5 + 3).std(), 1, atol=1e-5)


@pytest.mark.parametrize("jitter", [1, 7, 32, 1000])
def test_jitter_changes_nothing_for_a_gradient_that_knows_no_position(jitter: int) -> None:
    np.testing.assert_allclose(ascended(IMAGE, steps=4, jitter=jitter), ascended(IMAGE, steps=4), atol=1e-6)


def test_jitter_shows_the_gradient_the_image_in_many_places() -> None:
    corners = []

    def watch(image: Image, _: Weights) -> tuple[Image, float]:
        corners.append(image[0, 0].tobytes())
        np.testing.assert_allclose(np.sort(image, axis=None), np.sort(MIDDLE, axis=None), atol=1e-6)
        return np.zeros_like(image), 0.0

    ascended(MIDDLE, watch, steps=20, jitter=8)
    assert len(set(corners)) > 10
    corners.clear()
    ascended(MIDDLE, watch, steps=5)
    assert len(set(corners)) == 1


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("step_size", [0.01, 0.5, 1])
def test_no_limit_is_ever_left(limit: str, step_size: float) -> None:
    image = IMAGE.copy()
    image[:4], image[4:8] = 0, 1
    moved = ascended(image, random_slope, steps=20, step_size=step_size, limit=LIMITS[limit])
    assert moved.dtype == np.float32
    assert moved.min() >= 0
    assert moved.max() <= 1


def test_soft_steps_approach_the_limits_and_do_not_reach_them() -> None:
    ramp = np.linspace(0.02, 0.98, 49, dtype=np.float32).reshape(1, 49, 1) * np.ones(3, np.float32)
    up = down = ramp
    for _ in range(50):
        up, down = soft_limit(up, np.full_like(ramp, 0.01)), soft_limit(down, np.full_like(ramp, -0.01))
    assert up.max() < 1
    assert down.min() > 0
    assert (np.diff(up, axis=1) > 0).all()  # bright parts keep their drawing
    assert (np.diff(down, axis=1) > 0).all()
    assert clip_limit(ramp, np.full_like(ramp, 0.5)).max() == 1


def test_from_the_limits_one_can_come_back() -> None:
    edges = np.array([[[0.0, 1.0, 0.5]]], np.float32)
    for limit in (soft_limit, clip_limit):
        np.testing.assert_allclose(limit(edges, np.array([[[0.1, -0.1, 0.1]]], np.float32)), [[[0.1, 0.9, 0.6]]])


def test_every_step_is_told_with_its_number_and_the_value_before_it() -> None:
    told = []
    ascended(MIDDLE, steps=3, observe=lambda step, value, *_: told.append((step, value)))
    assert [step for step, _ in told] == [1, 2, 3]
    assert told[0][1] == float(MIDDLE.mean())
    assert told[1][1] != told[0][1]


def test_a_callback_can_end_it() -> None:
    def stop(step: int, *_) -> None:
        if step == 2:
            raise InterruptedError

    calls = []
    with pytest.raises(InterruptedError):
        ascended(MIDDLE, lambda image, _: (calls.append(1) or image, 0.0), steps=9, observe=stop)
    assert len(calls) == 2


def test_the_same_seed_makes_the_same_steps_and_another_seed_others() -> None:
    def by_position(image: Image, _: Weights) -> tuple[Image, float]:
        return image * random_slope(image)[0], 0.0

    first, again, other = (ascended(MIDDLE, by_position, seed, steps=5, jitter=8) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_smoothing_takes_the_checkerboard_out() -> None:
    board = (np.indices(MIDDLE.shape).sum(axis=0) % 2).astype(np.float32)
    hill = np.sin(np.arange(56, dtype=np.float32) / 9)[:, np.newaxis] * np.ones_like(MIDDLE)

    def roughness(smoothing: float) -> float:
        moved = ascended(MIDDLE, lambda *_: (board + hill, 0.0), smooth=smoothing) - MIDDLE
        return float(np.abs(np.diff(moved, axis=0)).mean() / moved.std())

    assert roughness(1) < 0.35 * roughness(0)
    assert roughness(2) < roughness(1)


@pytest.mark.parametrize(("value", "times"), [(100.0, 1.0), (80.0, 1.5625), (1.0, 2.5), (1e9, 0.5), (0, 1), (-3.0, 1)])
def test_an_even_pace_takes_longer_steps_where_the_dream_is_weak(value: float, times: float) -> None:
    assert even_pace(100.0)(value) == pytest.approx(times, rel=1e-4)
    moved = [ascended(MIDDLE, lambda image, _: (random_slope(image)[0], value), pace=pace) - MIDDLE
             for pace in (steady, even_pace(100.0))]
    np.testing.assert_allclose(moved[1], moved[0] * times, atol=1e-5)


def test_a_strength_that_is_not_positive_keeps_the_pace() -> None:
    assert even_pace(0.0)(5.0) == even_pace(-1.0)(5.0) == 1.0


def test_the_weights_of_the_frame_reach_the_gradient() -> None:
    def weighed(image: Image, weights: Weights) -> tuple[Image, float]:
        return random_slope(image)[0], weights[1]

    told = []
    ascended(MIDDLE, weighed, steps=2, weights=(1.0, 0.25), observe=lambda step, value, _: told.append((step, value)))
    assert told == [(1, 0.25), (2, 0.25)]
