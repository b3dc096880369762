"""Encodes a film or pictures in another format, without dreaming."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Unpack

from dreamvid.calls import called
from dreamvid.events import Begun, Caller, Frame
from dreamvid.films.source import in_seconds, kept_tracks, open_clip
from dreamvid.media.source import tracks_of
from dreamvid.output.names import check_output
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination
from dreamvid.settings import EncodeSettings
from dreamvid.settings.options import EncodeOptions
from dreamvid.stills.given import FilmResult, PathName, Picture, as_path
from dreamvid.stills.recipe import copied_recipe


class Encoded(FilmResult):
    """A film that was encoded again."""


def encode(
    source: Picture | Sequence[Picture], output: PathName, settings: EncodeSettings | None = None,
    **options: Unpack[EncodeOptions],
) -> Encoded:
    """Encodes existing frames in another format. Between lossless formats no bit changes.

    The source's recipe is copied.

    Args:
        source: as for `clip`.
        output: as for `zoom`.
        settings: settings as an object; keyword settings take precedence.
        **options: settings by keyword; and `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`. On `Cancelled`, the film contains the pictures so far.
    """
    with called(EncodeSettings, settings, options) as (wanted, caller), as_path(source) as path:
        return _encoded(path, os.fspath(output), wanted, caller)


def _encoded(path: Path, target: str, settings: EncodeSettings, caller: Caller) -> Encoded:
    film = settings.film
    check_output(target, film, overwrite=caller.overwrite, inputs=[path])
    frames = open_clip(path, target, in_seconds(path, settings.source), caller.warn)
    tracks = kept_tracks(tracks_of(frames), target, film, caller.warn) if settings.sound else None
    begun = perf_counter()
    with (
        open_whole(Destination(
            output=target, size=frames.size, fps=frames.fps, frames=frames.frames, encoder=film,
            overwrite=caller.overwrite, tracks=tracks, recipe=copied_recipe(path), warn=caller.warn)) as writer,
        closing(image for image in frames) as images,
    ):
        caller.observe(Begun(frames.frames))
        for image in images:
            writer.write(image)
            caller.observe(Frame(writer.written, frames.frames, image))
    return Encoded(
        output=target, frames=writer.written, width=frames.size.width, height=frames.size.height,
        fps=float(frames.fps), seconds=round(perf_counter() - begun, 3))
