"""The functions of expressions. All work on float64 arrays.

Shapers need more than one moment, so they work on the clock's grid. The whole sound is analysed before the film begins,
so `smooth` can look ahead and adds no delay.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dreamvid.timeline.clock import AROUND, GRID, Values


class Function(NamedTuple):
    """A function, and its least and largest number of arguments."""

    call: Callable[..., Values]
    least: int
    most: int


def noise(x: Values, seed: Values | float = 0.0) -> Values:
    """Smooth noise from -1 to 1: random values at whole numbers, with smooth interpolation between them.

    Args:
        x: position; a new random value comes at each whole number.
        seed: selects the noise; it is rounded to a whole number.
    """
    floor = np.floor(x)
    share = x - floor
    share = share**3 * (share * (share * 6 - 15) + 10)  # Perlin, "Improving Noise", 2002
    return (1 - share) * _at(floor, seed) + share * _at(floor + 1, seed)


def _at(place: Values, seed: Values | float) -> Values:
    """A random value from -1 to 1 for each whole number, by the finaliser of SplitMix64 (Steele et al., 2014)."""
    with np.errstate(over="ignore", invalid="ignore"):
        bits = np.nan_to_num(place, posinf=0, neginf=0).clip(-1e15, 1e15).astype(np.int64).view(np.uint64)
        mixed = np.nan_to_num(np.asarray(seed, np.float64), posinf=0, neginf=0).clip(-1e15, 1e15).round()
        bits = bits + mixed.astype(np.int64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        bits = bits + np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits = bits ^ (bits >> np.uint64(31))
    return np.where(np.isfinite(place), bits.astype(np.float64) / 2.0**63 - 1, np.nan)


def saw(x: Values) -> Values:
    """Sawtooth: rises from 0 to 1 in each unit of x, then jumps back to 0."""
    return x - np.floor(x)


def tri(x: Values) -> Values:
    """Triangle: rises from 0 to 1 and falls back in each unit of x."""
    return 1 - np.abs(2 * saw(x) - 1)


def square(x: Values) -> Values:
    """1 in the first half of each unit of x, 0 in the second half."""
    return np.where(saw(x) < 0.5, 1.0, 0.0)


def smoothstep(low: Values, high: Values, x: Values) -> Values:
    """0 below `low`, 1 above `high`, and a smooth transition between."""
    share = np.clip((x - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def mix(one: Values, other: Values, share: Values) -> Values:
    """Linear interpolation: `one` at share 0, `other` at share 1."""
    return one + (other - one) * share


def gate(x: Values, level: Values) -> Values:
    """x where it is at least `level`, else 0."""
    return np.where(x >= level, x, 0.0)


def every(x: Values, count: Values | float = 1.0) -> Values:
    """A pulse that falls from 1 to 0 within one unit of x, at each multiple of `count`: `every(beat, 4)`."""
    return np.square(np.maximum(0, 1 - np.mod(x, count)))


def _least(*values: Values) -> Values:
    least = values[0]
    for value in values[1:]:
        least = np.minimum(least, value)
    return least


def _most(*values: Values) -> Values:
    return -_least(*(-value for value in values))


FUNCTIONS: dict[str, Function] = {
    "sin": Function(np.sin, 1, 1), "cos": Function(np.cos, 1, 1), "exp": Function(np.exp, 1, 1),
    "log": Function(np.log, 1, 1), "sqrt": Function(np.sqrt, 1, 1), "floor": Function(np.floor, 1, 1),
    "abs": Function(np.abs, 1, 1), "min": Function(_least, 2, 8), "max": Function(_most, 2, 8),
    "clamp": Function(lambda x, low, high: np.minimum(np.maximum(x, low), high), 3, 3), "mix": Function(mix, 3, 3),
    "step": Function(lambda edge, x: np.where(x >= edge, 1.0, 0.0), 2, 2), "smoothstep": Function(smoothstep, 3, 3),
    "mod": Function(np.mod, 2, 2), "pow": Function(np.power, 2, 2), "tri": Function(tri, 1, 1),
    "saw": Function(saw, 1, 1), "square": Function(square, 1, 1), "noise": Function(noise, 1, 2),
    "gate": Function(gate, 2, 2), "every": Function(every, 1, 2),
}
"""Name → function."""


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
