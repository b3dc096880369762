"""Easings: how a curve goes from one keyframe to the next."""

from collections.abc import Callable, Sequence

import numpy as np

from dreamvid.timeline.clock import Values

EASINGS: dict[str, Callable[[Values], Values]] = {
    "linear": lambda share: share,
    "hold": lambda share: np.where(share < 1, 0.0, 1.0),
    "ease": lambda share: share * share * (3 - 2 * share),
    "ease-in": lambda share: share * share,
    "ease-out": lambda share: share * (2 - share),
}
"""Name → easing: (share of the time, 0 to 1) → share of the way. `cubic` also needs the neighbours; see `monotone`."""

CUBIC = "cubic"
NAMES = (*EASINGS, CUBIC)


def monotone(share: Values, values: Sequence[Values], times: Sequence[float]) -> Values:
    """A monotone cubic curve between two keyframes, which does not overshoot (Fritsch and Carlson, 1980).

    The slope at a keyframe is the harmonic mean of the slopes on both sides; it is 0 if they have opposite signs.

    Args:
        share: of the time between the two, from 0 to 1.
        values: of four keyframes: the one before, the two, and the one after. At an end the last one is repeated.
        times: of these four keyframes, in seconds.
    """
    rises = [_slope(values[n], values[n + 1], times[n + 1] - times[n]) for n in range(3)]
    slopes = [_harmonic(rises[0], rises[1]), _harmonic(rises[1], rises[2])]
    length, rest = times[2] - times[1], 1 - share
    return (values[1] * (1 + 2 * share) * rest**2 + values[2] * share**2 * (3 - 2 * share)
            + length * (slopes[0] * share * rest**2 - slopes[1] * share**2 * rest))


def _slope(one: Values, other: Values, seconds: float) -> Values:
    return (other - one) / seconds if seconds > 0 else np.zeros_like(other)


def _harmonic(one: Values, other: Values) -> Values:
    product = one * other
    total = np.where(product > 0, one + other, 1.0)
    return np.where(product > 0, 2 * product / total, 0.0)
