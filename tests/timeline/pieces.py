"""Sounds made by computation, whose beats are known: clicks, swing, noise bursts, sweeps, a drum loop with bass."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamvid.timeline.clock import Values
from dreamvid.timeline.sound import RATE

Sound = NDArray[np.float32]


def _place(sound: Sound, what: Sound, at: float) -> None:
    first = round(at * RATE)
    part = what[: max(0, len(sound) - first)]
    sound[first:first + len(part)] += part


def _envelope(seconds: float, fall: float) -> Sound:
    times = np.arange(round(seconds * RATE)) / RATE
    return (np.exp(-times / fall) * np.minimum(1, times * 2000)).astype(np.float32)


def click(pitch: float = 1000.0) -> Sound:
    shape = _envelope(0.06, 0.012)
    return np.float32(0.7) * shape * np.sin(2 * np.pi * pitch * np.arange(len(shape)) / RATE, dtype=np.float32)


def kick() -> Sound:
    shape = _envelope(0.3, 0.09)
    times = np.arange(len(shape)) / RATE
    phase = 2 * np.pi * (50 * times + 70 * 0.03 * (1 - np.exp(-times / 0.03)))
    return np.float32(0.9) * shape * np.sin(phase).astype(np.float32)


def hiss(seconds: float, fall: float, level: float, seed: int = 0) -> Sound:
    shape = _envelope(seconds, fall)
    noise = np.diff(np.random.default_rng(seed).standard_normal(len(shape) + 1)).astype(np.float32)
    return np.float32(level) * shape * noise


def clicks(bpm: float, seconds: float, first: float = 0.3) -> tuple[Sound, NDArray[np.float64]]:
    """A click on each beat, and the beats."""
    beats = np.arange(first, seconds - 0.1, 60 / bpm)
    sound = np.zeros(round(seconds * RATE), np.float32)
    for beat in beats:
        _place(sound, click(), beat)
    return sound, beats


def swing(bpm: float, seconds: float) -> tuple[Sound, NDArray[np.float64]]:
    """Clicks on the beats, softer ones two thirds of the way to the next."""
    sound, beats = clicks(bpm, seconds)
    for beat in beats:
        _place(sound, np.float32(0.4) * click(1800), beat + 40 / bpm)
    return sound, beats


def bursts(bpm: float, seconds: float) -> tuple[Sound, NDArray[np.float64]]:
    """Bursts of noise on the beats, over faint noise."""
    beats = np.arange(0.25, seconds - 0.1, 60 / bpm)
    sound = (0.003 * np.random.default_rng(1).standard_normal(round(seconds * RATE))).astype(np.float32)
    for n, beat in enumerate(beats):
        _place(sound, hiss(0.15, 0.04, 0.3, n), beat)
    return sound, beats


def sweep(seconds: float) -> Sound:
    """A tone from 50 to 8000 Hz."""
    times = np.arange(round(seconds * RATE)) / RATE
    rate = np.log(8000 / 50) / seconds
    return (0.5 * np.sin(2 * np.pi * 50 * (np.exp(rate * times) - 1) / rate)).astype(np.float32)


def drums(bpm: float, seconds: float, first: float = 0.2) -> tuple[Sound, NDArray[np.float64]]:
    """A drum loop with bass: kicks on 1 and 3, snares on 2 and 4, hats on eighths, a bass line of one bar."""
    beats = np.arange(first, seconds - 0.1, 60 / bpm)
    sound = np.zeros(round(seconds * RATE), np.float32)
    for n, beat in enumerate(beats):
        _place(sound, kick() if n % 2 == 0 else hiss(0.2, 0.05, 0.35, n), beat)
        for half in (0.0, 0.5):
            _place(sound, hiss(0.05, 0.012, 0.08, n), beat + half * 60 / bpm)
        _place(sound, bass_note((55, 55, 65.4, 49)[n % 4], 0.9 * 60 / bpm), beat)
    return np.clip(sound, -1, 1), beats


def bass_note(pitch: float, seconds: float) -> Sound:
    shape = _envelope(seconds, seconds / 2)
    times = np.arange(len(shape)) / RATE
    return np.float32(0.25) * shape * (np.sin(2 * np.pi * pitch * times) + 0.3 * np.sin(4 * np.pi * pitch * times)
                                       ).astype(np.float32)


def write_sound(path: Path, sound: Sound, rate: int = RATE) -> Path:
    """Writes a sound as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


def f_measure(found: Sequence[float] | Values, true: Sequence[float] | Values, within: float = 0.07) -> float:
    """The F-measure of beats: the harmonic mean of precision and recall, with a tolerance of `within` seconds."""
    found, true = np.asarray(found), np.asarray(true)
    if not len(found) or not len(true):
        return 0.0
    hits = sum(float(np.abs(found - beat).min()) <= within for beat in true)
    good = sum(float(np.abs(true - beat).min()) <= within for beat in found)
    precision, recall = good / len(found), hits / len(true)
    return 2 * precision * recall / max(precision + recall, 1e-12)
