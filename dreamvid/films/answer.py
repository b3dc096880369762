"""Measures how a film's picture follows its sound: correlation and lag of each measure with each series."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import numpy as np

from dreamvid.arrays import Flow, Image
from dreamvid.calls import calling
from dreamvid.events import Begun, Caller, Doing, Frame
from dreamvid.films.clocks import heard, heard_clock
from dreamvid.media.source import open_source, tracks_of
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.measure import colourfulness, luma_of
from dreamvid.settings import DreamSettings, FrameValues, MachineSettings, SourceSettings, TimelineSettings
from dreamvid.settings.options import CallOptions
from dreamvid.stills.dreaming import engine_for, open_dreamer
from dreamvid.stills.given import PathName
from dreamvid.timeline.clock import SERIES
from dreamvid.timeline.correlate import Answer, answer

MEASURES = ("motion", "brightness", "colourfulness", "strength")
_SIDE = 256  # pixels; about the smallest octave of a typical film


@dataclass(frozen=True)
class Answers:
    """How a film's picture follows its sound.

    Attributes:
        output: the film.
        frames: number of frames measured.
        fps: frames per second.
        answers: measure → series → (lag, r): the lag of the measure behind the series, in frames, at which their
            correlation is largest, and that correlation.
    """

    output: str
    frames: int
    fps: float
    answers: dict[str, dict[str, Answer]]


def measure_sound(film: PathName, **options: Unpack[CallOptions]) -> Answers:
    """Measures how a film's picture follows the film's own sound.

    Motion is the mean length of the optical flow from the previous frame. Strength is the activation of the default
    layers.

    Args:
        film: a film with sound.
        **options: `observe` and `warn`, as for `zoom`.

    Raises:
        InputError: it cannot be read, or has no sound.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with calling(options) as caller:
        return answers_of(Path(film), caller)


def answers_of(film: Path, caller: Caller) -> Answers:
    """As `measure_sound`."""
    whole = open_source(film, SourceSettings(), caller.warn)
    caller.observe(Doing(f"listening to {film.name}"))
    tracks = tracks_of(whole)
    clock = heard_clock(heard(film), TimelineSettings(), float(tracks.shown) if tracks else 0.0, whole.fps,
                        whole.frames / whole.fps)
    small = open_source(film, SourceSettings(size=min(_SIDE, max(whole.size))), caller.warn)
    rows = np.array(list(_measured(small.read(0), whole.frames, caller)))
    times = clock.frame_times(len(rows))
    series = {name: clock.series[name](times) for name in SERIES if name in clock.series}
    return Answers(str(film), len(rows), float(whole.fps), {
        measure: {name: answer(rows[:, n], values, float(whole.fps)) for name, values in series.items()}
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
