"""A zoom's picture lags a strength that moves at once, and a stronger dream is one of more steps."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import dreamvid
from dreamvid.dream.ascent import driven
from dreamvid.films.lags import lag_behind
from dreamvid.films.zoom import peaks, split_strength, with_recent_detail
from dreamvid.frame import Carry
from dreamvid.motion.measure import sharpness
from dreamvid.settings import FrameValues
from dreamvid.timeline.table import Table
from tests.conftest import SEED

VALUES = FrameValues(steps=2, step_size=0.01)


@pytest.mark.slow
def test_the_picture_answers_the_strength_in_its_frame() -> None:
    curve = "0.3 + (1 if (t + 0.2) % 0.5 < 0.2 else 0)"
    frames = list(dreamvid.frames(SEED, "zoom", strength=curve, frames=75, size=96, quality="draft"))
    strength = np.array([1.0 if (n / 30 + 0.2) % 0.5 < 0.2 else 0.0 for n in range(75)])
    found = lag_behind(np.array([sharpness(frame) for frame in frames])[15:], strength[15:], 30)
    assert abs(found.lag) <= 1
    assert found.r > 0.6


def test_what_is_dreamed_times_what_is_shown_is_the_strength() -> None:
    drive = np.abs(np.sin(np.arange(90) / 7)) + 0.1
    table = split_strength(Table(VALUES, {"drive": drive}), Fraction(30))
    np.testing.assert_allclose(table.columns["drive"] * table.columns["strength"], drive)
    assert table.columns["strength"].max() <= 1
    none = split_strength(Table(VALUES, {"drive": np.zeros(3)}), Fraction(30))
    np.testing.assert_array_equal(none.columns["strength"], 1)


def test_peaks_fade() -> None:
    np.testing.assert_allclose(peaks(np.array([1.0, 4, 0, 0, 3, 0]), 0.5), [1, 4, 2, 1, 3, 1.5])


def test_a_share_of_the_latest_detail_is_shown() -> None:
    one, half = np.ones((2, 3, 3), np.float32), np.full((2, 3, 3), 0.5, np.float32)
    assert with_recent_detail(Carry(0, one, one), 0.2).dreamed is one
    np.testing.assert_allclose(with_recent_detail(Carry(0, one, one, half), 0.2).dreamed, 0.6)
    beyond = Carry(0, one, one, half - 1)  # a warp may leave the range
    np.testing.assert_array_equal(with_recent_detail(beyond, 0.2).dreamed, 0)


@pytest.mark.parametrize(("drive", "steps", "size"), [
    (1.0, 2, 0.01), (0.25, 2, 0.0025), (1.5, 3, 0.01), (1.6, 4, 0.008), (0.0, 2, 0.0), (4.0, 8, 0.01)])
def test_a_stronger_dream_has_more_steps_and_a_weaker_one_shorter_ones(drive: float, steps: int, size: float) -> None:
    found = driven(replace(VALUES, drive=drive))
    assert (found.steps, found.step_size) == (steps, pytest.approx(size))
