"""Where frames come from, told by the name: a film file, a folder of pictures, or numbered pictures."""

from collections.abc import Callable
from pathlib import Path

from dreamvid.settings import MAX_PIXELS, SourceSettings
from dreamvid.video.base import Source
from dreamvid.video.clip import Clip
from dreamvid.video.folder import is_pattern
from dreamvid.video.pictures import PICTURE_SUFFIXES, Pictures, by_pattern, in_folder
from dreamvid.video.still import pictures_in
from dreamvid.video.target import is_file, is_folder, is_there
from dreamvid.video.tracks import Tracks

__all__ = ["Source", "is_clip", "open_source", "tracks_of"]


def open_source(path: Path, values: SourceSettings, warn: Callable[[str], None],
                max_pixels: int = MAX_PIXELS) -> Source:
    """Opens a clip and learns its size, rate and length; frames are decoded when it is iterated.

    Args:
        path: a film (MP4, MOV, MKV, WebM, AVI, MPEG, GIF, animated WebP, AVIF or PNG), a folder of pictures, or
            numbered pictures such as `shot_%04d.png`. A file of exactly that name comes first.
        values: what is read of it.
        warn: gets one sentence for each thing worth knowing.
        max_pixels: the most that a frame may declare.

    Raises:
        InputError: it is missing, not a film, not of a kind that is opened, too large or too small; or, where
            `strict` is set, truncated.
        SettingError: the start lies after its end.
        FFmpegError: ffmpeg is missing.
    """
    if is_folder(path):
        return Pictures(in_folder(path), values, warn, max_pixels)
    if is_pattern(path) and not is_file(path):
        return Pictures(by_pattern(path, warn), values, warn, max_pixels)
    return Clip(path, values, warn, max_pixels)


def is_clip(path: Path) -> bool:
    """Whether a name is that of a clip; else it is that of one picture, or of nothing.

    Folders, numbered pictures, animations of more than one frame and all films are clips.
    """
    if is_folder(path) or (is_pattern(path) and not is_there(path)):
        return True
    if not is_file(path):
        return False
    count = pictures_in(path)
    # A picture that cannot even be opened is told as one, by its suffix.
    return count > 1 if count is not None else path.suffix.lower() not in PICTURE_SUFFIXES


def tracks_of(source: Source) -> Tracks | None:
    """The sound and subtitles of a source; None if it has none."""
    return source.tracks if isinstance(source, Clip) and source.tracks.tracks else None
