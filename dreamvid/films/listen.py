"""Analyses sounds, and plots sounds and the moving settings of films, without dreaming."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Unpack

import numpy as np

from dreamvid.calls import NOT_RECORDED, calling
from dreamvid.events import Caller, Doing
from dreamvid.films.clocks import analysed, sound_clock, sound_of
from dreamvid.films.commands import planned
from dreamvid.films.curves import Curves, Moving
from dreamvid.films.moving import clock_for
from dreamvid.films.plan import AnyFilmSettings
from dreamvid.output.lanes import Lane, draw_lanes
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import TimelineSettings, key_of
from dreamvid.settings.options import CallOptions
from dreamvid.stills.given import PathName
from dreamvid.timeline.beats import estimate
from dreamvid.timeline.clock import SERIES, Clock, Tempo, Values
from dreamvid.timeline.curve import dots, values_at
from dreamvid.timeline.keyframes import Keyframes
from dreamvid.timeline.sound import RATE, SoundAnalysis

_POINTS = 1400  # points of a curve in a plot


@dataclass(frozen=True)
class Sound:
    """The analysis of a sound.

    Attributes:
        output: path of the plot; empty if none was made.
        file: path of the sound.
        seconds: length of the sound.
        bpm: beats per minute; 0 if none were found.
        other_bpm: the second most likely tempo, half or double of `bpm`; 0 without beats.
        first_beat: time of the first beat in seconds.
        beats: number of beats.
        series: name → values from 0 to 1 at even steps over the sound.
    """

    output: str
    file: str
    seconds: float
    bpm: float
    other_bpm: float
    first_beat: float
    beats: int
    series: dict[str, Values] = field(default_factory=dict, repr=False, metadata=NOT_RECORDED)


def sound(file: PathName, plot_to: PathName | None = None, **options: Unpack[CallOptions]) -> Sound:
    """Analyses a sound: its tempo, its beats, and the series that curves can use.

    Args:
        file: a sound or film that ffmpeg can read.
        plot_to: path for a plot of the series over time.
        **options: `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        InputError: it cannot be read, or has no sound.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    path, plot = Path(file), None if plot_to is None else Path(plot_to)
    with calling(options) as caller:
        if plot is not None:
            check_still(plot, overwrite=caller.overwrite, inputs=[path])
        caller.observe(Doing(f"analysing {path.name}"))
        found = analysed(path)
        clock = sound_clock(found, TimelineSettings(), 0.0, Fraction(30), Fraction(found.samples, RATE) or Fraction(1))
        times = np.linspace(0, found.seconds, _POINTS)
        series = {name: clock.series[name](times) for name in SERIES if name in clock.series}
        tempo, guess = clock.tempo, estimate(found)
        if plot is not None:
            lanes = [_wave(found, times), *(Lane(name, [(name, values)]) for name, values in series.items())]
            title = f"{path.name}: {tempo.bpm:.1f} beats per minute" if tempo else f"{path.name}: no beats"
            write_still(plot, draw_lanes(title, lanes, found.seconds, beats_in(tempo, found.seconds)),
                        overwrite=caller.overwrite)
        return Sound(
            output=str(plot or ""), file=str(path), seconds=round(found.seconds, 3),
            bpm=round(tempo.bpm, 2) if tempo else 0.0, other_bpm=round(guess.other, 2) if tempo and guess else 0.0,
            first_beat=round(float(tempo.beats[0]), 3) if tempo else 0.0, beats=len(tempo.beats) if tempo else 0,
            series=series)


@dataclass(frozen=True)
class Timeline:
    """A plot of a film's moving settings.

    Attributes:
        output: path of the picture.
        seconds: length of the film.
        moving: names of the moving settings.
    """

    output: str
    seconds: float
    moving: list[str]


def timeline(
    command: str, source: Path, output: Path, settings: AnyFilmSettings, caller: Caller
) -> Timeline:
    """Plots every setting that moves in a film over its time, under the sound, without dreaming.

    Args:
        command: zoom, clip or loop.
        source: the picture or clip.
        output: path of the plot.
        settings: settings of the film.
        caller: receives events and warnings.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    check_still(output, overwrite=caller.overwrite, inputs=[source])
    plan, call = planned(command, source, None, settings, caller, writes=False)
    curves, clock = clock_for(plan, call.paths)
    times = np.linspace(0, float(clock.duration), _POINTS)
    path, shift = sound_of(plan, call.paths)
    lanes = [] if path is None else [_wave(analysed(path, curves.bands), times + shift)]
    lanes += [_lane(one, times, clock) for one in curves.numbers]
    lanes += _fading(curves, times, clock)
    if not lanes:
        caller.warn("nothing moves in this film; give a setting a curve, such as --zoom \"0s: 1.2; 4s: 2 ease\"")
    title = f"{source.name}, {float(clock.duration):g} seconds" + (
        f", {clock.tempo.bpm:.1f} beats per minute" if clock.tempo else "")
    write_still(output, draw_lanes(title, lanes, float(clock.duration), beats_in(clock.tempo, float(clock.duration))),
                overwrite=caller.overwrite)
    names = [key_of(one.item) for one in curves.numbers] + ([curves.fade.field] if curves.fade else [])
    return Timeline(str(output), round(float(clock.duration), 3), names)


def _wave(found: SoundAnalysis, times: Values) -> Lane:
    return Lane("sound", [("loud", found.at("loud", times))], wave=True, note="how loud it is")


def _lane(moving: Moving, times: Values, clock: Clock) -> Lane:
    values = values_at(moving.curve, times, clock)
    edges = sorted([float(values.min()), float(values.max())])
    low, high = edges if edges[1] > edges[0] else [edges[0] - 0.5, edges[0] + 0.5]
    return Lane(key_of(moving.item), [(moving.text, values)], low, high, moving.text, _dots(moving, clock))


def _dots(moving: Moving, clock: Clock) -> list[tuple[float, float]]:
    """The keyframes of a curve; none if there are too many to distinguish."""
    if not isinstance(moving.curve, Keyframes) or len(moving.curve.keys) > 60:
        return []
    return dots(moving.curve, clock)


def _fading(curves: Curves, times: Values, clock: Clock) -> list[Lane]:
    fade = curves.fade
    if fade is None:
        return []
    shares = fade.shares(times, clock)[:, np.newaxis] * fade.weights(times, clock)
    rows = [(name, shares[:, n].sum(axis=0)) for n, name in enumerate(fade.names())]
    high = max(float(values.max()) for _, values in rows)
    return [Lane(fade.field.removesuffix("_name"), rows[:6], 0.0, high or 1.0, fade.keyframes.text)]


def beats_in(tempo: Tempo | None, seconds: float) -> list[float]:
    """The times of the beats in seconds."""
    if tempo is None:
        return []
    first, last = np.ceil(tempo.at(np.array([0.0, seconds]))).astype(int)
    return [tempo.time(beat) if beat >= 0 else float(tempo.beats[0] + beat * tempo.period)
            for beat in range(first, min(last, first + 20_000))]
