"""The functions of expressions that need more than one moment. They work on the clock's grid.

The whole sound is analysed before the film begins, so `smooth` can look ahead and adds no delay.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dreamvid.timeline.clock import AROUND, GRID, Values


class Shaper(NamedTuple):
    """A function (values on the grid, numbers) → values on the grid, and its least and largest number of numbers."""

    call: Callable[..., Values]
    least: int
    most: int


def smooth(x: Values, attack: float, release: float = -1.0) -> Values:
    """Smooths x by exponential filters, forwards and then backwards in time, so that it is not delayed.

    Args:
        attack: the time constant of rises, in seconds.
        release: the time constant of falls, in seconds; negative: that of rises.
    """
    release = attack if release < 0 else release
    there = _followed(x, attack, release)
    return _followed(there[::-1], release, attack)[::-1]  # backwards, a fall is a rise


def _followed(x: Values, attack: float, release: float) -> Values:
    """An exponential filter with different time constants for rises and falls."""
    up, down = (1 - np.exp(-1 / max(GRID * seconds, 1e-9)) for seconds in (attack, release))
    rise, fall = float(up), float(down)
    found, last = [], float(x[0])
    for value in x.tolist():
        last += (value - last) * (rise if value > last else fall)
        found.append(last)
    return np.array(found)


def hold(x: Values, seconds: float) -> Values:
    """The maximum of x over the last `seconds`, so each peak is held that long."""
    left = round(max(0.0, min(seconds, len(x) / GRID)) * GRID)
    found, reach = x.copy(), 0
    while reach < left:  # each round doubles the window
        step = min(reach + 1, left - reach)
        found[step:] = np.maximum(found[step:], found[:-step])
        reach += step
    return found


def cumulate(x: Values) -> Values:
    """The integral of x over time since the start of the film, such as an angle from a speed."""
    sums = np.concatenate([[0], np.cumsum((x[1:] + x[:-1]) / 2) / GRID])
    return sums - sums[round(AROUND * GRID)]


SHAPERS = {"smooth": Shaper(smooth, 1, 2), "hold": Shaper(hold, 1, 1), "cumulate": Shaper(cumulate, 0, 0)}
"""Name → shaper."""
