"""Where films go, told by the name: a film file, standard output, or a folder of pictures.

A new container is a line in `formats.CONTAINERS`; another way of writing is a `Sink` and its branch in `open_sink`.
"""

import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Size
from dreamvid.errors import OutputError, SettingError
from dreamvid.events import ignore
from dreamvid.settings import EncoderSettings, file_size
from dreamvid.video import ffmpeg
from dreamvid.video.base import Sink
from dreamvid.video.film import Film, Pipe
from dreamvid.video.folder import DEFAULT_NAME, Folder, check_pattern, is_pattern
from dreamvid.video.formats import CONTAINERS, encoding_for, exact_rate
from dreamvid.video.gif import gif
from dreamvid.video.keepsake import Keeping, Keepsakes
from dreamvid.video.metadata.gif import comment
from dreamvid.video.spool import Spooled, repeated
from dreamvid.video.still import STILL_SUFFIXES, check_still
from dreamvid.video.target import check_target, is_folder
from dreamvid.video.tracks import Tracks

__all__ = ["STDOUT", "Sink", "check_output", "is_film", "kept_rate", "open_sink", "target_of"]

STDOUT = "-"
"""The name of standard output."""


def check_output(path: str | os.PathLike[str], film: EncoderSettings, *, overwrite: bool,
                 inputs: Sequence[Path] = ()) -> None:
    """Refuses an output that could not, or must not, be written. Cheap: to be called before any heavy work.

    Args:
        path, film: as for `open_sink`.
        overwrite: whether existing files may be replaced.
        inputs: files or folders that must not be written over, even then.

    Raises:
        SettingError: the name tells no known kind of output, or that kind cannot hold what is asked.
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
    for extra in (film.poster, film.sheet):
        if extra is not None:
            if Path(extra) in taken:
                raise OutputError(f"{extra} is named twice; each output needs a name of its own")
            check_still(Path(extra), overwrite=overwrite, inputs=taken)
            taken.append(Path(extra))


def _check_target(target: Path, film: EncoderSettings, *, overwrite: bool, inputs: Sequence[Path]) -> None:
    if is_film(target):
        encoding_for(target.suffix.lower(), film)
        check_target(target, overwrite=overwrite, inputs=inputs)
        ffmpeg.executable()
        return
    given = {"--codec": film.codec, "--crf": film.crf, "--pix-fmt": film.pix_fmt, "--bitrate": film.bitrate,
             "--max-size": film.max_size, "--repeat": film.repeat if film.repeat > 1 else None}
    for option, value in given.items():
        if value is not None:
            raise SettingError(f"{option} is {value}; it is for films, and {target} stands for pictures")
    check_pattern(target, overwrite=overwrite, inputs=inputs)


def _check_stdout(film: EncoderSettings) -> None:
    encoding_for(".mkv", film)
    if film.repeat > 1:
        raise SettingError(f"--repeat is {film.repeat}; a film that is piped cannot be repeated")
    if sys.stdout.isatty():
        raise OutputError("the film would go to the terminal; pipe it on, as in -o - | ffplay -, or give -o a name")
    ffmpeg.executable()


def kept_rate(path: str | os.PathLike[str], fps: Fraction) -> Fraction:
    """The frame rate nearest to `fps` that the output keeps exactly."""
    return exact_rate(Path(path).suffix.lower(), fps)


def open_sink(path: str | os.PathLike[str], size: Size, fps: Fraction, film: EncoderSettings, *, overwrite: bool,
              frames: int = 1, tracks: Tracks | None = None, recipe: str | None = None,
              warn: Callable[[str], None] = ignore) -> Sink:
    """Opens the output of a film; use it as a context manager.

    Args:
        path: a film, by its suffix (see `formats.CONTAINERS`); `-` for Matroska on standard output; or pictures:
            `frames/%06d.png`, numbered from 1, or a folder, which exists or is written with a slash at its end (a
            `Path` drops the slash: give a `str`).
        size: of every frame.
        fps: the exact frame rate, one that `kept_rate` returns; pictures have none.
        film: codec, quality, poster and the like; its own rate and size do not matter here.
        overwrite: whether existing files may be replaced.
        frames: how many there will be, as far as is known, for the poster and the contact sheet.
        tracks: sound and subtitles for the film; animations, repeated films and pictures have none.
        recipe: a text that the film, or each picture, carries in its metadata.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        SettingError, OutputError, FFmpegError: see `check_output`.
        ResourceError: the disk is full.
    """
    check_output(path, film, overwrite=overwrite)
    poster, sheet = (Path(name) if name is not None else None for name in (film.poster, film.sheet))
    if path == STDOUT:
        sink: Sink = Pipe(sys.stdout.fileno(), size, fps, film, recipe=recipe)
    else:
        sink = _sink(target_of(path), size, fps, film, overwrite=overwrite, tracks=tracks, recipe=recipe, warn=warn)
    if poster is None and sheet is None:
        return sink
    return Keeping(sink, Keepsakes(frames, fps, poster=poster, sheet=sheet), overwrite=overwrite)


def _sink(target: Path, size: Size, fps: Fraction, film: EncoderSettings, *, overwrite: bool, tracks: Tracks | None,
          recipe: str | None, warn: Callable[[str], None]) -> Sink:
    if not is_film(target):
        return Folder(target, overwrite=overwrite, recipe=recipe)
    suffix = target.suffix.lower()
    if suffix == ".gif":
        limit = file_size(film.max_size) if film.max_size is not None else None
        make = gif(size, fps, limit, warn, more=0 if recipe is None else len(comment(recipe)))
        return Spooled(target, size, fps, make, overwrite=overwrite, recipe=recipe)
    if film.repeat > 1:
        encoding = encoding_for(suffix, film)
        make = repeated(encoding, film.repeat, suffix, recipe)
        return Spooled(target, size, fps, make, grid=encoding.grid, overwrite=overwrite)
    return Film(target, size, fps, film, overwrite=overwrite, tracks=tracks, recipe=recipe)


def is_film(target: Path) -> bool:
    """Whether the name is that of a film: `%06d.png` is one of pictures, though `film.png` is an animation."""
    suffix = target.suffix.lower()
    return suffix in CONTAINERS and not (suffix in STILL_SUFFIXES and is_pattern(target))


def target_of(path: str | os.PathLike[str]) -> Path:
    """The film file, or the pattern of the pictures' names, that a name stands for."""
    text, target = os.fspath(path), Path(path)
    film = is_film(target)
    slash = text.endswith(("/", os.sep))
    if is_folder(target) and film and not slash:
        raise OutputError(f"{text} is a folder; give it a slash at the end to write pictures into it")
    if slash or (is_folder(target) and not film):
        return target / DEFAULT_NAME
    if film or is_pattern(target):
        return target
    raise SettingError(f"{text} has no known suffix for a film; it must end in {', '.join(CONTAINERS)}, "
                       f"or be a folder (frames/) or pictures (frames/{DEFAULT_NAME})")
