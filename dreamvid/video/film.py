"""A film file, or a film down a pipe, encoded by ffmpeg beside the dreaming."""

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Image, Size
from dreamvid.errors import FFmpegError, OutputError
from dreamvid.settings import EncoderSettings
from dreamvid.video import ffmpeg
from dreamvid.video.base import Sink
from dreamvid.video.child import Child, carry_out
from dreamvid.video.encoder import PATIENCE, Encoder
from dreamvid.video.formats import CONTAINERS, Encoding, encoding_for, raw_frames, whole_size
from dreamvid.video.metadata import embed, tags
from dreamvid.video.target import Part
from dreamvid.video.tracks import Tracks, joined


def command(encoding: Encoding, size: Size, fps: Fraction) -> list[str]:
    """ffmpeg's arguments, all but the output: raw RGB frames in, a film out."""
    frames = raw_frames(whole_size(size, encoding.grid), fps)
    return [*frames, "-vf", encoding.picture, "-fps_mode", "passthrough", *encoding.options]


class Film(Sink):
    """A film file of one of the `CONTAINERS`, all but GIF.

    Args:
        path: ends in one of the containers' suffixes.
        size: of every frame.
        fps: the exact frame rate.
        film: codec and quality.
        overwrite: whether an existing file may be replaced.
        tracks: the sound and subtitles that go with the frames.
        recipe: a text that the file carries in its metadata.
        patience: seconds without progress after which ffmpeg is given up.

    Raises:
        SettingError: the container cannot hold what is asked.
        FFmpegError: ffmpeg is missing.
        OutputError, ResourceError: the file cannot be made.
    """

    def __init__(self, path: Path, size: Size, fps: Fraction, film: EncoderSettings, *, overwrite: bool,
                 tracks: Tracks | None = None, recipe: str | None = None, patience: float = PATIENCE) -> None:
        super().__init__()
        self._path = path
        self._fps = fps
        self._overwrite = overwrite
        self._tracks = tracks
        self._recipe = recipe
        self._patience = patience
        self._suffix = path.suffix.lower()
        encoding = encoding_for(self._suffix, film)
        self._container = CONTAINERS[self._suffix]
        self._part = Part(path, overwrite=overwrite)
        # The part was made exclusively, so -y replaces nothing but our own empty file.
        arguments = [*command(encoding, size, fps), *tags(self._suffix, recipe), "-y", ffmpeg.url(self._part.path)]
        try:
            self._encoder = Encoder(arguments, size, encoding.grid, patience=patience)
        except BaseException:
            self._part.discard()
            raise

    @property
    def child(self) -> Child:
        """The ffmpeg that encodes."""
        return self._encoder.child

    def write(self, image: Image) -> None:
        self._encoder.write(image)
        self.written += 1

    def finish(self) -> None:
        try:
            if not self.written:
                raise OutputError(f"{self._path} is not written: there is no frame")
            self._encoder.finish()
            if self._container.loops:
                embed(self._part.path, self._recipe, self._path)
            if self._tracks is None or not self._tracks.tracks:
                self._part.commit()
            else:
                self._commit_with(self._tracks)
        finally:
            self.abort()

    def _commit_with(self, tracks: Tracks) -> None:
        """Puts the picture, which is complete, and the tracks together. Only now is it known how long the film is."""
        part = Part(self._path, overwrite=self._overwrite)
        try:
            add_tracks(self._part.path, part.path, self._suffix, tracks,
                       frames=self.written, fps=self._fps, patience=self._patience)
            part.commit()
        except FFmpegError as error:
            self._part.commit()
            raise FFmpegError(f"{self._path} is written, but without its sound: {error}") from error
        finally:
            part.discard()

    def abort(self) -> None:
        self._encoder.abort()
        self._part.discard()


def add_tracks(silent: Path, target: Path, suffix: str, tracks: Tracks, *, frames: int, fps: Fraction,
               patience: float = PATIENCE) -> None:
    """Writes a film's picture, which is complete, together with its sound and subtitles.

    Args:
        silent: the film without them.
        target: the file that is written.
        suffix: of the film.
        tracks: what is added; it ends with the film, if that has fewer frames than the source.
        frames, fps: of the film.
        patience: seconds after which ffmpeg is given up.

    Raises:
        FFmpegError, ResourceError: it cannot be written.
    """
    whole = frames >= tracks.frames
    length = tracks.length if whole else tracks.shown - tracks.start + frames / fps
    container = CONTAINERS[suffix]
    muxer = ["-fflags", "+bitexact", "-f", container.muxer, *container.options]
    carry_out([*joined(silent, tracks, suffix, length), *muxer, "-y", ffmpeg.url(target)], patience)


class Pipe(Sink):
    """A film in Matroska that goes to a descriptor, such as standard output, while it is made.

    Args:
        stdout: the descriptor.
        size, fps, film, recipe: as for `Film`.

    Its methods raise `OutputError` when nobody reads any more.
    """

    def __init__(self, stdout: int, size: Size, fps: Fraction, film: EncoderSettings, *,
                 recipe: str | None = None) -> None:
        super().__init__()
        encoding = encoding_for(".mkv", film)
        arguments = [*command(encoding, size, fps), *tags(".mkv", recipe), "pipe:1"]
        self._stdout = stdout
        self._encoder = Encoder(arguments, size, encoding.grid, stdout=stdout)

    def write(self, image: Image) -> None:
        self._check_reader()
        with self._told():
            self._encoder.write(image)
        self.written += 1

    def finish(self) -> None:
        try:
            with self._told():
                self._encoder.finish()
        finally:
            self.abort()

    def abort(self) -> None:
        self._encoder.abort()

    def _check_reader(self) -> None:
        """Says at once that nobody reads any more: ffmpeg notices only when it has enough to write."""
        if sys.platform == "win32":  # which has no poll
            return
        line = select.poll()
        line.register(self._stdout, 0)
        if any(event & select.POLLERR for _, event in line.poll(0)):
            raise self._unread()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FFmpegError as error:
            if any("Broken pipe" in complaint for complaint in self._encoder.child.complaints):
                raise self._unread() from error
            raise

    def _unread(self) -> OutputError:
        return OutputError(f"the program that the film is piped to takes no more of it, after {self.written} frames")
