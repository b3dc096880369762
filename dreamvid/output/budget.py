"""How large, how fast and how colourful an animation may be to fit a number of bytes. Knows nothing of files."""

from collections.abc import Callable
from math import exp, log
from typing import NamedTuple

CLOSE = 0.95
"""A film that fits is close enough when it uses this share of what is allowed."""

_SMALLEST = 64  # pixels; less shows nothing
_ENCODES = 14
_LIVELY = 0.6  # share of the size below which half the frames are given up sooner than more pixels


class Plan(NamedTuple):
    """How an animation is encoded: its longer side in pixels, every how manyth frame is kept, how many colours."""

    long_side: int
    thinning: int = 1
    colours: int = 256


def best_plan(
    bytes_of: Callable[[Plan], int], long_side: int, thinnings: tuple[int, ...], limit: int
) -> Plan | None:
    """The plan that fills the limit to at least `CLOSE`, or the whole size where that fits; None if nothing fits.

    The last plan that was tried is the one returned, so what `bytes_of` made last is the result; with None it is the
    smallest there is.

    Args:
        bytes_of: encodes by a plan and returns the size.
        long_side: of the whole size.
        thinnings: which may be used, from 1 on.
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
    """Interpolates the side between one that is too large and one that fits: bytes go with a power of the side."""
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
    """The side at which a power law through both (side, bytes) meets the aim; strictly between them where it can be."""
    power = 2.0
    if below[1] > 0 and above[1] > below[1]:
        power = log(above[1] / below[1]) / log(above[0] / below[0])
    side = round(above[0] * exp(log(aim / above[1]) / power))
    return int(min(max(side, below[0] + (1 if below[1] > 0 else 0)), above[0] - 1))
