"""The clip that a film is made of: at a rate that the film keeps, and with the sound that the film holds."""

from pathlib import Path

from dreamvid.events import Warn, ignore
from dreamvid.pipeline.film import exact
from dreamvid.settings import MAX_PIXELS, EncoderSettings, SourceSettings
from dreamvid.video.base import Source
from dreamvid.video.formats import CONTAINERS
from dreamvid.video.source import open_source, tracks_of
from dreamvid.video.tracks import Tracks, say_unkept


def open_clip(
    path: Path, target: str, values: SourceSettings, warn: Warn, max_pixels: int = MAX_PIXELS
) -> Source:
    """The clip, at its own rate or at the nearest that the output keeps exactly."""
    frames = open_source(path, values, warn, max_pixels)
    fps = exact(target, frames.fps, warn)
    return frames if fps == frames.fps else open_source(path, values.but(fps=fps), ignore, max_pixels)


def kept_tracks(frames: Source, target: str, film: EncoderSettings, warn: Warn) -> Tracks | None:
    """The clip's sound and subtitles, where the output can hold them; what is left out is said."""
    suffix = Path(target).suffix.lower()
    tracks = tracks_of(frames) if suffix in CONTAINERS else None
    if tracks is None:
        return None
    if CONTAINERS[suffix].loops or film.repeat > 1:
        warn("the film is silent: " + ("it is repeated" if film.repeat > 1 else f"{suffix} holds no sound"))
        return None
    say_unkept(tracks, suffix, warn)
    return tracks
