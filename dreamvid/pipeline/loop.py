"""Loops: films whose last frame leads into the first."""

import os
from collections.abc import Iterator
from fractions import Fraction
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
from dreamvid.pipeline.dive import dive_frames
from dreamvid.pipeline.dreaming import GROWING, open_dreamer, say_octaves
from dreamvid.pipeline.film import Rendered, explained, open_film, rendered, settled
from dreamvid.settings import LoopSettings, files_read
from dreamvid.video.still import read_still

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


SETTLING = GROWING + 4
"""Frames of a bounce that are not shown: in them the dream takes hold, and a loop has no such beginning."""


def loop(
    picture: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    settings: LoopSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Rendered:
    """Makes a loop of a picture that closes without a seam.

    Args:
        picture: where it begins.
        output: the film (see `dreamvid.video.sink.open_sink`); without it `NAME-loop.mp4` in the current folder.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`, and then the film holds what was done.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or LoopSettings()
    path = Path(picture)
    target = os.fspath(output) if output is not None else f"{path.stem}-loop.mp4"
    film = settled(target, settings.film, overwrite=overwrite, inputs=[path, *map(Path, files_read(settings))],
                   warn=warn)
    image = read_still(path, warn, settings.dream.max_pixels).image
    still = resize(image, fit(size_of(image), film.size))
    frames = max(2, round(settings.period * film.fps))
    dreamer = open_dreamer(settings.dream, observe, warn)
    say_octaves(dreamer, key_size(size_of(still)), settings.dream, warn)
    begun = perf_counter()
    with (
        open_film(target, size_of(still), film, frames, overwrite=overwrite, warn=warn) as sink,
        explained(sink, target, frames),
    ):
        for frame in _frames(still, frames, settings.but(film=film), dreamer, observe):
            sink.write(frame)
            observe(Frame(sink.written, frames))
    return rendered(
        sink, target, size_of(still), film.fps, seconds=perf_counter() - begun, seed=settings.seed,
        network=dreamer.network.name)


def _frames(
    still: Image, frames: int, settings: LoopSettings, dreamer: "Dreamer", observe: Observe
) -> Iterator[Image]:
    def deepen(start: Image, number: int, share: float) -> Image:
        values = settings.dream.but(steps=max(1, round(share * (settings.dream.steps or 0))))
        return dreamer(start, np.random.default_rng([settings.seed, number]), values, observe)

    match settings.kind:
        case "pulse":
            return pulse_frames(still, frames, deepen, observe)
        case "sway":
            return sway_frames(still, frames, deepen, observe)
        case "bounce":
            observe(Begun(frames))
            return there_and_back(_zoom_frames(still, frames // 2 + 1, settings, dreamer, observe))
    return dive_frames(still, frames, settings.dive, deepen, observe)


def _zoom_frames(
    still: Image, frames: int, settings: LoopSettings, dreamer: "Dreamer", observe: Observe
) -> Iterator[Image]:
    """The frames of a zoom after it has settled; the camera sets off gently, and comes to rest gently."""
    from dreamvid.dream.ascent import even_pace, steady

    values = settings.dream
    pace = even_pace(dreamer.strength(still, values)) if settings.carry.even else steady
    carry = None
    for n in range(-SETTLING, frames):
        # On average 1; a frame at speed 2 is the move of a frame that takes twice as long.
        speed = max(1e-6, pi / 2 * sin(pi * (n - 0.5) / (frames - 1))) if n > 0 else 1e-6
        flow = camera_flow(size_of(still), settings.film.fps / Fraction(speed), settings.camera)
        start = camera_start(still, flow, settings.camera.border, settings.carry)
        rng = np.random.default_rng([settings.seed, n + SETTLING])
        dreamed = dreamer(start(still, carry, n), rng, values, observe, pace if n >= GROWING - SETTLING else steady)
        carry = Carry(still, dreamed)
        if n >= 0:
            yield dreamed
