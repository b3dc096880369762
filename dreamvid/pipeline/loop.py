"""Loops: films whose last frame leads into the first."""

import os
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from math import pi, sin
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Carry, Image, fit, size_of
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.filters import resize
from dreamvid.motion.camera import camera_flow, camera_start
from dreamvid.motion.dive import key_size
from dreamvid.pipeline.bounce import there_and_back
from dreamvid.pipeline.breath import pulse_frames, sway_frames
from dreamvid.pipeline.clip_loop import loop_of_clip
from dreamvid.pipeline.dive import dive_frames
from dreamvid.pipeline.dreaming import GROWING, open_dreamer, say_octaves
from dreamvid.pipeline.film import Rendered, check_film, exact, planned, rendered
from dreamvid.pipeline.opening import open_output
from dreamvid.pipeline.output import Output, unwritten
from dreamvid.settings import LoopSettings, files_read
from dreamvid.video.source import is_clip
from dreamvid.video.still import read_still

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


SETTLING = GROWING + 4
"""Frames of a bounce that are not shown: in them the dream takes hold, and a loop has no such beginning."""


def loop(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    settings: LoopSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Rendered:
    """Makes a loop of a picture, or of a clip, that closes without a seam.

    Args:
        source: the picture where it begins; or a clip, as for `clip`, which is dreamed as a clip is, and closed. With
            `steps` of 0 nothing is dreamed.
        output: the film (see `dreamvid.video.sink.open_sink`); without it `NAME-loop.mp4` in the current folder.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`, and then the film holds what was done.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or LoopSettings()
    path = Path(source)
    target = os.fspath(output) if output is not None else f"{path.stem}-loop.mp4"
    inputs = [path, *map(Path, files_read(settings))]
    check_film(target, settings.film, settings.work, overwrite=overwrite, inputs=inputs)
    make = loop_of_clip if is_clip(path) else _loop_of_picture
    return make(path, target, settings, overwrite=overwrite, observe=observe, warn=warn)


def _loop_of_picture(
    path: Path, target: str, settings: LoopSettings, *, overwrite: bool, observe: Observe, warn: Warn
) -> Rendered:
    settings = settings.of_picture()
    source, period = settings.source, settings.period
    assert period is not None  # settled, as are these two
    assert source.fps is not None
    assert source.size is not None
    fps = exact(target, source.fps, warn)
    settings = settings.but(source=source.but(fps=fps))
    image = read_still(path, warn, settings.dream.max_pixels).image
    still = resize(image, fit(size_of(image), source.size))
    frames = max(2, round(period * fps))
    dreamer = open_dreamer(settings.dream, observe, warn)
    say_octaves(dreamer, key_size(size_of(still)), settings.dream, warn)
    film = planned(
        "loop", settings, {"picture": path}, dreamer.network, target=target, size=size_of(still), fps=fps,
        frames=frames, overwrite=overwrite, warn=warn,
    )
    begun = perf_counter()
    with open_output(film, observe, warn) as sink:
        made = _frames(still, frames, settings, dreamer, observe, sink=sink)
        for frame in unwritten(made, sink, frames):
            sink.write(frame)
            observe(Frame(sink.written, frames))
    return rendered(film, sink, seconds=perf_counter() - begun, seed=settings.seed, network=dreamer.network)


def _frames(
    still: Image, frames: int, settings: LoopSettings, dreamer: "Dreamer", observe: Observe, *, sink: Output
) -> Iterator[Image]:
    """All frames of the loop. What is dear in it, the dreams, is recalled if an earlier run made it."""

    def deepen(start: Image, number: int, share: float) -> Image:
        values = settings.dream.but(steps=max(1, round(share * (settings.dream.steps or 0))))
        rng = np.random.default_rng([settings.seed, number])
        return sink.recall(f"dream-{number:04d}", lambda: dreamer(start, rng, values, observe))

    match settings.kind:
        case "pulse":
            return pulse_frames(still, frames, deepen, observe)
        case "sway":
            return sway_frames(still, frames, deepen, observe)
        case "bounce":
            observe(Begun(frames))
            return there_and_back(_zoom_frames(still, frames // 2 + 1, settings, dreamer, observe, sink=sink))
    return dive_frames(still, frames, settings.dive, deepen, observe)


def _zoom_frames(
    still: Image, frames: int, settings: LoopSettings, dreamer: "Dreamer", observe: Observe, *, sink: Output
) -> Iterator[Image]:
    """The frames of a zoom after it has settled; the camera sets off gently, and comes to rest gently."""
    from dreamvid.dream.ascent import even_pace, steady

    values, fps = settings.dream, settings.source.fps
    assert fps is not None  # settled
    pace = even_pace(dreamer.strength(still, values)) if settings.carry.even else steady
    carry = None
    for n in range(-SETTLING, frames):
        # On average 1; a frame at speed 2 is the move of a frame that takes twice as long.
        speed = max(1e-6, pi / 2 * sin(pi * (n - 0.5) / (frames - 1))) if n > 0 else 1e-6
        flow = camera_flow(size_of(still), fps / Fraction(speed), settings.camera)
        start = camera_start(still, flow, settings.camera.border, settings.carry)
        rng = np.random.default_rng([settings.seed, n + SETTLING])
        step = pace if n >= GROWING - SETTLING else steady
        dreamed = sink.recall(f"frame-{n + SETTLING:08d}", partial(
            dreamer, start(still, carry, n), rng, values, observe, step))
        carry = Carry(still, dreamed)
        if n >= 0:
            yield dreamed
