"""Films that need all their frames before they can be made: kept without loss on the disk, never in memory."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Image, Size
from dreamvid.errors import OutputError
from dreamvid.settings import EncoderSettings
from dreamvid.video import ffmpeg
from dreamvid.video.base import Sink
from dreamvid.video.child import carry_out
from dreamvid.video.encoder import PATIENCE, Encoder
from dreamvid.video.film import command
from dreamvid.video.formats import Encoding, encoding_for
from dreamvid.video.metadata import embed, tags
from dreamvid.video.target import Part

PIXELS = Size(1, 1)
LOSSLESS = EncoderSettings(codec="ffv1")

Make = Callable[[Path, Path], None]
"""(file of all frames, in RGB without loss, path) → writes the film there."""


class Spooled(Sink):
    """A film that is made at the end from a lossless file of its frames, which lies beside it meanwhile.

    Args:
        path: the film.
        size: of every frame.
        fps: the exact frame rate.
        make: makes the film.
        grid: the frames are padded to whole cells of it.
        overwrite: whether an existing file may be replaced.
        recipe: a text that an animation carries in its metadata; what `make` makes of a film carries it already.

    Raises:
        FFmpegError: ffmpeg is missing.
        OutputError, ResourceError: the file cannot be made.
    """

    def __init__(self, path: Path, size: Size, fps: Fraction, make: Make, *, grid: Size = PIXELS,
                 overwrite: bool, recipe: str | None = None) -> None:
        super().__init__()
        self._path = path
        self._make = make
        self._recipe = recipe
        encoding = replace(encoding_for(".mkv", LOSSLESS), grid=grid)
        self._part = Part(path, overwrite=overwrite)
        self._spool = Part(path, overwrite=False)
        arguments = [*command(encoding, size, fps), "-y", ffmpeg.url(self._spool.path)]
        try:
            self._encoder = Encoder(arguments, size, grid)
        except BaseException:
            self._part.discard()
            self._spool.discard()
            raise

    def write(self, image: Image) -> None:
        self._encoder.write(image)
        self.written += 1

    def finish(self) -> None:
        try:
            if not self.written:
                raise OutputError(f"{self._path} is not written: there is no frame")
            self._encoder.finish()
            self._make(self._spool.path, self._part.path)
            embed(self._part.path, self._recipe, self._path)
            self._part.commit()
        finally:
            self.abort()

    def abort(self) -> None:
        self._encoder.abort()
        self._spool.discard()
        self._part.discard()


def repeated(encoding: Encoding, times: int, suffix: str, recipe: str | None) -> Make:
    """Makes a film with this suffix that plays its frames so many times, and carries a recipe if there is one."""

    def make(spool: Path, target: Path) -> None:
        source = ["-stream_loop", str(times - 1), *ffmpeg.reading(spool)]
        carry_out([*source, "-vf", encoding.picture, "-fps_mode", "passthrough", *encoding.options,
                   *tags(suffix, recipe), "-y", ffmpeg.url(target)], PATIENCE)

    return make
