"""Turns sound into series over time: loudness, bands, onsets and percussion.

A sound is analysed once, part by part, so that an hour needs little memory. The result is the power of its spectrum in
steps of about 12 ms.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dreamvid.timeline.clock import Values

Samples = NDArray[np.float32]

RATE = 22050
"""Sample rate of the analysed sound."""
HOP, WINDOW = 256, 2048
"""Samples from one spectrum to the next, and samples in each."""
HOPS = RATE / HOP
"""Spectra a second."""

BANDS: dict[str, tuple[float, float]] = {"bass": (20, 150), "mid": (150, 4000), "treble": (4000, 11025)}
"""Name → lowest and highest frequency, in hertz."""

EARLY = 0.026
"""Seconds by which onset strength precedes the sound, since a window reaches beyond its centre."""

MELS = 64
LOUD = 98.0
"""The percentile of a series that is scaled to 1."""
SILENT = 1e-4
"""Amplitude up to which a band is silent: 80 dB below full scale, which is 1."""
RANGE = 80.0
"""The dynamic range of onsets: decibels below the loudest value."""
_PART = 256  # spectra that are computed at a time
_MEDIAN = 17  # spectra, about 0.2 s, and half as many mel bands


@dataclass(frozen=True, eq=False)
class SoundAnalysis:
    """The analysis of a sound.

    Attributes:
        samples: its number of samples.
        power: the power over all frequencies, shape (spectra,). Spectrum k is centred at sample k * HOP.
        mel: the power in `MELS` bands of equal width on the mel scale, shape (spectra, MELS).
        bands: (low, high in hertz) → the power in that band, shape (spectra,).
    """

    samples: int
    power: Samples
    mel: Samples
    bands: dict[tuple[float, float], Samples]

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.samples / RATE

    def at(self, name: str, times: Values) -> Values:
        """A series at times in seconds; 0 outside the sound. `name` is one of `BANDS`, or a property of this class."""
        series = self.band(*BANDS[name]) if name in BANDS else getattr(self, name)
        return sampled(series, times - EARLY if name == "onset" else times)

    def band(self, low: float, high: float) -> Values:
        """The series of a band in `bands`, in hertz."""
        return _scaled(np.sqrt(self.bands[low, high]))

    @cached_property
    def loud(self) -> Values:
        """Loudness over time, from 0 to 1."""
        return _scaled(np.sqrt(self.power))

    @cached_property
    def strength(self) -> Values:
        """Onset strength: the mean rise of the mel bands in decibels (spectral flux), not scaled."""
        if not len(self.mel) or self.mel.max() <= SILENT**2:
            return np.zeros(len(self.mel))
        floor = float(self.mel.max()) * 10 ** (-RANGE / 10)
        rises = [np.maximum(0, np.diff(10 * np.log10(np.maximum(part, floor)), axis=0)).mean(axis=1)
                 for part in _parts(self.mel, 1)]
        rest = np.concatenate(rises) if rises else np.zeros(0)
        begins = float((10 * np.log10(np.maximum(self.mel[0], floor) / floor)).mean())
        return np.concatenate([[min(begins, rest.max(initial=0.0))], rest])

    @cached_property
    def onset(self) -> Values:
        """Onset strength, from 0 to 1."""
        return _scaled(self.strength, silent=0.5)

    @cached_property
    def percussive(self) -> Values:
        """Percussion, from 0 to 1: what is short in time and wide in frequency.

        Fitzgerald, "Harmonic/Percussive Separation using Median Filtering" (2010), on the mel bands.
        """
        half = _MEDIAN // 2
        rows = np.pad(self.mel, ((half, half), (0, 0)))
        struck = [_struck(part) for part in _parts(rows, 2 * half)]
        return _scaled(np.sqrt(np.concatenate(struck))) if struck else np.zeros(0)


def sampled(series: Values, times: Values) -> Values:
    """A series interpolated at times in seconds; 0 outside the sound."""
    return np.interp(times * HOPS, np.arange(len(series)), series, left=0, right=0) if len(series) else 0 * times


def analyse(sound: Iterable[Samples], bands: Iterable[tuple[float, float]] = ()) -> SoundAnalysis:
    """Analyses a sound.

    Args:
        sound: its samples in parts of any length: one channel at `RATE`; full scale is 1.
        bands: further bands besides `BANDS`, in hertz.
    """
    wanted = list(dict.fromkeys([*BANDS.values(), *bands]))
    filters = np.column_stack([_mel_filters(), *(_band(low, high) for low, high in wanted)]).astype(np.float32)
    found, counter = [], _Counter()
    for power in _spectra(counter.counted(sound)):
        found.append(np.column_stack([power.sum(axis=1), power @ filters]).astype(np.float32))
    rows = np.concatenate(found) if found else np.zeros((0, 1 + filters.shape[1]), np.float32)
    return SoundAnalysis(counter.samples, rows[:, 0].copy(), rows[:, 1:1 + MELS].copy(),
                 {band: rows[:, 1 + MELS + n].copy() for n, band in enumerate(wanted)})


class _Counter:
    """Counts the samples that pass."""

    samples = 0

    def counted(self, sound: Iterable[Samples]) -> Iterator[Samples]:
        for part in sound:
            self.samples += len(part)
            yield part


def _spectra(sound: Iterable[Samples]) -> Iterator[Samples]:
    """Yields power spectra, one for each hop, in batches of shape (spectra, WINDOW // 2 + 1).

    A sine of amplitude 1 has a power of 1/2.
    """
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    scale = np.float32(2 / (WINDOW * np.square(window).sum()))
    kept = np.zeros(WINDOW // 2, np.float32)
    for part in _with_end(sound):
        kept = np.concatenate([kept, part])
        while len(kept) >= WINDOW:
            count = min(_PART, (len(kept) - WINDOW) // HOP + 1)
            frames = sliding_window_view(kept, WINDOW)[:count * HOP:HOP]
            spectra = np.fft.rfft(frames * window, axis=1)
            yield (np.square(spectra.real) + np.square(spectra.imag)).astype(np.float32) * scale
            kept = kept[count * HOP:]


def _with_end(sound: Iterable[Samples]) -> Iterator[Samples]:
    """The sound followed by silence, so that its last samples are also at the centre of a spectrum."""
    is_empty = True
    for part in sound:
        is_empty = is_empty and not len(part)
        yield np.nan_to_num(part, nan=0, posinf=0, neginf=0)
    if not is_empty:
        yield np.zeros(WINDOW // 2, np.float32)


def _frequencies() -> Values:
    return np.arange(WINDOW // 2 + 1) * RATE / WINDOW


def _band(low: float, high: float) -> Values:
    """A filter: 1 for the frequencies of a band. A band narrower than a step gets the nearest frequency."""
    steps = _frequencies()
    found = ((steps >= low) & (steps < high)).astype(np.float64)
    if not found.any():
        found[np.abs(steps - (low + high) / 2).argmin()] = 1
    return found


def _mel_filters() -> Values:
    """Triangles of equal width on the mel scale (O'Shaughnessy, 1987), each of area 1, shape (frequencies, MELS)."""
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), MELS + 2) / 2595) - 1)
    steps = _frequencies()[:, np.newaxis]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0, np.minimum((steps - low) / (middle - low), (high - steps) / (high - middle)))


def _scaled(series: Values, silent: float = SILENT) -> Values:
    """A series scaled to [0, 1] by its percentile `LOUD`; silence gives 0."""
    wanted = series[series > silent]
    if not len(wanted):
        return np.zeros(len(series))
    return np.clip(series / np.percentile(wanted, LOUD), 0, 1).astype(np.float64)


def _parts(rows: Samples, more: int) -> Iterator[Samples]:
    """Rows in parts that overlap by `more` rows, so that every window of `more` + 1 rows lies in one part."""
    for first in range(0, max(0, len(rows) - more), 4096):
        yield rows[first:first + 4096 + more]


def _struck(power: Samples) -> Values:
    """The percussive power of each row that has enough neighbours on both sides; see `SoundAnalysis.percussive`."""
    amplitude = np.sqrt(power)
    half = _MEDIAN // 2
    steady = np.median(sliding_window_view(amplitude, _MEDIAN, axis=0), axis=-1)
    inner = amplitude[half:len(amplitude) - half]
    wide = np.pad(inner, ((0, 0), (half // 2, half // 2)), "reflect")
    sudden = np.median(sliding_window_view(wide, half // 2 * 2 + 1, axis=1), axis=-1)
    share = np.square(sudden) / np.maximum(np.square(sudden) + np.square(steady), 1e-20)
    return (np.square(inner) * share).sum(axis=1)
