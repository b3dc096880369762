"""Layers that fade into each other, each with its share of the strength."""

from fractions import Fraction

import numpy as np

from dreamvid import DreamSettings
from dreamvid.films.curves import weights_over
from dreamvid.films.fades import fade_of
from dreamvid.timeline.clock import Clock


def test_what_fades_in_keeps_its_share_of_the_strength() -> None:
    fade = fade_of(DreamSettings(layers="0s: block4; 2s: block8:3,block10; 3s: block4"))
    assert fade is not None
    assert fade.names() == ["block4", "block8", "block10"]
    clock = Clock(Fraction(30), Fraction(4))
    times = clock.frame_times(120)
    shares, weights = fade.shares(times, clock), fade.weights(times, clock)
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    levels = {4.0: 100.0}  # block4 alone comes to 100, the others together to 2
    found = weights_over(shares, weights, np.eye(3), lambda each: levels.get(4 * each[0], 2.0))
    np.testing.assert_allclose(found["weights"][[0, 60, 90]], [[1, 0, 0], [0, 3, 1], [1, 0, 0]], atol=1e-12)
    middle = found["weights"][30]
    np.testing.assert_allclose(middle[0] * 100, middle[1] / 3 * 2, rtol=1e-9)  # both as strong as the other
    np.testing.assert_allclose(found["aim"][[0, 30, 60]], [1, 0.51, 0.02])


def test_weights_are_curves() -> None:
    fade = fade_of(DreamSettings(layers="block4:min(1, t),block8"))
    assert fade is not None
    clock = Clock(Fraction(30), Fraction(4))
    np.testing.assert_allclose(fade.weights(np.array([0.0, 0.5, 2.0]), clock)[0], [[0, 0.5, 1], [1, 1, 1]])
    for text in ("block4", "block4:0.5,block8", "block4:-1"):
        assert fade_of(DreamSettings(layers=text)) is None
    assert fade_of(DreamSettings(layers="block4", channels="0:0.5")) is None, "channel 0 by half, and no time"
