"""Wiring: opens what is read and written, builds motion and dreamer, and calls the frame loop."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from time import perf_counter

import numpy as np

from dreamvid.arrays import Image, Size, fit, size_of
from dreamvid.errors import Cancelled, ResourceError
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.filters import resize
from dreamvid.motion.camera import camera_flow, camera_start
from dreamvid.render import Dream, render
from dreamvid.settings import DreamSettings, FilmSettings, ZoomSettings
from dreamvid.video.sink import Sink, check_output, open_sink
from dreamvid.video.still import read_still


@dataclass(frozen=True)
class Rendered:
    """What was made. `seconds` is the wall time of the frames, without loading; `fps` is the film's rate."""

    output: str
    frames: int
    width: int
    height: int
    fps: float
    seconds: float
    frames_per_second: float
    seed: int
    network: str


def zoom(
    seed: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    settings: ZoomSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Rendered:
    """Makes a film that dives into a picture and never ends up anywhere it has been.

    Args:
        seed: the picture.
        output: the film, or a folder or pattern of pictures (see `dreamvid.video.sink.open_sink`); without it
            `NAME-zoom.mp4` in the current folder.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`, and then the film holds what was done.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or ZoomSettings()
    path = Path(seed)
    target = os.fspath(output) if output is not None else f"{path.stem}-zoom.mp4"
    check_output(target, overwrite=overwrite, inputs=[path])
    picture = read_still(path, warn).image
    still = resize(picture, fit(size_of(picture), settings.film.size))
    flow = camera_flow(size_of(still), settings.film.fps, settings.camera)
    start = camera_start(still, flow, settings.camera.border, settings.carry)
    dream, network = _load_dream(settings.dream, settings.seed, size_of(still), observe, warn)
    frames = settings.frames
    begun = perf_counter()
    with (
        _open_film(target, size_of(still), settings.film, overwrite=overwrite) as sink,
        _explained(sink, target, frames),
    ):
        observe(Begun(frames))
        render(repeat(still, frames), start, dream, sink.write, lambda done: observe(Frame(done, frames)))
    seconds = perf_counter() - begun
    return Rendered(
        output=target, frames=sink.written, width=still.shape[1], height=still.shape[0],
        fps=float(settings.film.fps), seconds=round(seconds, 3),
        frames_per_second=round(sink.written / seconds, 2), seed=settings.seed, network=network,
    )


def _load_dream(values: DreamSettings, seed: int, size: Size, observe: Observe, warn: Warn) -> tuple[Dream, str]:
    """The dream stage of the frame loop, and the name of its network."""
    from dreamvid.dream.dreamer import load_dreamer

    dreamer = load_dreamer(values)
    octaves = len(dreamer.octaves(size, values))
    if octaves < (values.octaves or 0):
        warn(f"{octaves} of {values.octaves} octaves are used: in smaller ones {dreamer.network.name} sees nothing")

    def dream(image: Image, n: int) -> Image:
        return dreamer(image, np.random.default_rng([seed, n]), values, observe)

    return dream, dreamer.network.name


def _open_film(target: str, size: Size, film: FilmSettings, *, overwrite: bool) -> Sink:
    assert film.encoder_preset is not None  # filled by the quality
    return open_sink(target, size, film.fps, crf=film.crf, preset=film.encoder_preset, overwrite=overwrite)


@contextmanager
def _explained(sink: Sink, target: str, frames: int) -> Iterator[None]:
    """Says in `Cancelled` what is kept, and makes a lack of memory a `DreamvidError`."""
    try:
        yield
    except Cancelled as stop:
        kept = f"{target} holds them" if sink.written else "nothing is written"
        raise type(stop)(f"stopped after {sink.written} of {frames} frames; {kept}") from stop
    except MemoryError as error:
        raise ResourceError("memory ran out; a smaller --size or --tile needs less") from error
