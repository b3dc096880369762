"""Loops: films whose last frame leads into the first."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Carry, Image, fit, size_of
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.filters import resize
from dreamvid.loop_settings import LoopSettings
from dreamvid.motion.camera import camera_flow, camera_start
from dreamvid.motion.dive import key_size
from dreamvid.pipeline.bounce import there_and_back
from dreamvid.pipeline.breath import pulse_frames, sway_frames
from dreamvid.pipeline.dive import dive_frames
from dreamvid.pipeline.dreaming import say_octaves
from dreamvid.pipeline.film import Rendered, explained, open_film, settled
from dreamvid.video.still import read_still

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


SETTLING = 12
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
    from dreamvid.dream.dreamer import load_dreamer

    settings = settings or LoopSettings()
    path = Path(picture)
    target = os.fspath(output) if output is not None else f"{path.stem}-loop.mp4"
    film = settled(target, settings.film, overwrite=overwrite, inputs=[path], warn=warn)
    image = read_still(path, warn).image
    still = resize(image, fit(size_of(image), film.size))
    frames = max(2, round(settings.period * film.fps))
    dreamer = load_dreamer(settings.dream)
    say_octaves(dreamer, key_size(size_of(still)), settings.dream, warn)
    begun = perf_counter()
    with (
        open_film(target, size_of(still), film, frames, overwrite=overwrite, warn=warn) as sink,
        explained(sink, target, frames),
    ):
        for frame in _frames(still, frames, settings.but(film=film), dreamer, observe):
            sink.write(frame)
            observe(Frame(sink.written, frames))
    seconds = perf_counter() - begun
    return Rendered(
        output=target, frames=sink.written, width=still.shape[1], height=still.shape[0], fps=float(film.fps),
        seconds=round(seconds, 3), frames_per_second=round(sink.written / seconds, 2), seed=settings.seed,
        network=dreamer.network.name,
    )


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
            film = _zoom_frames(still, SETTLING + frames // 2 + 1, settings, dreamer, observe)
            return there_and_back(islice(film, SETTLING, None))
    return dive_frames(still, frames, settings.dive, deepen, observe)


def _zoom_frames(
    still: Image, frames: int, settings: LoopSettings, dreamer: "Dreamer", observe: Observe
) -> Iterator[Image]:
    """The frames of a zoom, as `dreamvid.pipeline.zoom` makes them."""
    flow = camera_flow(size_of(still), settings.film.fps, settings.camera)
    start = camera_start(still, flow, settings.camera.border, settings.carry)
    carry = None
    for n in range(frames):
        dreamed = dreamer(start(still, carry, n), np.random.default_rng([settings.seed, n]), settings.dream, observe)
        carry = Carry(still, dreamed)
        yield dreamed
