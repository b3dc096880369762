"""Where films go, told by the name: a film file, or a folder of pictures.

A new container is a line in `film.CONTAINERS`; another way of writing is a `Sink` and its branch in `open_sink`.
"""

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Size
from dreamvid.errors import OutputError, SettingError
from dreamvid.video import ffmpeg
from dreamvid.video.base import Sink
from dreamvid.video.film import CONTAINERS, Film
from dreamvid.video.folder import DEFAULT_NAME, Folder, check_pattern, is_pattern
from dreamvid.video.target import check_target
from dreamvid.video.tracks import Tracks

__all__ = ["Sink", "check_output", "open_sink"]


def check_output(path: str | os.PathLike[str], *, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Refuses an output that could not, or must not, be written. Cheap: to be called before any heavy work.

    Args:
        path: as for `open_sink`.
        overwrite: whether existing files may be replaced.
        inputs: files or folders that must not be written over, even then.

    Raises:
        SettingError: the name tells no known kind of output.
        OutputError: it is an input, exists, is a folder or a device, or its folder is missing or cannot be written.
        FFmpegError: ffmpeg is needed and missing.
    """
    target = _target(path)
    if _is_film(target):
        check_target(target, overwrite=overwrite, inputs=inputs)
        ffmpeg.executable()
    else:
        check_pattern(target, overwrite=overwrite, inputs=inputs)


def open_sink(path: str | os.PathLike[str], size: Size, fps: Fraction, *, crf: int, preset: str,
              overwrite: bool, tracks: Tracks | None = None) -> Sink:
    """Opens the output of a film; use it as a context manager.

    Args:
        path: `film.mp4`, `.mov` or `.mkv`; or pictures: `frames/%06d.png`, numbered from 1, or a folder, which exists
            or is written with a slash at its end (a `Path` drops the slash: give a `str`).
        size: of every frame.
        fps: the exact frame rate; pictures have none.
        crf: constant rate factor of H.264, 0 to 51; pictures have none.
        preset: x264's; pictures have none.
        overwrite: whether existing files may be replaced.
        tracks: sound and subtitles for the film; pictures have none.

    Raises:
        SettingError, OutputError, FFmpegError: see `check_output`.
        ResourceError: the disk is full.
    """
    check_output(path, overwrite=overwrite)
    target = _target(path)
    if _is_film(target):
        return Film(target, size, fps, crf=crf, preset=preset, overwrite=overwrite, tracks=tracks)
    return Folder(target, overwrite=overwrite)


def _is_film(target: Path) -> bool:
    return target.suffix.lower() in CONTAINERS


def _target(path: str | os.PathLike[str]) -> Path:
    """The film file, or the pattern of the pictures' names, that a name stands for."""
    text, target = os.fspath(path), Path(path)
    film = _is_film(target)
    slash = text.endswith(("/", os.sep))
    if target.is_dir() and film and not slash:
        raise OutputError(f"{text} is a folder; give it a slash at the end to write pictures into it")
    if slash or (target.is_dir() and not film):
        return target / DEFAULT_NAME
    if film or is_pattern(target):
        return target
    raise SettingError(f"{text} has no known suffix for a film; it must end in {', '.join(CONTAINERS)}, "
                       f"or be a folder (frames/) or pictures (frames/{DEFAULT_NAME})")
