"""What curves are evaluated on: a film's time, its tempo, and the series of its sound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

BEATS_A_BAR = 4

GRID = 240
"""Values a second of what needs more than one moment, such as `smooth`. Frames of 24, 30 and 60 a second lie on it."""
AROUND = 2.0
"""Seconds before and after the film that the grid has too."""

SERIES = ("loud", "bass", "mid", "treble", "onset", "beat_pulse", "percussive")
"""The names of the series of a sound. `beat_pulse` needs a tempo only."""


@dataclass(frozen=True, eq=False)
class Tempo:
    """Where the beats are.

    Attributes:
        beats: their times in the film, in seconds, rising; at least two. Further ones follow at the mean distance.
        said: whether a person said the tempo; else it was estimated.
    """

    beats: Values
    said: bool = False

    @classmethod
    def steady(cls, bpm: float, first: float) -> "Tempo":
        """The tempo that a person says: beats a minute, and the time of a beat in seconds."""
        return cls(first + np.arange(2) * 60 / bpm, said=True)

    @cached_property
    def period(self) -> float:
        """Seconds from a beat to the next: the mean."""
        return float((self.beats[-1] - self.beats[0]) / (len(self.beats) - 1))

    @property
    def bpm(self) -> float:
        """Beats a minute."""
        return 60 / self.period

    def at(self, times: Values) -> Values:
        """How many beats have passed at these times, with fractions, from 0 at the first; below 0 before it."""
        beats, count = self.beats, len(self.beats)
        inside = np.interp(times, beats, np.arange(count, dtype=np.float64))
        inside = np.where(times < beats[0], (times - beats[0]) / self.period, inside)
        return np.where(times > beats[-1], count - 1 + (times - beats[-1]) / self.period, inside)

    def time(self, beat: float) -> float:
        """When a beat is, by its number from 0, with fractions."""
        last = len(self.beats) - 1
        if beat > last:
            return float(self.beats[-1] + (beat - last) * self.period)
        return float(np.interp(beat, np.arange(last + 1), self.beats))


def no_beats(clock: "Clock") -> str:
    """Why there is no tempo, and what to do, as the end of a sentence."""
    return ("needs beats, and none are found in the sound; give --bpm" if clock.series else
            "needs a sound or a tempo; give --audio or --bpm")


@dataclass(frozen=True, eq=False)
class Clock:
    """A film's time.

    Attributes:
        fps: frames a second.
        duration: of the film, in seconds.
        tempo: its beats; None if nothing says where they are.
        series: name → (times in seconds) → values from 0 to 1; empty for a film without sound.
        band: (low, high in hertz) → such a series; None for a film without sound.
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
