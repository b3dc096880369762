"""Measures how coherent a dreamed film is, compared with its source clip; and how well a loop closes."""

import os
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Unpack

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.calls import called
from dreamvid.errors import InputError
from dreamvid.events import Begun, Caller, Doing, Frame, Warn, ignore
from dreamvid.films.source import in_seconds
from dreamvid.media.base import Source
from dreamvid.media.source import open_source
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.measure import Closing, clipped, luma_of, measure_closing, sharpness, warping_error
from dreamvid.motion.scenes import SIDE, scan
from dreamvid.output.lanes import Lane, draw_lanes
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import DreamSettings, FrameValues, MachineSettings, SourceSettings
from dreamvid.settings.options import MeasureOptions
from dreamvid.stills.dreaming import engine_for, open_dreamer
from dreamvid.stills.given import PathName


@dataclass(frozen=True)
class Measured:
    """The measures of one frame. Those that need a previous frame are NaN at the start of a scene."""

    warping_error: float
    source_warping_error: float
    activation: float
    source_activation: float
    sharpness: float
    source_sharpness: float
    clipped: float
    brightness: float


@dataclass(frozen=True)
class Coherence:
    """The measures of a film. Errors, activations, sharpness and clipping are means over its frames.

    Attributes:
        output: path of the measured film.
        frames: number of frames compared.
        scenes: the first frame of each scene.
        warping_error: mean squared difference, for images in [0, 1], between a frame of the film and the previous one
            moved along the source's flow, where the flow's confidence is high.
        source_warping_error: the same for the source.
        ratio: `warping_error` divided by `source_warping_error`.
        activation: value of the objective.
        source_activation: the same for the source.
        largest_jump: largest relative change of activation between two frames of a scene.
        sharpness: mean magnitude of the luma's gradient.
        source_sharpness: the same for the source.
        clipped: share of values that are black or white.
        flicker: for each scene, the mean change between frames of the difference in luma between film and source.
    """

    output: str
    frames: int
    scenes: list[int]
    warping_error: float
    source_warping_error: float
    ratio: float
    activation: float
    source_activation: float
    largest_jump: float
    sharpness: float
    source_sharpness: float
    clipped: float
    flicker: list[float]


def measure(
    film: PathName, source: PathName, settings: SourceSettings | None = None, *, layers: str | None = None,
    plot_to: PathName | None = None, **options: Unpack[MeasureOptions],
) -> Coherence:
    """Compares a dreamed film with its source, frame by frame.

    Args:
        film: a film made by `clip`.
        source: its source clip.
        settings: the part of the source that was dreamed; None for all of it.
        layers: layers whose activation is measured; None for the default ones.
        plot_to: path for a plot of the measures over time.
        **options: settings by keyword, such as `start=2.5`; and `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with called(SourceSettings, settings, options) as (wanted, caller):
        if plot_to is not None:
            check_still(Path(plot_to), overwrite=caller.overwrite, inputs=[Path(film), Path(source)])
        films, sources = _opened(Path(film), Path(source), wanted, caller.warn)
        rows, cuts = _rows(films, sources, DreamSettings(layers=layers or ""), caller)
        if plot_to is not None:
            write_still(Path(plot_to), _plot(Path(film).name, rows, cuts, films.fps), overwrite=caller.overwrite)
        return _summary(os.fspath(film), rows, cuts)


def _rows(films: Source, sources: Source, dream: DreamSettings, caller: Caller) -> tuple[list[Measured], list[int]]:
    """The measures of each frame, and the first frame of each scene."""
    machine = MachineSettings(engine=engine_for("auto", dream.network, caller.warn))
    dreamer = open_dreamer(machine, dream, caller)
    weighed = FrameValues(steps=0, step_size=0.0, weights=dreamer.objective.weights)
    frames = min(films.frames, sources.frames)
    caller.observe(Doing("looking for cuts"))
    firsts = {0, *(scene.first for scene in scan(sources.small(SIDE)))}
    caller.observe(Begun(frames))
    pairs = zip(sources, films, strict=False)
    rows: list[Measured] = []
    for row in _measured(pairs, firsts, lambda image: dreamer.activation(image, weighed), sources.size):
        rows.append(row)
        caller.observe(Frame(len(rows), frames))
    return rows, sorted(n for n in firsts if n < len(rows))


def _opened(film: Path, source: Path, values: SourceSettings, warn: Warn) -> tuple[Source, Source]:
    """Opens both clips, the source at the film's size."""
    films = open_source(film, SourceSettings(), warn)
    sources = open_source(source, in_seconds(source, values).but(size=max(films.size)), warn)
    # Encoders pad odd sides, so a film may have one row or column more than its source.
    if max(abs(one - other) for one, other in zip(films.size, sources.size, strict=True)) > 1:
        raise InputError(f"{film} is {films.size} pixels and {source} has other proportions; that is not its source")
    if films.frames != sources.frames:
        warn(f"{film} has {films.frames} frames and {source} {sources.frames}; only the first "
             f"{min(films.frames, sources.frames)} of both are compared")
    return films, sources


def _measured(
    pairs: Iterator[tuple[Image, Image]], firsts: Set[int], activation: Callable[[Image], float], size: Size
) -> Iterator[Measured]:
    """The measures of each pair of (source, film) frames."""
    before: tuple[Image, Image] | None = None
    for n, (source, whole) in enumerate(pairs):
        film = whole[: size.height, : size.width]
        own = of_source = nan
        if before is not None and n not in firsts:
            motion = measure_motion(source, before[0])
            own = warping_error(film, before[1], motion.flow, motion.confidence)
            of_source = warping_error(source, before[0], motion.flow, motion.confidence)
        yield Measured(
            own, of_source, activation(film), activation(source), sharpness(film), sharpness(source), clipped(film),
            float(luma_of(film).mean() - luma_of(source).mean()))
        before = source, film


def _summary(film: str, rows: Sequence[Measured], cuts: list[int]) -> Coherence:
    columns = {name: np.array([asdict(row)[name] for row in rows]) for name in Measured.__dataclass_fields__}
    means = {name: float(np.mean(values[np.isfinite(values)])) if np.isfinite(values).any() else 0.0
             for name, values in columns.items()}
    spans = list(pairwise([*cuts, len(rows)]))
    activations = [columns["activation"][first:stop] for first, stop in spans]
    jumps = [float(np.max(np.abs(np.diff(values)) / values[:-1])) for values in activations if len(values) > 1]
    flicker = [columns["brightness"][first:stop] for first, stop in spans]
    return Coherence(
        output=film, frames=len(rows), scenes=cuts, warping_error=means["warping_error"],
        source_warping_error=means["source_warping_error"],
        ratio=means["warping_error"] / max(means["source_warping_error"], 1e-12), activation=means["activation"],
        source_activation=means["source_activation"], largest_jump=max(jumps, default=0.0),
        sharpness=means["sharpness"], source_sharpness=means["source_sharpness"], clipped=means["clipped"],
        flicker=[float(np.abs(np.diff(values)).mean()) if len(values) > 1 else 0.0 for values in flicker],
    )


def _plot(title: str, rows: Sequence[Measured], cuts: list[int], fps: Fraction) -> Image:
    """The measures of film and source over time, with its cuts."""
    lanes = []
    for name in ("warping_error", "activation", "sharpness"):
        curves = [(who, np.array([getattr(row, f"{of}{name}") for row in rows]))
                  for who, of in (("film", ""), ("source", "source_"))]
        most = max((float(np.nanmax(values)) for _, values in curves if np.isfinite(values).any()), default=1.0)
        lanes.append(Lane(name.replace("_", " "), curves, high=most))
    return draw_lanes(title, lanes, float(len(rows) / fps), [float(n / fps) for n in cuts[1:]], bar=1)


def measure_loop(film: PathName, *, warn: Warn = ignore) -> Closing:
    """Compares the step from a film's last frame to its first with its other steps.

    Raises:
        InputError: the film cannot be read, or has fewer than three frames.
    """
    source = open_source(Path(film), SourceSettings(), warn)
    try:
        return measure_closing(lambda: source)
    except ValueError as error:
        raise InputError(f"{film} cannot be a loop: {error}") from error
