"""How coherent a dreamed film is, beside the clip that it was made of."""

import os
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Unpack

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.calls import called
from dreamvid.errors import InputError
from dreamvid.events import Begun, Caller, Doing, Frame, Warn
from dreamvid.films.source import in_seconds
from dreamvid.media.base import Source
from dreamvid.media.source import open_source
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.measure import clipped, luma_of, sharpness, warping_error
from dreamvid.motion.scenes import SIDE, scan
from dreamvid.output.plot import Panel, plot
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import DreamSettings, FrameValues, MachineSettings, SourceSettings
from dreamvid.settings.options import MeasureOptions
from dreamvid.stills.dreaming import engine_for, open_dreamer
from dreamvid.stills.given import PathName


@dataclass(frozen=True)
class Measured:
    """The measures of one frame; NaN where a scene begins, for those that need a frame before."""

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
        output: the film that was measured.
        frames: that were compared.
        scenes: the frames that scenes begin with.
        warping_error: of the film: mean squared difference, for images in [0, 1], between a frame and the one before,
            moved along the source's flow, where that can be trusted.
        source_warping_error: the same of the source.
        ratio: of the two.
        activation: the objective's value.
        source_activation: the same of the source.
        largest_jump: the largest change of activation from a frame to the next in a scene, by the former.
        sharpness: the mean magnitude of the luma's gradient.
        source_sharpness: the same of the source.
        clipped: the share of values that are black or white.
        flicker: of each scene: the mean change, from frame to frame, of how much brighter the film is than its source.
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
        film: what `clip` made.
        source: the clip that it was made of.
        settings: the part of the source that was dreamed; all of it if None.
        layers: whose activation is measured; those that are dreamed by default if None.
        plot_to: a picture of the measures over time.
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
            write_still(Path(plot_to), _plot(rows, cuts), overwrite=caller.overwrite)
        return _summary(os.fspath(film), rows, cuts)


def _rows(films: Source, sources: Source, dream: DreamSettings, caller: Caller) -> tuple[list[Measured], list[int]]:
    """The measures of each frame, and the frames that scenes begin with, the first among them."""
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
    """Both clips; the source in the film's size."""
    films = open_source(film, SourceSettings(), warn)
    sources = open_source(source, in_seconds(source, values).but(size=max(films.size)), warn)
    # A film with an odd side has a row or column more than its source.
    if max(abs(one - other) for one, other in zip(films.size, sources.size, strict=True)) > 1:
        raise InputError(f"{film} is {films.size} pixels and {source} has other proportions; that is not its source")
    if films.frames != sources.frames:
        warn(f"{film} has {films.frames} frames and {source} {sources.frames}; the first of both are compared")
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


def _plot(rows: Sequence[Measured], cuts: list[int]) -> Image:
    return plot([
        Panel("warping error", [("film", [row.warping_error for row in rows]),
                                ("source", [row.source_warping_error for row in rows])]),
        Panel("activation", [("film", [row.activation for row in rows]),
                             ("source", [row.source_activation for row in rows])]),
        Panel("sharpness", [("film", [row.sharpness for row in rows]),
                            ("source", [row.source_sharpness for row in rows])]),
    ], cuts, len(rows))
