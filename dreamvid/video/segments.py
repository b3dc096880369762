"""A film in stretches: each becomes a file of its own when its frames are there, and at the end these the film."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from dreamvid.arrays import Bytes, Size, from_uint8
from dreamvid.errors import FFmpegError, write_error
from dreamvid.events import ignore
from dreamvid.settings import EncoderSettings
from dreamvid.video import ffmpeg
from dreamvid.video.base import Sink
from dreamvid.video.child import Reader, carry_out
from dreamvid.video.encoder import PATIENCE, Encoder
from dreamvid.video.film import add_tracks, command
from dreamvid.video.formats import CONTAINERS, Encoding, encoding_for
from dreamvid.video.metadata import tags
from dreamvid.video.sink import is_film, open_sink, target_of
from dreamvid.video.spool import LOSSLESS
from dreamvid.video.still import write_still
from dreamvid.video.tracks import Tracks

LARGEST = 600_000_000
"""Most bytes of raw frames in a stretch: two of them are on the disk at a time."""
_LONGEST, _SHORTEST = 96, 8  # frames; even numbers, so that H.264's key frames alternate across the joints
_HELD = {"prores": "mov", "ffv1": "matroska"}  # the container of a codec's segments; MP4 for all others


class Segments(ABC):
    """How stretches of frames become files, and the files a film.

    Attributes:
        suffix: of a segment's file.
        encoding: how they are encoded, in ffmpeg's words.
        length: frames in a stretch. Where it is cut depends on the number of a frame alone.
        whole: whether each segment is a result by itself, a picture, so that there is nothing to join.
        quick: whether joining is a copy.
    """

    suffix: str
    encoding: str
    length: int
    whole: bool = False
    quick: bool = False
    _encoder: Encoder | None = None

    def abort(self) -> None:
        """Ends the ffmpeg that encodes a stretch, in whatever thread, if one does."""
        if self._encoder is not None:
            self._encoder.child.kill()

    def _encode(self, pictures: Iterable[Bytes], path: Path, size: Size, fps: Fraction, *, encoding: Encoding,
                patience: float) -> None:
        arguments = [*command(encoding, size, fps), "-y", ffmpeg.url(path)]
        self._encoder = Encoder(arguments, size, encoding.grid, patience=patience)
        try:
            for picture in pictures:
                self._encoder.write_pixels(picture)
            self._encoder.finish()
        finally:
            self._encoder.abort()

    @abstractmethod
    def encode(self, pictures: Iterable[Bytes], path: Path, patience: float = PATIENCE) -> None:
        """Writes a stretch of frames into a file.

        Raises:
            FFmpegError, OutputError, ResourceError: it cannot be written.
        """

    @abstractmethod
    def join(self, files: Sequence[Path], target: Path, frames: int, patience: float = PATIENCE) -> None:
        """Writes the film of all segments, which hold so many frames.

        Raises:
            FFmpegError: it cannot be written; or, if it exists, its sound and subtitles cannot.
            OutputError, ResourceError: it cannot be written.
        """


def stretch_length(size: Size) -> int:
    """Frames in a stretch of a film of this size."""
    most = LARGEST // (size.width * size.height * 3)
    return max(_SHORTEST, min(_LONGEST, most - most % 2))


class Final(Segments):
    """Segments that are encoded as the film will be, so that joining them is a copy: for MP4, MOV, MKV and WebM.

    Args:
        suffix: of the film.
        size, fps: of the frames.
        film: codec and quality.
        tracks: the sound and subtitles that go with the frames.
        recipe: a text that the film carries in its metadata.
    """

    def __init__(self, suffix: str, size: Size, fps: Fraction, film: EncoderSettings, *, tracks: Tracks | None,
                 recipe: str | None) -> None:
        self._container = suffix
        self._size, self._fps = size, fps
        self._tracks = tracks
        self._recipe = recipe
        self._encoding = encoding_for(suffix, film)
        self.encoding = " ".join([self._encoding.picture, *self._encoding.options])
        self._muxer = _HELD.get(film.codec or CONTAINERS[suffix].codecs[0], "mp4")
        self.suffix = ".mkv" if self._muxer == "matroska" else f".{self._muxer}"
        self.length = stretch_length(size)
        self.quick = True

    def encode(self, pictures: Iterable[Bytes], path: Path, patience: float = PATIENCE) -> None:
        # Bit-exact, or the file would hold the hour it was made.
        encoding = replace(self._encoding, muxer=("-fflags", "+bitexact", "-f", self._muxer))
        self._encode(pictures, path, self._size, self._fps, encoding=encoding, patience=patience)

    def join(self, files: Sequence[Path], target: Path, frames: int, patience: float = PATIENCE) -> None:
        silent = target.with_name(f"silent-{target.name}")
        try:
            self._copy(files, silent, frames, patience)
            self._add_tracks(silent, target, frames, patience)
        except OSError as error:
            raise write_error(target, error) from error

    def _copy(self, files: Sequence[Path], silent: Path, frames: int, patience: float) -> None:
        """Writes the film without its tracks."""
        listed = silent.with_name("segments.ffconcat")
        listed.write_text("ffconcat version 1.0\n" + "".join(self._listed(files, silent.parent, frames)), "utf-8")
        opening = ["-protocol_whitelist", "file", "-format_whitelist", f"concat,{ffmpeg.FORMATS}", "-f", "concat"]
        carry_out([*opening, "-i", ffmpeg.url(listed), "-c", "copy", *self._encoding.muxer,
                   *tags(self._container, self._recipe), "-y", ffmpeg.url(silent)], patience)

    def _add_tracks(self, silent: Path, target: Path, frames: int, patience: float) -> None:
        """Makes of the complete, silent film the one with its tracks; if they cannot be joined, it stays silent."""
        if self._tracks is None:
            silent.replace(target)
            return
        try:
            add_tracks(silent, target, self._container, self._tracks, frames=frames, fps=self._fps, patience=patience)
        except FFmpegError:
            silent.replace(target)
            raise

    def _listed(self, files: Sequence[Path], folder: Path, frames: int) -> Iterator[str]:
        for n, path in enumerate(files):
            yield f"file '{path.relative_to(folder).as_posix()}'\n"
            if self._muxer == "matroska":
                # It counts in milliseconds, whose roundings must not add up from segment to segment.
                yield f"duration {float(min(self.length, frames - n * self.length) / self._fps):.6f}\n"


class Lossless(Segments):
    """Segments without loss, which are played once into the sink of a film that cannot be joined, such as a GIF.

    Args:
        size, fps: of the frames.
        open_sink: opens the film at a path.
        encoding: how that encodes, in words.
    """

    suffix = ".mkv"

    def __init__(self, size: Size, fps: Fraction, open_sink: Callable[[Path], Sink], encoding: str) -> None:
        self._size, self._fps = size, fps
        self.encoding = encoding
        self._open_sink = open_sink
        self.length = stretch_length(size)

    def encode(self, pictures: Iterable[Bytes], path: Path, patience: float = PATIENCE) -> None:
        self._encode(pictures, path, self._size, self._fps, encoding=encoding_for(".mkv", LOSSLESS), patience=patience)

    def join(self, files: Sequence[Path], target: Path, frames: int, patience: float = PATIENCE) -> None:  # noqa: ARG002
        with self._open_sink(target) as sink:
            for path in files:
                for picture in _decode(path):
                    sink.write(from_uint8(picture))
            if sink.written != frames:
                raise FFmpegError(f"{sink.written} of {frames} frames could be read from {files[0].parent}")


class Stills(Segments):
    """Pictures of one frame each, which are results by themselves.

    Args:
        suffix: of the pictures.
        recipe: a text that each carries in its metadata.
    """

    length = 1
    whole = True
    encoding = "pictures"

    def __init__(self, suffix: str, recipe: str | None) -> None:
        self.suffix = suffix
        self._recipe = recipe

    def encode(self, pictures: Iterable[Bytes], path: Path, patience: float = PATIENCE) -> None:  # noqa: ARG002
        for picture in pictures:
            write_still(path, from_uint8(picture), overwrite=True, recipe=self._recipe)

    def join(self, files: Sequence[Path], target: Path, frames: int, patience: float = PATIENCE) -> None:
        """Nothing is to be joined."""


def segments_for(path: str, size: Size, fps: Fraction, film: EncoderSettings, *, tracks: Tracks | None = None,
                 frames: int = 1, recipe: str | None = None, warn: Callable[[str], None] = ignore) -> Segments:
    """How the output of this name is made in stretches; the arguments are those of `open_sink`, which checks them."""
    target = target_of(path)
    suffix = target.suffix.lower()
    if not is_film(target):
        return Stills(suffix, recipe)
    if CONTAINERS[suffix].loops or film.repeat > 1:
        plain = film.but(poster=None, sheet=None)
        encoding = " ".join([*encoding_for(suffix, film).options, f"repeat {film.repeat}", film.max_size or ""])
        return Lossless(size, fps, lambda path: open_sink(path, size, fps, plain, overwrite=True, frames=frames,
                                                          recipe=recipe, warn=warn), encoding)
    return Final(suffix, size, fps, film, tracks=tracks, recipe=recipe)


def _decode(path: Path) -> Iterator[Bytes]:
    reader = Reader([*ffmpeg.reading(path), "-fps_mode", "passthrough"])
    try:
        while (picture := reader.read()) is not None:
            yield np.asarray(picture, np.uint8)
    finally:
        reader.close()
