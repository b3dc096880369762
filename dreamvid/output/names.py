"""Finds the kind of output from its name (film, pipe or folder of pictures), and checks that it can be written."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dreamvid.errors import OutputError, SettingError, named
from dreamvid.media import ffmpeg
from dreamvid.media.pictures import is_pattern
from dreamvid.media.still import STILL_SUFFIXES
from dreamvid.output.formats import CONTAINERS, encoding_for
from dreamvid.output.pictures import DEFAULT_NAME, check_pattern, numbered
from dreamvid.output.still import check_still
from dreamvid.output.target import check_target
from dreamvid.settings import EncoderSettings, to_table

STDOUT = "-"
"""The name of standard output."""


def is_film(target: Path) -> bool:
    """Whether the name is that of a film. `film.png` is an animation; `%06d.png` is a pattern for pictures."""
    suffix = target.suffix.lower()
    return suffix in CONTAINERS and not (suffix in STILL_SUFFIXES and is_pattern(target))


def target_of(path: str | os.PathLike[str]) -> Path:
    """The film file, or the pattern of the pictures' names, for an output.

    Raises:
        SettingError: it has no known suffix.
        OutputError: it has the name of a film but is an existing folder.
    """
    text, target = os.fspath(path), Path(path)
    film = is_film(target)
    slash = text.endswith(("/", os.sep))
    if os.path.isdir(target) and film and not slash:
        raise OutputError(f"{text} is a folder; give it a slash at the end to write pictures into it")
    if slash or (os.path.isdir(target) and not film):
        return target / DEFAULT_NAME
    if film or is_pattern(target):
        return target
    raise SettingError(f"{text} has no known suffix for a film; it must end in {', '.join(CONTAINERS)}, "
                       f"or be a folder (frames/) or pictures (frames/{DEFAULT_NAME})")


def first_result(path: str | os.PathLike[str]) -> Path:
    """The film file, or the first picture, of an output."""
    target = target_of(path)
    return target if is_film(target) else numbered(target, 1)


def check_output(path: str | os.PathLike[str], film: EncoderSettings, *, overwrite: bool,
                 inputs: Sequence[Path] = ()) -> None:
    """Checks, before any heavy work, that an output can be written and may be.

    Args:
        path: the output, as in `segments.Destination`.
        film: the encoder's settings.
        overwrite: whether existing files may be replaced.
        inputs: files or folders that are never overwritten.

    Raises:
        SettingError: the suffix is not known, or the format does not support the settings.
        OutputError: it is an input, exists, is a folder or a device, or its folder is missing or cannot be written.
        FFmpegError: ffmpeg is needed and missing.
    """
    taken = list(inputs)
    if path == STDOUT:
        _check_stdout(film)
    else:
        target = target_of(path)
        _check_target(target, film, overwrite=overwrite, inputs=inputs)
        taken.append(target)
    for extra in extras(film):
        if extra in taken:
            raise OutputError(f"{extra} is named twice; each output needs a name of its own")
        check_still(extra, overwrite=overwrite, inputs=taken)
        taken.append(extra)


def extras(film: EncoderSettings) -> list[Path]:
    """The paths of the poster and the contact sheet, if requested."""
    return [Path(name) for name in (film.poster, film.sheet) if name]


def _check_target(target: Path, film: EncoderSettings, *, overwrite: bool, inputs: Sequence[Path]) -> None:
    if is_film(target):
        encoding_for(target.suffix.lower(), film)
        check_target(target, overwrite=overwrite, inputs=inputs)
        ffmpeg.executable()
        return
    given = to_table(film)
    for key in ("codec", "crf", "pix_fmt", "bitrate", "max_size"):
        if key in given:
            raise SettingError(key, given[key], "it is for films, and the output is pictures")
    if film.repeat > 1:
        raise SettingError("repeat", film.repeat, "it is for films, and the output is pictures")
    check_pattern(target, overwrite=overwrite, inputs=inputs)


def _check_stdout(film: EncoderSettings) -> None:
    encoding_for(".mkv", film)
    if film.repeat > 1:
        raise SettingError("repeat", film.repeat, "a film that is piped cannot be repeated")
    if sys.stdout.isatty():
        raise OutputError("the film would go to the terminal; pipe it on, as in -o - | ffplay -, or give "
                          f"{named('output')} a name")
    ffmpeg.executable()
