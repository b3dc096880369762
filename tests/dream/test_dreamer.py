"""Dreams: repeatable, at every size, told step by step, and within their memory."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Image
from dreamvid.dream.dreamer import Dreamer, build_dreamer
from dreamvid.dream.engines import Engine
from dreamvid.errors import Cancelled, SettingError
from dreamvid.events import Event, Step, Tile, ignore
from dreamvid.settings import DreamSettings, FrameValues, values_of

SETTINGS = DreamSettings(octaves=3, steps=2, step_size=0.01, tile=128, overlap=32)


VALUES = values_of(SETTINGS, weights=(1.0,))


@pytest.fixture(scope="module")
def dreamer(engine: Engine) -> Dreamer:
    return build_dreamer(engine, SETTINGS)


def dreamed(dreamer: Dreamer, image: Image, values: FrameValues = VALUES, seed: int = 0) -> Image:
    return dreamer(image, np.random.default_rng([seed, 0]), values, ignore)


def test_the_same_seed_makes_the_same_dream_and_another_seed_another(
    dreamer: Dreamer, photograph: Callable[..., Image]
) -> None:
    image = photograph("coffee", 200, 141)
    first, again, other = (dreamed(dreamer, image, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.001


def test_weights_may_be_others_in_every_frame(engine: Engine, photograph: Callable[..., Image]) -> None:
    """Weights of a frame give the dream that the same weights in the settings give."""
    image = photograph("coffee", 96, 64)
    both = build_dreamer(engine, SETTINGS.but(layers="block4:0.5,block10"))
    other = build_dreamer(engine, SETTINGS.but(layers="block4:2,block10:-1"))
    expected = dreamed(other, image, replace(VALUES, weights=other.objective.weights))
    np.testing.assert_array_equal(dreamed(both, image, replace(VALUES, weights=(2.0, -1.0))), expected)
    assert np.abs(dreamed(both, image, replace(VALUES, weights=both.objective.weights)) - expected).mean() > 0.001


def test_what_moves_may_be_another_in_every_frame(dreamer: Dreamer, photograph: Callable[..., Image]) -> None:
    image = photograph("coffee", 96, 64)
    changes: list[dict[str, float]] = [{}, {"steps": 3}, {"step_size": 0.02}, {"tv": 0.5}, {"smooth": 3.0}]
    dreams = [dreamed(dreamer, image, replace(VALUES, **change)) for change in changes]
    assert len({dream.tobytes() for dream in dreams}) == len(changes)


def test_the_strength_is_that_of_the_frame_s_weights(dreamer: Dreamer, photograph: Callable[..., Image]) -> None:
    image = photograph("coffee", 96, 64)
    once, twice = replace(VALUES, smooth=0.0), replace(VALUES, smooth=0.0, weights=(2.0,))
    assert dreamer.strength(image, once) > 1.2 * dreamer.activation(image, once)
    assert dreamer.activation(image, twice) == pytest.approx(2 * dreamer.activation(image, once))
    assert dreamer.strength(image, twice) == pytest.approx(2 * dreamer.strength(image, once), rel=0.1)


def test_a_guide_is_given_exactly_if_the_settings_name_one(engine: Engine, image: Image) -> None:
    for settings, guide in ((SETTINGS, image), (SETTINGS.but(guide="a.png"), None)):
        with pytest.raises(ValueError, match="give a guide"):
            build_dreamer(engine, settings, guide)
    guided = build_dreamer(engine, SETTINGS.but(guide="a.png"), image[::-1])
    assert np.abs(dreamed(guided, image) - image).mean() > 0.005


@pytest.mark.parametrize(("width", "height"), [(16, 16), (17, 300), (129, 127), (200, 141)])
@pytest.mark.parametrize("limits", ["soft", "clip"])
def test_every_size_is_dreamed_within_black_and_white(
    engine: Engine, photograph: Callable[..., Image], *, width: int, height: int, limits: str
) -> None:
    image = photograph("astronaut", width, height)
    dream = dreamed(build_dreamer(engine, SETTINGS.but(limits=limits)), image, replace(VALUES, step_size=0.05))
    assert dream.shape == image.shape
    assert dream.dtype == np.float32
    assert dream.min() >= 0
    assert dream.max() <= 1
    assert np.abs(dream - image).mean() > 0.005


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_flat_pictures_can_be_dreamed(dreamer: Dreamer, value: float) -> None:
    dream = dreamed(dreamer, np.full((64, 80, 3), value, np.float32))
    assert np.isfinite(dream).all()
    assert dream.std() > 0.001


def test_the_picture_that_comes_in_is_left_as_it_is(dreamer: Dreamer, photograph: Callable[..., Image]) -> None:
    image = photograph("coffee", 96, 64).copy()
    before = image.copy()
    dreamed(dreamer, image)
    np.testing.assert_array_equal(image, before)


def test_no_steps_give_the_picture_itself(dreamer: Dreamer, photograph: Callable[..., Image]) -> None:
    image = photograph("coffee", 201, 141)
    np.testing.assert_array_equal(dreamed(dreamer, image, replace(VALUES, steps=0)), image)


def steps_told(dreamer: Dreamer, image: Image) -> list[Step]:
    told: list[Event] = []
    dreamer(image, np.random.default_rng(0), VALUES, told.append)
    return [event for event in told if isinstance(event, Step)]


def test_every_tile_is_told_before_it_is_computed(engine: Engine, photograph: Callable[..., Image]) -> None:
    told: list[Event] = []
    dreamer = build_dreamer(engine, SETTINGS.but(octaves=1, overlap=16))
    dreamer(photograph("coffee", 200, 100), np.random.default_rng(0), replace(VALUES, steps=1), told.append)
    tiles = [event for event in told if isinstance(event, Tile)]
    assert len(tiles) > 1
    assert tiles == [Tile(number, len(tiles)) for number in range(1, len(tiles) + 1)]


def test_every_step_is_told(engine: Engine, photograph: Callable[..., Image]) -> None:
    told = steps_told(build_dreamer(engine, SETTINGS.but(jitter=0)), photograph("coffee", 200, 141))
    assert [(step.octave, step.step) for step in told] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert {(step.octaves, step.steps) for step in told} == {(3, 2)}
    assert all(told[n].score < told[n + 1].score for n in (0, 2, 4))


def test_octaves_before_the_largest_take_their_share_of_the_steps(
    engine: Engine, photograph: Callable[..., Image]
) -> None:
    steps = steps_told(build_dreamer(engine, SETTINGS.but(coarse_steps=0.5)), photograph("coffee", 200, 141))
    assert [(one.octave, one.step, one.steps) for one in steps] == [(1, 1, 1), (2, 1, 1), (3, 1, 2), (3, 2, 2)]


def test_octaves_that_are_too_small_are_left_out(dreamer: Dreamer, photograph: Callable[..., Image]) -> None:
    told = steps_told(dreamer, photograph("coffee", 40, 40))
    assert [(step.octave, step.octaves) for step in told] == [(1, 1), (1, 1)]


def test_a_dream_can_be_cancelled_at_any_step(dreamer: Dreamer, photograph: Callable[..., Image]) -> None:
    def stop(event: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        dreamer(photograph("coffee", 96, 64), np.random.default_rng(0), VALUES, stop)


def test_unknown_layers_are_refused_when_it_is_loaded(engine: Engine) -> None:
    with pytest.raises(SettingError, match="no layer 'block16'"):
        build_dreamer(engine, DreamSettings(layers="block16"))


MEASURED = """
from pathlib import Path
import numpy as np
from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.events import ignore
from dreamvid.settings import DreamSettings, values_of

settings = DreamSettings(octaves=1, steps=1, step_size=0.01)
image = np.random.default_rng(0).random((2160, 3840, 3), dtype=np.float32)
dreamer = build_dreamer(open_engine(), settings)
dreamer(image, np.random.default_rng(0), values_of(settings, dreamer.objective.weights), ignore)
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
"""Prints the most memory that the program itself ever held, in KiB; `getrusage` would count its parent's too."""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak in this way")
def test_a_frame_of_3840_by_2160_stays_under_three_gigabytes() -> None:
    result = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True,
                            cwd=Path(__file__).parents[2])
    assert int(result.stdout) * 1024 < 3e9
