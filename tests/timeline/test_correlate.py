"""The lag of one series behind another."""

import numpy as np
import pytest

from dreamvid.films.answer import answer


@pytest.mark.parametrize("lag", [-5, 0, 3])
def test_a_series_that_is_late_is_found_to_be(lag: int) -> None:
    cause = np.square(np.maximum(0, np.sin(np.arange(600) / 3.1)))
    slow = np.linspace(0, 9, 600)
    found = answer(2 * np.roll(cause, lag) + slow, cause, 30)
    assert found.lag == lag
    assert found.r > 0.95
    assert answer(-np.roll(cause, lag), cause, 30).r < -0.95


def test_of_beats_the_nearest_counts() -> None:
    pulse = np.exp(-(np.arange(600) % 15) / 4)
    assert answer(np.roll(pulse, -1) + 0.02 * np.random.default_rng(3).random(600), pulse, 30).lag == -1
    assert answer(np.roll(pulse, 1), pulse, 30).lag == 1


def test_nothing_answers_nothing() -> None:
    assert answer(np.ones(90), np.ones(90), 30) == (0, 0.0)
    assert answer(np.ones(1), np.ones(1), 30).r == 0.0
