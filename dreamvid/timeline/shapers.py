"""Functions of expressions that look at more than one moment. They work on the clock's grid.

All was analysed before the film, so `smooth` may look ahead: what it gives is not late.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dreamvid.timeline.clock import AROUND, GRID, Values


class Shaper(NamedTuple):
    """(values on the grid, numbers) → values on the grid; and how many numbers it takes: least, most."""

    call: Callable[..., Values]
    least: int
    most: int


def smooth(x: Values, attack: float, release: float = -1.0) -> Values:
    """x, followed from both sides in time, so that it is not late.

    Args:
        attack: seconds in which a rise is followed; the time constant.
        release: the same of a fall; without it that of the attack.
    """
    release = attack if release < 0 else release
    there = _followed(x, attack, release)
    return _followed(there[::-1], release, attack)[::-1]  # a fall is a rise from the other side


def _followed(x: Values, attack: float, release: float) -> Values:
    """Each value drawn towards that of x, faster or slower upwards than downwards."""
    up, down = (1 - np.exp(-1 / max(GRID * seconds, 1e-9)) for seconds in (attack, release))
    rise, fall = float(up), float(down)
    found, last = [], float(x[0])
    for value in x.tolist():
        last += (value - last) * (rise if value > last else fall)
        found.append(last)
    return np.array(found)


def hold(x: Values, seconds: float) -> Values:
    """The largest value of x in the last so many seconds: each peak stays so long."""
    left = round(max(0.0, min(seconds, len(x) / GRID)) * GRID)
    found, reach = x.copy(), 0
    while reach < left:  # each turn doubles how far back is seen
        step = min(reach + 1, left - reach)
        found[step:] = np.maximum(found[step:], found[:-step])
        reach += step
    return found


def cumulate(x: Values) -> Values:
    """The sum of x over the seconds from the film's beginning: an angle from a speed."""
    sums = np.concatenate([[0], np.cumsum((x[1:] + x[:-1]) / 2) / GRID])
    return sums - sums[round(AROUND * GRID)]


SHAPERS = {"smooth": Shaper(smooth, 1, 2), "hold": Shaper(hold, 1, 1), "cumulate": Shaper(cumulate, 0, 0)}
"""Name → shaper. `delay` needs no grid, and `gate` and `every` no more than one moment."""
