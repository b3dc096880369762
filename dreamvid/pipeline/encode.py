"""Another format of a film, or a film of pictures: every frame is encoded as it is."""

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.pipeline.output import explained
from dreamvid.pipeline.recipe import handed_on
from dreamvid.pipeline.source import kept_tracks, open_clip
from dreamvid.settings import EncodeSettings
from dreamvid.video.sink import check_output, open_sink


@dataclass(frozen=True)
class Encoded:
    """What was made. `fps` is the film's rate; `seconds` is the wall time."""

    output: str
    frames: int
    width: int
    height: int
    fps: float
    seconds: float


def encode(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    settings: EncodeSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Encoded:
    """Writes frames that are there already in another format. Between lossless formats no bit changes.

    A recipe that the source carries is handed on.

    Args:
        source: as for `clip`.
        output: as for `zoom`.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`, and then the film holds what was done.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or EncodeSettings()
    path, target, film = Path(source), os.fspath(output), settings.film
    check_output(target, film, overwrite=overwrite, inputs=[path])
    frames = open_clip(path, target, settings.source, warn)
    tracks = kept_tracks(frames, target, film, warn) if settings.audio else None
    begun = perf_counter()
    with (
        open_sink(target, frames.size, frames.fps, film, overwrite=overwrite, frames=frames.frames, tracks=tracks,
                  recipe=handed_on(path), warn=warn) as sink,
        explained(sink, target, frames.frames),
        closing(image for image in frames) as images,
    ):
        observe(Begun(frames.frames))
        for image in images:
            sink.write(image)
            observe(Frame(sink.written, frames.frames))
    return Encoded(
        output=target, frames=sink.written, width=frames.size.width, height=frames.size.height,
        fps=float(frames.fps), seconds=round(perf_counter() - begun, 3))
