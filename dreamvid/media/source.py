"""Where frames come from, by the name: a film file, a folder of pictures, or numbered pictures."""

import os
from collections.abc import Callable
from pathlib import Path

from dreamvid.media.base import Source
from dreamvid.media.clip import Clip
from dreamvid.media.pictures import PICTURE_SUFFIXES, Pictures, by_pattern, in_folder, is_pattern
from dreamvid.media.sound import Tracks
from dreamvid.media.still import pictures_in
from dreamvid.settings import MAX_PIXELS, SourceSettings

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
        InputError: it is missing, not a film, of an unsupported format, too large or too small; or, where
            `strict` is set, truncated.
        SettingError: the start lies after its end.
        FFmpegError: ffmpeg is missing.
    """
    if os.path.isdir(path):
        return Pictures(in_folder(path), values, warn, max_pixels)
    if is_pattern(path) and not os.path.isfile(path):
        return Pictures(by_pattern(path, warn), values, warn, max_pixels)
    return Clip(path, values, warn, max_pixels)


def is_clip(path: Path) -> bool:
    """Whether a path is a clip. If not, it is a single picture, or does not exist.

    Folders, numbered pictures, animations of more than one frame and all films are clips.
    """
    if os.path.isdir(path) or (is_pattern(path) and not os.path.exists(path)):
        return True
    if not os.path.isfile(path):
        return False
    count = pictures_in(path)
    # A picture that cannot be opened is recognised by its suffix.
    return count > 1 if count is not None else path.suffix.lower() not in PICTURE_SUFFIXES


def tracks_of(source: Source) -> Tracks | None:
    """The sound and subtitles of a source; None if it has none."""
    return source.tracks if isinstance(source, Clip) and source.tracks.tracks else None
