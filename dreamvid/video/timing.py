"""Frame times → one exact, constant rate."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median

FALLBACK = Fraction(30)
"""Frames per second of pictures, and of a film that has one frame and states no rate."""

_LOWEST, _HIGHEST = Fraction(1), Fraction(240)
# Files state times in milliseconds (Matroska), hundredths (GIF) or finer: a time may be so far from its place.
_SLACK = Fraction(1, 90)


def rate_of(times: Sequence[Fraction], stated: Fraction | None) -> tuple[Fraction, bool]:
    """The frame rate, and whether the frames keep to it; if not, it is the rate they have most of the time.

    Args:
        times: in seconds, in order.
        stated: the rate that the file states; it counts where the times, which may be rounded, agree.
    """
    gaps = [after - before for before, after in pairwise(times) if after > before]
    if not gaps:
        return _bounded(usual(stated or FALLBACK)), True
    mean = len(gaps) / (times[-1] - times[0])
    for rate in dict.fromkeys((usual(stated or mean), usual(mean), mean.limit_denominator(1001))):
        if len(gaps) == len(times) - 1 and _LOWEST <= rate <= _HIGHEST and keeps(times, rate):
            return rate, True
    return _bounded(usual(1 / Fraction(median(gaps)))), False


def keeps(times: Sequence[Fraction], rate: Fraction) -> bool:
    """Whether every time is at its place, to the exactness that files have and less than a third of a frame."""
    slack = min(_SLACK, Fraction(3, 10) / rate)
    return all(abs(time - times[0] - n / rate) <= slack for n, time in enumerate(times))


def usual(rate: Fraction) -> Fraction:
    """The usual rate that this one, measured or rounded, stands for; itself if there is none near."""
    whole = Fraction(round(rate))
    candidates = [whole, whole * 1000 / 1001, Fraction(round(rate * 2), 2)]
    nearest = min(candidates, key=lambda candidate: abs(candidate - rate))
    return nearest if abs(nearest - rate) <= rate / 2000 else rate.limit_denominator(1001)


def _bounded(rate: Fraction) -> Fraction:
    return min(max(rate, _LOWEST), _HIGHEST)
