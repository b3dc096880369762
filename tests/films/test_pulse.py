"""Pulse and sway: a picture and a few dreams of it, mixed in turn."""

from math import tau

import numpy as np

from dreamvid.films.pulse import mixed

STILL = np.full((4, 5, 3), 0.5, np.float32)
DETAILS = [np.zeros((4, 5, 3), np.float32) for _ in range(3)]
for n, each in enumerate(DETAILS):
    each[..., n] = 0.1


def shares(angle: float, strength: float = 1.0) -> np.ndarray:
    """How much of each dream is seen."""
    return (mixed(STILL, DETAILS, angle, strength) - STILL)[0, 0]


def test_without_strength_it_is_the_picture() -> None:
    np.testing.assert_array_equal(mixed(STILL, DETAILS, 1.0, 0.0), STILL)


def test_each_dream_has_its_turn_and_all_together_stay_as_strong() -> None:
    around = np.array([shares(tau * n / 30) for n in range(30)])
    assert list(around.argmax(axis=0)) == [0, 10, 20]
    np.testing.assert_allclose(around.sum(axis=1), around[0].sum(), rtol=1e-4)
    np.testing.assert_allclose(shares(tau), shares(0), atol=1e-6)
    np.testing.assert_allclose(shares(1.0, 0.5), shares(1.0) / 2, atol=1e-6)


def test_it_stays_within_black_and_white() -> None:
    picture = mixed(STILL, [9 * detail for detail in DETAILS], 0.0, 9.0)
    assert picture.max() == 1.0
    assert mixed(STILL, [-9 * detail for detail in DETAILS], 0.0, 9.0).min() == 0.0
