"""The formats of films: how pictures are encoded into segment files, and how segments are joined to a film.

To add a container, add a line in `formats.CONTAINERS`; for another way of writing, add a `Format` in `format_of`.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Size
from dreamvid.errors import FFmpegError
from dreamvid.events import Warn, ignore
from dreamvid.media import ffmpeg
from dreamvid.media.child import Deadline, carry_out
from dreamvid.media.metadata import embed, tags
from dreamvid.media.metadata.formats import comment
from dreamvid.media.sound import Tracks, joined
from dreamvid.output.formats import CONTAINERS, Encoding, encoding_for
from dreamvid.output.gif import write_gif
from dreamvid.output.names import STDOUT, is_film, target_of
from dreamvid.output.pictures import PictureWriter, numbered
from dreamvid.output.writer import Encoder, Writer, encoder_arguments
from dreamvid.settings import EncoderSettings, file_size

LOSSLESS = EncoderSettings(codec="ffv1")
_HELD = {"prores": "mov", "ffv1": "matroska"}  # container of segments by codec; MP4 for all others
_BIT_EXACT = ("-fflags", "+bitexact")  # no creation time in the file

Segment = tuple[Path, int]
"""(file, number of pictures)."""

Join = Callable[[Sequence[Segment], Path], None]
"""Called as (segments, film), writes the film. All files are in one folder.

Raises FFmpegError, OutputError or ResourceError; `SoundError` if the film is written, but without its sound.
"""


class SoundError(FFmpegError):
    """A film is written, but its sound and subtitles could not be added."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where a film goes, and how it is written.

    Attributes:
        output: a film, by its suffix (see `formats.CONTAINERS`); `-` for Matroska on standard output; or pictures:
            `frames/%06d.png`, numbered from 1, or a folder, which exists or ends with a slash (use `str`, since `Path`
            drops the slash).
        size: size of every picture.
        fps: the exact frame rate, as `kept_rate` returns it; not used for pictures.
        frames: the expected number of pictures.
        encoder: codec, quality, poster and so on; its `fps` and `size` are not used here.
        overwrite: whether existing files may be replaced.
        shown_again: the number of first pictures that are kept for the way back; see `FilmWriter.shown`.
        tracks: sound and subtitles; None for animations, repeated films and pictures.
        recipe: text for the metadata of the film, or of each picture.
        warn: called with warnings.
        deadline: how long ffmpeg may take.
    """

    output: str
    size: Size
    fps: Fraction
    frames: int
    encoder: EncoderSettings
    overwrite: bool = False
    shown_again: int = 0
    tracks: Tracks | None = None
    recipe: str | None = None
    warn: Warn = ignore
    deadline: Deadline = field(default_factory=Deadline)


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a film is written.

    Attributes:
        open: (file, number of its first picture from 0) → the writer of a segment. For numbered pictures, the file is a
            temporary file for one picture at a time.
        join: writes the film; None for numbered pictures and pipes, where nothing is joined.
        results: number of a picture → its file; None unless each picture is a result.
        suffix: suffix of a segment's file.
        encoding: ffmpeg's filter and options, part of the job.
    """

    open: Callable[[Path, int], Writer]
    join: Join | None = None
    results: Callable[[int], Path] | None = None
    suffix: str = ""
    encoding: str = ""


def format_of(film: Destination) -> Format:
    """The format of a film."""
    if film.output == STDOUT:
        return _pipe(film)
    target = target_of(film.output)
    suffix = target.suffix.lower()
    if not is_film(target):
        return Format(
            open=lambda path, first: PictureWriter(target, path, first, overwrite=film.overwrite, recipe=film.recipe),
            results=lambda n: numbered(target, n + 1), suffix=suffix, encoding="pictures")
    return _copied(film, suffix) if joins_by_copy(film.output, film.encoder) else _encoded(film, target, suffix)


def joins_by_copy(output: str, encoder: EncoderSettings) -> bool:
    """Whether the film's segments are joined without encoding them again."""
    if output == STDOUT or not is_film(target := target_of(output)):
        return False
    return not CONTAINERS[target.suffix.lower()].loops and encoder.repeat == 1


def _pipe(film: Destination) -> Format:
    encoding = encoding_for(".mkv", film.encoder)
    arguments = [*encoder_arguments(encoding, film.size, film.fps), *tags(".mkv", film.recipe), "pipe:1"]
    return Format(open=lambda *_: Encoder(arguments, encoding.grid, film.deadline, sys.stdout.fileno()))


def _encoded(film: Destination, target: Path, suffix: str) -> Format:
    """A format with lossless segments, for films that are encoded as a whole: animations and repeated films."""
    encoding, settings = encoding_for(suffix, film.encoder), film.encoder
    held = replace(encoding_for(".mkv", LOSSLESS), grid=encoding.grid)
    limit = file_size(settings.max_size) if settings.max_size else None
    more = len(comment(film.recipe)) if film.recipe else 0

    def join(segments: Sequence[Segment], path: Path) -> None:
        rate = ["-r", f"{film.fps.numerator}/{film.fps.denominator}"]  # exact; Matroska stores milliseconds
        source = [*rate, *_listed(list(segments) * settings.repeat, path, film.fps)]
        if suffix == ".gif":
            write_gif(source, path, size=film.size, fps=film.fps, limit=limit, deadline=film.deadline, warn=film.warn,
                      more=more)
        else:
            carry_out([*source, "-vf", encoding.picture, "-fps_mode", "passthrough", *encoding.options,
                       *tags(suffix, film.recipe), "-y", ffmpeg.url(path)], film.deadline)
        if CONTAINERS[suffix].loops:
            embed(path, film.recipe, target)

    return Format(
        open=_encoder(film, held), join=join, suffix=".mkv",
        encoding=" ".join([encoding.picture, *encoding.options, f"repeat {settings.repeat}", settings.max_size]))


def _encoder(film: Destination, encoding: Encoding) -> Callable[[Path, int], Writer]:
    arguments = encoder_arguments(encoding, film.size, film.fps)
    return lambda path, _: Encoder([*arguments, "-y", ffmpeg.url(path)], encoding.grid, film.deadline)


def _copied(film: Destination, suffix: str) -> Format:
    """A format whose segments are encoded like the film, so that joining only copies: MP4, MOV, MKV and WebM."""
    encoding = encoding_for(suffix, film.encoder)
    muxer = _HELD.get(film.encoder.codec or CONTAINERS[suffix].codecs[0], "mp4")

    def join(segments: Sequence[Segment], path: Path) -> None:
        carry_out([*_listed(segments, path, film.fps), "-c", "copy", *encoding.muxer, *tags(suffix, film.recipe), "-y",
                   ffmpeg.url(path)], film.deadline)
        if film.tracks:
            _add_tracks(path, film, film.tracks, sum(count for _, count in segments))

    return Format(
        open=_encoder(film, replace(encoding, muxer=(*_BIT_EXACT, "-f", muxer))), join=join,
        suffix=".mkv" if muxer == "matroska" else f".{muxer}",
        encoding=" ".join([encoding.picture, *encoding.options]),
    )


def _add_tracks(path: Path, film: Destination, tracks: Tracks, frames: int) -> None:
    """Adds sound and subtitles, cut to the film's length if it has fewer frames than the source."""
    length = tracks.length if frames >= tracks.frames else tracks.shown - tracks.start + frames / film.fps
    suffix = path.suffix
    container, whole = CONTAINERS[suffix], path.with_name(f"{path.stem}-tracks{suffix}")
    muxer = [*_BIT_EXACT, "-f", container.muxer, *container.options]
    try:
        carry_out([*joined(path, tracks, suffix, length), *muxer, "-y", ffmpeg.url(whole)], film.deadline)
    except FFmpegError as error:
        raise SoundError(str(error)) from error
    whole.replace(path)


def _listed(segments: Sequence[Segment], path: Path, fps: Fraction) -> list[str]:
    """ffmpeg's arguments that open all segments as one film.

    Args:
        segments: in the same folder as the film.
        path: the film; the list is written beside it.
        fps: used to write exact segment lengths, which containers round or estimate.
    """
    lines = ["ffconcat version 1.0"]
    for segment, count in segments:
        lines += [f"file '{segment.name}'", f"duration {float(count / fps):.6f}"]
    listed = path.with_name(f"{path.stem}.ffconcat")
    listed.write_text("\n".join([*lines, ""]), "utf-8")
    return ["-protocol_whitelist", "file", "-format_whitelist", f"concat,{ffmpeg.FORMATS}", "-f", "concat",
            "-i", ffmpeg.url(listed)]
