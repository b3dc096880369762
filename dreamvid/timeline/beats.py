"""Tempo and beats, after Ellis, "Beat Tracking by Dynamic Programming" (2007).

The tempo is the lag at which the strength of onsets is most like itself, weighted towards what people tap. The beats
are then the path that is strong at its beats and even between them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dreamvid.timeline.clock import Tempo, Values
from dreamvid.timeline.sound import EARLY, HOPS, Heard

SLOWEST, FASTEST = 40.0, 240.0
"""Beats a minute that are looked for."""
USUAL, WIDTH = 120.0, 1.0
"""The tempo that is likeliest before anything is heard, and how many octaves around it are likely."""
TIGHT = 100.0
"""How much an uneven step costs, by strength."""


class Estimate(NamedTuple):
    """A tempo that was estimated: beats a minute, and the other that people might tap, an octave away."""

    bpm: float
    other: float


def beats_of(heard: Heard) -> Tempo | None:
    """The beats of a sound; None if there are none, as in silence."""
    found = estimate(heard)
    if found is None:
        return None
    beats = tracked(_accents(heard), HOPS * 60 / found.bpm)
    return Tempo(beats / HOPS + EARLY) if len(beats) > 1 else None


def estimate(heard: Heard) -> Estimate | None:
    """The tempo of a sound; None if nothing repeats."""
    strength = heard.strength
    lags = np.arange(round(HOPS * 60 / FASTEST), round(HOPS * 60 / SLOWEST) + 1)
    if len(strength) < 2 * lags[0] or strength.max() <= 0:
        return None
    alike = _alike(strength, 4 * lags[-1] + 4)
    scores = _score(alike, lags)
    weights = np.exp(-0.5 * np.square(np.log2(HOPS * 60 / lags / USUAL) / WIDTH))
    best = int(np.argmax(scores * weights))
    if scores[best] <= 0:
        return None
    bpm = _octave(_softened(_accents(heard)), HOPS * 60 / _refined(alike, lags[best]))
    return Estimate(bpm, bpm / 2 if bpm > 2 * SLOWEST + 20 else 2 * bpm)


EVEN = 0.6
"""A tempo is doubled where what is between its beats is at least so strong, by what is on them; and halved where that
holds at half the tempo no longer. So two beats are not taken for one, and eighths are no beats."""


def _accents(heard: Heard) -> Values:
    """Onsets by how loud what begins there is: a soft hi-hat counts less than a drum."""
    loud = heard.loud
    later = np.maximum.reduce([loud[min(step, len(loud) - 1):].tolist() + [0.0] * min(step, len(loud) - 1)
                               for step in range(4)])
    return heard.strength * np.sqrt(later)


def _octave(local: Values, bpm: float) -> float:
    """The tempo, or the double or the half of it, at which beats are alike and what is between them is weaker."""
    if 2 * bpm <= FASTEST and _between(local, bpm) >= EVEN:
        return 2 * bpm
    return bpm / 2 if bpm / 2 >= SLOWEST and _between(local, bpm / 2) < EVEN else bpm


def _between(local: Values, bpm: float) -> float:
    """The mean strength half a beat after the beats, by that on the beats."""
    period = HOPS * 60 / bpm
    first = _phase(local, period)
    return _mean_at(local, (first + period / 2) % period, period) / max(_mean_at(local, first, period), 1e-12)


def _phase(local: Values, period: float) -> float:
    """From where on beats at an even distance meet most strength, in steps."""
    offsets = np.arange(0, period, 0.5)
    return float(offsets[int(np.argmax([_mean_at(local, offset, period) for offset in offsets]))])


def _mean_at(local: Values, first: float, period: float) -> float:
    return float(np.interp(np.arange(first, len(local), period), np.arange(len(local)), local).mean())


def _alike(strength: Values, most: int) -> Values:
    """The autocorrelation of onsets without their mean, up to a lag, by that of lag 0."""
    centred = _softened(strength / strength.std())
    centred = centred - centred.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    found = np.fft.irfft(np.square(np.abs(spectrum)), size)[:most]
    found = np.pad(found, (0, max(0, most - len(found))))
    return found / max(found[0], 1e-12)


def _softened(values: Values, width: float = 2.0) -> Values:
    """Values smoothed by a Gaussian of so many steps."""
    reach = np.arange(-round(4 * width), round(4 * width) + 1)
    kernel = np.exp(-0.5 * np.square(reach / width))
    return np.asarray(np.convolve(values, kernel / kernel.sum(), "same"), np.float64) if len(values) else values


def _score(alike: Values, lags: np.ndarray) -> Values:
    """How well each lag explains the onsets: the likeness at it, and at two and four times it."""
    return np.array([max(alike[lag - 1:lag + 2]) + 0.5 * max(alike[2 * lag - 2:2 * lag + 3])
                     + 0.25 * max(alike[4 * lag - 4:4 * lag + 5]) for lag in lags])


def _refined(alike: Values, lag: int) -> float:
    """A lag to a fraction of a step, from the peaks near its multiples."""
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
    """Where between its neighbours a peak is, from -1/2 to 1/2."""
    curve = before - 2 * at + after
    return float(np.clip((before - after) / (2 * curve), -0.5, 0.5)) if curve < 0 else 0.0


def tracked(strength: Values, period: float) -> Values:
    """The beats, in steps with fractions.

    Args:
        strength: of onsets at each step.
        period: steps from a beat to the next, about.
    """
    local = _softened(strength / max(strength.std(), 1e-12), period / 32)
    chain = _chain(*_path(local, period), local)
    loud = local[chain] > 0.5 * np.sqrt(np.mean(np.square(local[chain])))
    if not loud.any():
        return np.zeros(0)
    first, last = np.flatnonzero(loud)[[0, -1]]
    return np.array([_peak(local, at) for at in chain[first:last + 1]])


def _path(local: Values, period: float) -> tuple[Values, np.ndarray]:
    """The best score of a path that ends at each step, and the beat before it."""
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
    """The path back from the best of the last scores that are peaks."""
    peaks = np.flatnonzero((scores[1:-1] >= scores[:-2]) & (scores[1:-1] > scores[2:])) + 1
    if not len(peaks):
        return np.array([int(np.argmax(local))])
    good = peaks[scores[peaks] >= 0.5 * np.median(scores[peaks])]
    found = [int(good[-1] if len(good) else peaks[-1])]
    while links[found[-1]] >= 0:
        found.append(int(links[found[-1]]))
    return np.array(found[::-1])


def _peak(local: Values, at: int) -> float:
    """A step to its fraction."""
    return at + _parabola(*local[at - 1:at + 2]) if 0 < at < len(local) - 1 else float(at)


def phase_of(heard: Heard, bpm: float) -> float:
    """When a beat of a tempo that is said is, in seconds: where most onsets fall on beats.

    Args:
        bpm: beats a minute.
    """
    period = HOPS * 60 / bpm
    if len(heard.strength) < period:
        return 0.0
    return _phase(_softened(heard.strength), period) / HOPS + EARLY


def f_measure(found: Sequence[float] | Values, true: Sequence[float] | Values, within: float = 0.07) -> float:
    """How well beats agree: the harmonic mean of precision and recall, a beat counting if it is so near, in seconds."""
    found, true = np.asarray(found), np.asarray(true)
    if not len(found) or not len(true):
        return 0.0
    hits = sum(float(np.abs(found - beat).min()) <= within for beat in true)
    good = sum(float(np.abs(true - beat).min()) <= within for beat in found)
    precision, recall = good / len(found), hits / len(true)
    return 2 * precision * recall / max(precision + recall, 1e-12)
