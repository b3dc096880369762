"""Tempo and beats, after Ellis, "Beat Tracking by Dynamic Programming" (2007).

The tempo is the lag with the highest autocorrelation of onset strength, weighted towards usual tempos. The beats are
then the path with the strongest onsets and the most even steps.
"""

from typing import NamedTuple

import numpy as np

from dreamvid.timeline.clock import Tempo, Values
from dreamvid.timeline.sound import EARLY, HOPS, SoundAnalysis

SLOWEST, FASTEST = 40.0, 240.0
"""The range of tempos, in beats a minute."""
USUAL, WIDTH = 120.0, 1.0
"""The prior over tempos: its centre in beats a minute, and its standard deviation in octaves."""
TIGHT = 100.0
"""The cost of an uneven step, relative to onset strength."""


class Estimate(NamedTuple):
    """An estimated tempo in beats a minute, and the likely alternative, half or double of it."""

    bpm: float
    other: float


def beats_of(sound: SoundAnalysis) -> Tempo | None:
    """The beats of a sound; None if none are found, as in silence."""
    found = estimate(sound)
    if found is None:
        return None
    beats = tracked(_accents(sound), HOPS * 60 / found.bpm)
    return Tempo(beats / HOPS + EARLY) if len(beats) > 1 else None


def estimate(sound: SoundAnalysis) -> Estimate | None:
    """The tempo of a sound; None if nothing repeats."""
    strength = sound.strength
    lags = np.arange(round(HOPS * 60 / FASTEST), round(HOPS * 60 / SLOWEST) + 1)
    if len(strength) < 2 * lags[0] or strength.max() <= 0:
        return None
    alike = _alike(strength, 4 * lags[-1] + 4)
    scores = _score(alike, lags)
    weights = np.exp(-0.5 * np.square(np.log2(HOPS * 60 / lags / USUAL) / WIDTH))
    best = int(np.argmax(scores * weights))
    if scores[best] <= 0:
        return None
    bpm = _octave(_softened(_accents(sound)), HOPS * 60 / _refined(alike, lags[best]))
    return Estimate(bpm, bpm / 2 if bpm > 2 * SLOWEST + 20 else 2 * bpm)


EVEN = 0.6
"""If the onsets halfway between beats are at least this strong, relative to those on the beats, the tempo is doubled.
If they are weaker than this at half the tempo, it is halved."""


def _accents(sound: SoundAnalysis) -> Values:
    """Onset strength weighted by loudness, so that a soft hi-hat counts less than a drum."""
    loud = sound.loud
    later = np.maximum.reduce([loud[min(step, len(loud) - 1):].tolist() + [0.0] * min(step, len(loud) - 1)
                               for step in range(4)])
    return sound.strength * np.sqrt(later)


def _octave(local: Values, bpm: float) -> float:
    """The tempo, doubled or halved according to `EVEN`."""
    if 2 * bpm <= FASTEST and _between(local, bpm) >= EVEN:
        return 2 * bpm
    return bpm / 2 if bpm / 2 >= SLOWEST and _between(local, bpm / 2) < EVEN else bpm


def _between(local: Values, bpm: float) -> float:
    """The mean strength halfway between beats, divided by that on the beats."""
    period = HOPS * 60 / bpm
    first = _phase(local, period)
    return _mean_at(local, (first + period / 2) % period, period) / max(_mean_at(local, first, period), 1e-12)


def _phase(local: Values, period: float) -> float:
    """The offset, in steps, at which evenly spaced beats have the highest mean strength."""
    offsets = np.arange(0, period, 0.5)
    return float(offsets[int(np.argmax([_mean_at(local, offset, period) for offset in offsets]))])


def _mean_at(local: Values, first: float, period: float) -> float:
    return float(np.interp(np.arange(first, len(local), period), np.arange(len(local)), local).mean())


def _alike(strength: Values, most: int) -> Values:
    """The autocorrelation of centred onset strength for lags below `most`, divided by that of lag 0."""
    centred = _softened(strength / strength.std())
    centred = centred - centred.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    found = np.fft.irfft(np.square(np.abs(spectrum)), size)[:most]
    found = np.pad(found, (0, max(0, most - len(found))))
    return found / max(found[0], 1e-12)


def _softened(values: Values, width: float = 2.0) -> Values:
    """Values smoothed by a Gaussian with a sigma of `width` steps."""
    reach = np.arange(-round(4 * width), round(4 * width) + 1)
    kernel = np.exp(-0.5 * np.square(reach / width))
    return np.asarray(np.convolve(values, kernel / kernel.sum(), "same"), np.float64) if len(values) else values


def _score(alike: Values, lags: np.ndarray) -> Values:
    """How well each lag explains the onsets: the autocorrelation at 1, 2 and 4 times the lag, weighted."""
    return np.array([max(alike[lag - 1:lag + 2]) + 0.5 * max(alike[2 * lag - 2:2 * lag + 3])
                     + 0.25 * max(alike[4 * lag - 4:4 * lag + 5]) for lag in lags])


def _refined(alike: Values, lag: int) -> float:
    """A lag refined to a fraction of a step, from the peaks near its multiples."""
    period = float(lag)
    for times in (1, 2, 4):
        middle = round(times * period)
        around = alike[middle - times - 1:middle + times + 2]
        if len(around) < 3:
            break
        peak = middle - times - 1 + int(np.argmax(around))
        if 0 < peak < len(alike) - 1:
            period = (peak + _parabola(*alike[peak - 1:peak + 2])) / times
    return period


def _parabola(before: float, at: float, after: float) -> float:
    """The position of a peak relative to its middle sample, from -1/2 to 1/2, by a parabola through three samples."""
    curve = before - 2 * at + after
    return float(np.clip((before - after) / (2 * curve), -0.5, 0.5)) if curve < 0 else 0.0


def tracked(strength: Values, period: float) -> Values:
    """The times of the beats, in fractional steps.

    Args:
        strength: the onset strength at each step.
        period: the approximate number of steps from a beat to the next.
    """
    local = _softened(strength / max(strength.std(), 1e-12), period / 32)
    chain = _chain(*_path(local, period), local)
    loud = local[chain] > 0.5 * np.sqrt(np.mean(np.square(local[chain])))
    if not loud.any():
        return np.zeros(0)
    first, last = np.flatnonzero(loud)[[0, -1]]
    return np.array([_peak(local, at) for at in chain[first:last + 1]])


def _path(local: Values, period: float) -> tuple[Values, np.ndarray]:
    """For each step, the best score of a path that ends there, and the previous beat on that path (-1: none)."""
    steps = np.arange(-round(2 * period), -round(period / 2) + 1)
    costs = -TIGHT * np.square(np.log(-steps / period))
    scores, links = np.array(local, np.float64), np.full(len(local), -1)
    begun = False
    for at in range(len(local)):
        before = at + steps
        known = int(np.searchsorted(before, 0))
        if known < len(steps):
            ways = scores[before[known:]] + costs[known:]
            best = int(np.argmax(ways))
            scores[at] += ways[best]
            links[at] = before[known + best] if begun else -1
        begun = begun or local[at] > 0.01 * local.max()
    return scores, links


def _chain(scores: Values, links: np.ndarray, local: Values) -> np.ndarray:
    """The path traced back from the last good peak of the scores."""
    peaks = np.flatnonzero((scores[1:-1] >= scores[:-2]) & (scores[1:-1] > scores[2:])) + 1
    if not len(peaks):
        return np.array([int(np.argmax(local))])
    good = peaks[scores[peaks] >= 0.5 * np.median(scores[peaks])]
    found = [int(good[-1] if len(good) else peaks[-1])]
    while links[found[-1]] >= 0:
        found.append(int(links[found[-1]]))
    return np.array(found[::-1])


def _peak(local: Values, at: int) -> float:
    """The fractional position of the peak at a step."""
    return at + _parabola(*local[at - 1:at + 2]) if 0 < at < len(local) - 1 else float(at)


def phase_of(sound: SoundAnalysis, bpm: float) -> float:
    """The time of a first beat for a given tempo, in seconds: the one at which most onsets fall on beats.

    Args:
        bpm: beats a minute.
    """
    period = HOPS * 60 / bpm
    if len(sound.strength) < period:
        return 0.0
    return _phase(_softened(sound.strength), period) / HOPS + EARLY
