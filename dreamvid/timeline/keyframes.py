"""Keyframes: `0s: 1.2; 4s: 1.8 ease; 16b: 2 hold`. The word after a value is its easing.

It says how the curve goes there from the keyframe before.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from dreamvid.timeline.clock import BEATS_A_BAR, Clock, CurveError, Values, no_beats

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


T = TypeVar("T")

UNITS = {"s": "seconds", "f": "frames", "b": "beats", "m": "bars", "%": "percent"}
MOST = 2000
"""The most keyframes of a curve."""

_TIME = re.compile(r"(?:([0-9]{1,5})h)?(?:([0-9]{1,5})m(?=[0-9]))?([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})([sfbm%])")
_BARE = re.compile(r"[0-9.]+")
_BEGINS = re.compile(r"\s*[0-9.][0-9.hms]*[sfbm%]\s*:")


class Time(NamedTuple):
    """The time of a keyframe: an amount and a unit, such as 4 `s` or 16 `b`."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.amount:f}{self.unit}"

    def seconds(self, clock: Clock) -> float:
        """The time in seconds. For beats and bars the clock must have a tempo."""
        amount = float(self.amount)
        if self.unit == "f":
            return float(amount * clock.fps.denominator / clock.fps.numerator)
        if self.unit == "%":
            return amount / 100 * float(clock.duration)
        if self.unit in "bm":
            assert clock.tempo is not None
            return clock.tempo.time(amount * (BEATS_A_BAR if self.unit == "m" else 1))
        return amount


@dataclass(frozen=True)
class Key(Generic[T]):
    """One keyframe.

    Attributes:
        time, value: its time and value.
        easing: how the curve reaches it; one of `NAMES`.
        place: start and end of its time in the text.
    """

    time: Time
    value: T
    easing: str = "linear"
    place: tuple[int, int] = field(default=(0, 0), compare=False)

    def __str__(self) -> str:
        return f"{self.time}: {self.value}" + ("" if self.easing == "linear" else f" {self.easing}")


@dataclass(frozen=True)
class Keyframes(Generic[T]):
    """Keyframes in the order of the text, and the text that they were parsed from."""

    keys: tuple[Key[T], ...]
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return "; ".join(map(str, self.keys))

    def seconds(self, clock: Clock) -> list[float]:
        """The time of each keyframe, in seconds.

        Raises:
            CurveError: a time is repeated, out of order, after the film's end, or in beats without a tempo.
        """
        found: list[float] = []
        for key in self.keys:
            if key.time.unit in "bm" and clock.tempo is None:
                raise self._error(key, f"a time in {UNITS[key.time.unit]} {no_beats(clock)}")
            seconds = key.time.seconds(clock)
            if found and seconds <= found[-1]:
                raise self._error(key, "this time is there twice" if seconds == found[-1] else
                                  "this time comes before the one in front of it")
            if seconds > float(clock.duration) + 1e-9:
                raise self._error(key, f"this time is after the film's end, which is at {float(clock.duration):g}s")
            found.append(seconds)
        return found

    def _error(self, key: Key[T], problem: str) -> CurveError:
        return CurveError(problem, self.text or str(self), *(key.place if self.text else (0, 0)))


def are_keyframes(text: str) -> bool:
    """Whether a text is meant as keyframes: it has a semicolon, or begins with a time, its unit and a colon."""
    return ";" in text or _BEGINS.match(text) is not None


def parse_keyframes(text: str, value: Callable[[str, str, int], T]) -> Keyframes[T]:
    """Parses keyframes.

    Args:
        value: parses a value: (its text, the whole text, its offset there) → value. It may raise CurveError.

    Raises:
        CurveError: a time without a unit, a missing colon, no value, or too many keyframes. The place is marked.
    """
    keys = [_key(text, start, stop, value) for start, stop in _parts(text)]
    if len(keys) > MOST:
        raise CurveError(f"a curve may have {MOST} keyframes, and this has {len(keys):,}", text)
    if not keys:
        raise CurveError("there is no keyframe", text, 0, len(text))
    return Keyframes(tuple(keys), text)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each part between semicolons; an empty last part is left out."""
    start, parts = 0, text.split(";")
    for part in parts if parts[-1].strip() else parts[:-1]:
        yield start, start + len(part)
        start += len(part) + 1


def _key(text: str, start: int, stop: int, value: Callable[[str, str, int], T]) -> Key[T]:
    part = text[start:stop]
    time, colon, rest = part.partition(":")
    begin = start + len(time) - len(time.lstrip())
    end = max(begin + 1, start + len(time.rstrip()))
    if not colon:
        raise CurveError("a keyframe is a time, a colon and a value, such as 4s: 1.8", text, begin, max(end, stop))
    found = _TIME.fullmatch(time.strip())
    if found is None:
        if _BARE.fullmatch(time.strip()):
            units = ", ".join(f"{unit} for {name}" for unit, name in UNITS.items())
            raise CurveError(f"a time needs its unit, 0 too ({units})", text, begin, end)
        raise CurveError("this is not a time; times are written as 4s, 1m20s, 30f, 16b, 4m or 50%", text, begin, end)
    content, easing = _easing(rest)
    offset = start + len(time) + 1
    if not content.strip():
        raise CurveError("a keyframe has no value", text, begin, end)
    return Key(_time(found, text, begin, end), value(content, text, offset), easing, (begin, end))


def _time(found: re.Match[str], text: str, begin: int, end: int) -> Time:
    hours, minutes, amount, unit = found.groups()
    if (hours or minutes) and unit != "s":
        raise CurveError("hours and minutes go with seconds, as in 1m20s", text, begin, end)
    total = Decimal(amount) + 60 * Decimal(minutes or 0) + 3600 * Decimal(hours or 0)
    return Time(total.normalize() + 0 if total else Decimal(0), unit)


def _easing(content: str) -> tuple[str, str]:
    """Splits a value from the easing after it; the default is linear."""
    words = content.split()
    if words and words[-1] in NAMES:
        return content.rstrip()[: -len(words[-1])], words[-1]
    return content, "linear"


def interpolated(keys: Sequence[Key[Any]], seconds: Sequence[float], values: Sequence[Values], times: Values) -> Values:
    """The curve through keyframes. It is constant before the first and after the last.

    Args:
        keys: the keyframes; only their easings are used.
        seconds: the time of each keyframe.
        values: for each keyframe its value at every time, shape (times,), since a value may change over time.
        times: the times at which to evaluate, in seconds.
    """
    found = np.array(np.broadcast_to(values[0], times.shape), np.float64)
    last = len(keys) - 1
    for n in range(last):
        inside = (times > seconds[n]) & (times <= seconds[n + 1])
        share = (times[inside] - seconds[n]) / (seconds[n + 1] - seconds[n])
        around = [np.broadcast_to(values[m], times.shape)[inside] for m in (max(n - 1, 0), n, n + 1, min(n + 2, last))]
        if keys[n + 1].easing == CUBIC:
            moments = [seconds[m] for m in (max(n - 1, 0), n, n + 1, min(n + 2, last))]
            between = monotone(share, around, moments)
        else:
            way = EASINGS[keys[n + 1].easing](share)
            between = (1 - way) * around[1] + way * around[2]
        found[inside] = np.where(around[1] == around[2], around[1], between)
    after = times > seconds[-1]
    found[after] = np.broadcast_to(values[-1], times.shape)[after]
    return found
