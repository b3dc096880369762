"""Measures how a film's picture follows its sound: correlation and lag of each measure with each series."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dreamvid.arrays import Flow, Image
from dreamvid.events import Begun, Caller, Doing, Frame
from dreamvid.films.clocks import analysed, sound_clock
from dreamvid.media.source import open_source, tracks_of
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.measure import colourfulness, luma_of
from dreamvid.settings import DreamSettings, FrameValues, MachineSettings, SourceSettings, TimelineSettings
from dreamvid.stills.dreaming import engine_for, open_dreamer
from dreamvid.timeline.clock import SERIES, Values

LONGEST = 0.5
"""The longest lag that is tried, in both directions, in seconds."""
_AS_GOOD = 0.95  # a beat correlates with the previous one nearly as well; of peaks this high, the nearest to 0 is used
_SLOW = 2.0  # seconds; slower changes are removed, since they do not follow beats


class Lag(NamedTuple):
    """The lag of a series behind another, in frames, and their correlation at that lag, from -1 to 1."""

    lag: int
    r: float


def lag_behind(series: Values, cause: Values, fps: float) -> Lag:
    """The lag with the strongest correlation, positive or negative, between a series and its cause.

    Args:
        series, cause: values at each frame. Changes slower than two seconds are removed from both.
        fps: frames a second.
    """
    if len(series) < 4:
        return Lag(0, 0.0)
    one, other = (_quick(values, fps) for values in (series, cause))
    most = min(round(LONGEST * fps), len(one) // 4)
    lags = range(-most, most + 1)
    found = np.array([_correlation(one, other, lag) for lag in lags])
    around = np.pad(np.abs(found), 1)
    peaks = (around[1:-1] >= np.maximum(around[:-2], around[2:])) & (around[1:-1] >= _AS_GOOD * around.max())
    best = min(np.flatnonzero(peaks).tolist(), key=lambda n: abs(lags[n]))
    return Lag(lags[best], float(found[best]))


def _quick(values: Values, fps: float) -> Values:
    """Values minus their moving average over two seconds."""
    size = max(3, round(_SLOW * fps)) | 1
    padded = np.pad(np.asarray(values, np.float64), size // 2, "reflect" if len(values) > size // 2 else "edge")
    return values - np.convolve(padded, np.full(size, 1 / size), "valid")


def _correlation(one: Values, other: Values, lag: int) -> float:
    late, early = (one[lag:], other[:len(other) - lag]) if lag >= 0 else (one[:lag], other[-lag:])
    spread = float(late.std() * early.std())
    return 0.0 if spread < 1e-12 else round(float(np.mean((late - late.mean()) * (early - early.mean())) / spread), 4)


MEASURES = ("motion", "brightness", "colourfulness", "strength")
_SIDE = 256  # pixels; about the smallest octave of a typical film


@dataclass(frozen=True)
class SoundLags:
    """How a film's picture follows its sound.

    Attributes:
        output: the film.
        frames: number of frames measured.
        fps: frames per second.
        lags: measure → series → (lag, r): the lag of the measure behind the series, in frames, at which their
            correlation is largest, and that correlation.
    """

    output: str
    frames: int
    fps: float
    lags: dict[str, dict[str, Lag]]


def measure_sound(film: Path, caller: Caller) -> SoundLags:
    """Measures how a film's picture follows the film's own sound.

    Motion is the mean length of the optical flow from the previous frame. Strength is the activation of the default
    layers.

    Raises:
        InputError: it cannot be read, or has no sound.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    whole = open_source(film, SourceSettings(), caller.warn)
    caller.observe(Doing(f"analysing {film.name}"))
    tracks = tracks_of(whole)
    clock = sound_clock(analysed(film), TimelineSettings(), float(tracks.shown) if tracks else 0.0, whole.fps,
                        whole.frames / whole.fps)
    small = open_source(film, SourceSettings(size=min(_SIDE, max(whole.size))), caller.warn)
    rows = np.array(list(_measured(small.read(0), whole.frames, caller)))
    times = clock.frame_times(len(rows))
    series = {name: clock.series[name](times) for name in SERIES if name in clock.series}
    return SoundLags(str(film), len(rows), float(whole.fps), {
        measure: {name: lag_behind(rows[:, n], values, float(whole.fps)) for name, values in series.items()}
        for n, measure in enumerate(MEASURES)})


def _measured(frames: Iterator[Image], total: int, caller: Caller) -> Iterator[tuple[float, ...]]:
    """`MEASURES` of each frame."""
    dream = DreamSettings()
    dreamer = open_dreamer(MachineSettings(engine=engine_for("auto", dream.network, caller.warn)), dream, caller)
    weighed = FrameValues(steps=0, step_size=0.0, weights=dreamer.objective.weights)
    caller.observe(Begun(total))
    before: Image | None = None
    for n, frame in enumerate(frames, 1):
        moved = 0.0 if before is None else _length(measure_motion(frame, before).flow)
        yield moved, float(luma_of(frame).mean()), colourfulness(frame), dreamer.activation(frame, weighed)
        caller.observe(Frame(n, total))
        before = frame


def _length(flow: Flow) -> float:
    return float(np.hypot(flow[..., 0], flow[..., 1]).mean())
