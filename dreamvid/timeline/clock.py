"""The inputs of curves: a film's time, its tempo, and the series of its sound; and the error of a curve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

BEATS_A_BAR = 4

GRID = 240
"""Samples a second for functions that need more than one moment, such as `smooth`: a multiple of 24, 30 and 60."""
AROUND = 2.0
"""Seconds before and after the film that the grid also covers."""

SERIES = ("loud", "bass", "mid", "treble", "onset", "beat_pulse", "percussive")
"""The names of the series of a sound. `beat_pulse` needs a tempo only."""


@dataclass(frozen=True, eq=False)
class Tempo:
    """The beats of a film.

    Attributes:
        beats: their times in the film, in seconds, increasing; at least two. Before and after them, beats continue at
            the mean distance.
    """

    beats: Values

    @classmethod
    def steady(cls, bpm: float, first: float) -> "Tempo":
        """A tempo given by the user: beats a minute, and the time of the first beat in seconds."""
        return cls(first + np.arange(2) * 60 / bpm)

    @cached_property
    def period(self) -> float:
        """The mean time from a beat to the next, in seconds."""
        return float((self.beats[-1] - self.beats[0]) / (len(self.beats) - 1))

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return 60 / self.period

    def at(self, times: Values) -> Values:
        """The fractional number of beats since the first one, at these times; negative before it."""
        beats, count = self.beats, len(self.beats)
        inside = np.interp(times, beats, np.arange(count, dtype=np.float64))
        inside = np.where(times < beats[0], (times - beats[0]) / self.period, inside)
        return np.where(times > beats[-1], count - 1 + (times - beats[-1]) / self.period, inside)

    def time(self, beat: float) -> float:
        """The time in seconds of a beat, by its number from 0, which may be a fraction."""
        last = len(self.beats) - 1
        if beat > last:
            return float(self.beats[-1] + (beat - last) * self.period)
        return float(np.interp(beat, np.arange(last + 1), self.beats))


def no_beats(clock: "Clock") -> str:
    """The end of an error message: why there is no tempo, and what to do."""
    return ("needs beats, and none are found in the sound; give --bpm" if clock.series else
            "needs a sound or a tempo; give --audio or --bpm")


@dataclass(frozen=True, eq=False)
class Clock:
    """A film's time.

    Attributes:
        fps: frames a second.
        duration: the film's length in seconds.
        tempo: its beats; None if they are unknown.
        series: name → function of times in seconds that returns values from 0 to 1; empty for a film without sound.
        band: (low, high in hertz) → such a function; None for a film without sound.
    """

    fps: Fraction
    duration: Fraction
    tempo: Tempo | None = None
    series: Mapping[str, Callable[[Values], Values]] = field(default_factory=dict)
    band: Callable[[float, float], Callable[[Values], Values]] | None = None

    @cached_property
    def grid(self) -> Values:
        """The times of the grid, in seconds."""
        first, last = round(-AROUND * GRID), round((float(self.duration) + AROUND) * GRID)
        return np.arange(first, last + 1) / GRID

    def frame_times(self, frames: int) -> Values:
        """When each frame is shown, in seconds."""
        return np.arange(frames) * self.fps.denominator / self.fps.numerator


SHOWN = 24
"""How many characters of the text are shown on each side of the wrong part."""


class CurveError(ValueError):
    """A text is not a valid curve, or the curve cannot be used here.

    Args:
        problem: what is wrong, as part of a sentence.
        text: the whole text of the curve.
        start, stop: the wrong part of the text.
    """

    def __init__(self, problem: str, text: str, start: int = 0, stop: int = 0) -> None:
        where = f"{'' if problem.endswith('?') else ':'} {marked(text, start, stop)}"
        super().__init__(problem + where if stop > start else problem)
        self.problem, self.start, self.stop = problem, start, stop


def marked(text: str, start: int, stop: int) -> str:
    """A text with `>>` and `<<` around a part of it, shortened on both sides.

    Args:
        start, stop: the characters of that part.
    """
    before, part, after = text[:start], text[start:stop], text[stop:]
    before = before if len(before) <= SHOWN else f"…{before[-SHOWN:]}"
    after = after if len(after) <= SHOWN else f"{after[:SHOWN]}…"
    part = part if len(part) <= 2 * SHOWN else f"{part[:SHOWN]}…{part[-SHOWN:]}"
    return f"{before}>>{part}<<{after}"
