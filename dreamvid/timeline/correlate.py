"""Measures how late one series follows another."""

from typing import NamedTuple

import numpy as np

from dreamvid.timeline.clock import Values

LONGEST = 0.5
"""The longest lag that is tried, in both directions, in seconds."""
_AS_GOOD = 0.95  # a beat correlates with the previous one nearly as well; of peaks this high, the nearest to 0 is used
_SLOW = 2.0  # seconds; slower changes are removed, since they do not follow beats


class Answer(NamedTuple):
    """The lag of a series behind another, in frames, and their correlation at that lag."""

    lag: int
    r: float


def answer(series: Values, cause: Values, fps: float) -> Answer:
    """The lag with the strongest correlation, positive or negative, between a series and its cause.

    Args:
        series, cause: values at each frame. Changes slower than two seconds are removed from both.
        fps: frames a second.
    """
    if len(series) < 4:
        return Answer(0, 0.0)
    one, other = (_quick(values, fps) for values in (series, cause))
    most = min(round(LONGEST * fps), len(one) // 4)
    lags = range(-most, most + 1)
    found = np.array([_correlation(one, other, lag) for lag in lags])
    around = np.pad(np.abs(found), 1)
    peaks = (around[1:-1] >= np.maximum(around[:-2], around[2:])) & (around[1:-1] >= _AS_GOOD * around.max())
    best = min(np.flatnonzero(peaks).tolist(), key=lambda n: abs(lags[n]))
    return Answer(lags[best], float(found[best]))


def _quick(values: Values, fps: float) -> Values:
    """Values minus their moving average over two seconds."""
    size = max(3, round(_SLOW * fps)) | 1
    padded = np.pad(np.asarray(values, np.float64), size // 2, "reflect" if len(values) > size // 2 else "edge")
    return values - np.convolve(padded, np.full(size, 1 / size), "valid")


def _correlation(one: Values, other: Values, lag: int) -> float:
    late, early = (one[lag:], other[:len(other) - lag]) if lag >= 0 else (one[:lag], other[-lag:])
    spread = float(late.std() * early.std())
    return 0.0 if spread < 1e-12 else round(float(np.mean((late - late.mean()) * (early - early.mean())) / spread), 4)
