"""Frame times → one exact, constant rate, and the stored frame that each frame of a film shows."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from statistics import median
from typing import TypeVar

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
    """Whether every time fits the rate, to the precision of files and less than a third of a frame."""
    return _are_at(times, range(len(times)), rate)


def has_holes(times: Sequence[Fraction], rate: Fraction) -> bool:
    """Whether every time fits the rate, but some frames are missing."""
    places = [round((time - times[0]) * rate) for time in times]
    return places[-1:] > [len(times) - 1] and _are_at(times, places, rate)


def _are_at(times: Sequence[Fraction], places: Sequence[int], rate: Fraction) -> bool:
    slack = min(_SLACK, Fraction(3, 10) / rate)
    return all(abs(time - times[0] - place / rate) <= slack for place, time in zip(places, times, strict=True))


def usual(rate: Fraction) -> Fraction:
    """The nearest usual frame rate, such as 30000/1001; if none is near, the rate itself."""
    whole = Fraction(round(rate))
    candidates = [whole, whole * 1000 / 1001, Fraction(round(rate * 2), 2)]
    nearest = min(candidates, key=lambda candidate: abs(candidate - rate))
    return nearest if abs(nearest - rate) <= rate / 2000 else rate.limit_denominator(1001)


def _bounded(rate: Fraction) -> Fraction:
    return min(max(rate, _LOWEST), _HIGHEST)


T = TypeVar("T")

TOLERANCE = 2
"""How far two stamps of the same frame may be apart, in microseconds: both were rounded."""


def frames_shown(times: Sequence[Fraction], fps: Fraction, total: int) -> list[int]:
    """The numbers of the stored frames that a film of constant rate shows.

    Each stored frame belongs to the nearest place. A place shows the last stored frame that belongs to it or to one
    before.

    Args:
        times: of the stored frames, in seconds, in order.
        fps: of the film.
        total: how many frames the film has.
    """
    places = [floor(time * fps + Fraction(1, 2)) for time in times] or [0]
    shown, number = [], 0
    for place in range(places[0], places[0] + total):
        while number + 1 < len(places) and places[number + 1] <= place:
            number += 1
        shown.append(number)
    return shown


def stamps_of(times: Sequence[Fraction]) -> list[int]:
    """Times in seconds as whole microseconds."""
    return [(2_000_000 * time.numerator + time.denominator) // (2 * time.denominator) for time in times]


def are_distinct(stamps: Sequence[int]) -> bool:
    """Whether a stamp belongs to one frame only."""
    return all(after - before > 2 * TOLERANCE for before, after in pairwise(stamps))


def number_at(stamps: Sequence[int], stamp: int) -> int:
    """The number of the last frame that is shown at this stamp or before; -1 if no frame is."""
    return bisect_right(stamps, stamp + TOLERANCE) - 1


def in_place(decoded: Iterator[tuple[int, T]], wanted: Sequence[int], *, whole: bool) -> Iterator[tuple[int, T]]:
    """For each wanted number, the frame of that number, or else the one before it, or else the first one.

    Args:
        decoded: frames and their numbers, in order; some may be missing.
        wanted: numbers in order; one may be wanted several times.
        whole: whether the last frame stands in for all that are missing after it.

    Yields:
        A frame and its own number.
    """
    shown, after = next(decoded, None), None
    for number in wanted:
        while shown is not None and shown[0] < number:
            after = after or next(decoded, None)
            if after is None and not whole:
                return
            if after is None or after[0] > number:
                break
            shown, after = after, None
        if shown is None:
            return
        yield shown
