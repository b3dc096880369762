"""Finds a size, frame rate and number of colours with which an animation fits a number of bytes."""

from collections.abc import Callable
from math import exp, log
from typing import NamedTuple

CLOSE = 0.95
"""The search stops when a film uses at least this share of the limit."""

_SMALLEST = 64  # pixels
_ENCODES = 14
_LIVELY = 0.6  # below this share of the size, frames are dropped rather than more pixels


class Plan(NamedTuple):
    """How an animation is encoded: longer side in pixels, every nth frame to keep, number of colours."""

    long_side: int
    thinning: int = 1
    colours: int = 256


def best_plan(
    bytes_of: Callable[[Plan], int], long_side: int, thinnings: tuple[int, ...], limit: int
) -> Plan | None:
    """The plan that uses at least `CLOSE` of the limit, or the full size if that fits; None if nothing fits.

    The returned plan is always the last one passed to `bytes_of`, so the file that it made last is the result.

    Args:
        bytes_of: encodes with a plan and returns the size in bytes.
        long_side: longer side at full size, in pixels.
        thinnings: the allowed values of `Plan.thinning`, ascending from 1.
        limit: in bytes.
    """
    whole = Plan(long_side)
    count = bytes_of(whole)
    if count <= limit:
        return whole
    scale = (limit / count) ** 0.5
    thinning = next((n for n in thinnings if scale * n**0.5 >= _LIVELY), thinnings[-1])
    colours = 256 if scale * thinning**0.5 >= _LIVELY / 2 else 64
    return _search(bytes_of, Plan(long_side, thinning, colours), count * colours**0.3 / 256**0.3 / thinning, limit)


def _search(bytes_of: Callable[[Plan], int], whole: Plan, guess: float, limit: int) -> Plan | None:
    """Interpolates between a side that is too large and one that fits, assuming bytes ~ side ** power."""
    aim = limit * (1 + CLOSE) / 2
    above = (float(whole.long_side), max(guess, limit * 1.01))
    below = (float(_SMALLEST), 0.0)
    best, last = None, whole
    for _ in range(_ENCODES):
        side = _between(below, above, aim)
        last = whole._replace(long_side=side)
        count = bytes_of(last)
        if count > limit:
            above = (float(side), float(count))
        else:
            best, below = last, (float(side), float(count))
        if CLOSE * limit <= count <= limit or above[0] - below[0] <= 1:
            break
    if best is not None and last != best:
        bytes_of(best)
    return best


def _between(below: tuple[float, float], above: tuple[float, float], aim: float) -> int:
    """The side at which a power law through both (side, bytes) points reaches the aim; between the two if possible."""
    power = 2.0
    if below[1] > 0 and above[1] > below[1]:
        power = log(above[1] / below[1]) / log(above[0] / below[0])
    side = round(above[0] * exp(log(aim / above[1]) / power))
    return int(min(max(side, below[0] + (1 if below[1] > 0 else 0)), above[0] - 1))
