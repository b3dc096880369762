"""A film file, encoded by ffmpeg beside the dreaming."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from dreamvid.arrays import Bytes, Image, Size, size_of, to_uint8
from dreamvid.errors import FFmpegError, OutputError
from dreamvid.video import ffmpeg
from dreamvid.video.base import Sink
from dreamvid.video.target import Part
from dreamvid.video.tracks import Tracks, joined

PATIENCE = 900.0
"""Seconds without progress after which ffmpeg is given up: more than the slowest preset needs."""

# Frames that may wait for the encoder: enough to even out its pace, few enough to cost no memory at 4K.
_AHEAD = 3
# x264's output depends on the number of its threads, and equal frames shall make equal files on every machine.
_THREADS = "4"
# Says BT.709 in all four tags, and converts to it: left alone, ffmpeg converts to BT.601 and tags nothing.
_TO_BT709 = ("scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p,"
             "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709")


@dataclass(frozen=True)
class Container:
    """A kind of film file: ffmpeg's name of its muxer, and the muxer's options."""

    muxer: str
    options: tuple[str, ...] = ()


_FASTSTART = ("-movflags", "+faststart")
CONTAINERS = {
    ".mp4": Container("mp4", _FASTSTART),
    ".mov": Container("mov", _FASTSTART),
    ".mkv": Container("matroska"),
}


def command(container: Container, size: Size, fps: Fraction, *, crf: int, preset: str) -> list[str]:
    """ffmpeg's arguments, all but the output: raw RGB frames in, H.264 in yuv420p and BT.709 out."""
    return [
        "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", str(size),
        "-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0",
        "-vf", _TO_BT709, "-fps_mode", "passthrough",
        "-c:v", "libx264", "-crf", str(crf), "-preset", preset, "-threads", _THREADS,
        "-fflags", "+bitexact", "-f", container.muxer, *container.options,
    ]


def even(pixels: Bytes) -> Bytes:
    """The frame with its last row and column repeated where a side is odd, since 4:2:0 needs even sides."""
    height, width = pixels.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return np.ascontiguousarray(pixels)
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


class Film(Sink):
    """A film file of one of the `CONTAINERS`.

    Frames become bytes and go down the pipe in one thread of their own, so encoding runs beside the dreaming; an error
    there is raised by the next `write` or by `finish`.

    Args:
        path: ends in one of the containers' suffixes.
        size: of every frame.
        fps: the exact frame rate.
        crf: constant rate factor, 0 to 51.
        preset: x264's.
        overwrite: whether an existing file may be replaced.
        tracks: the sound and subtitles that go with the frames.
        patience: seconds without progress after which ffmpeg is given up.

    Raises:
        FFmpegError: ffmpeg is missing.
        OutputError, ResourceError: the file cannot be made.
    """

    def __init__(self, path: Path, size: Size, fps: Fraction, *, crf: int, preset: str, overwrite: bool,
                 tracks: Tracks | None = None, patience: float = PATIENCE) -> None:
        super().__init__()
        self._path = path
        self._size = size
        self._fps = fps
        self._overwrite = overwrite
        self._tracks = tracks
        self._patience = patience
        self._part = Part(path, overwrite=overwrite)
        self._container = container = CONTAINERS[path.suffix.lower()]
        whole = Size(size.width + size.width % 2, size.height + size.height % 2)
        arguments = command(container, whole, fps, crf=crf, preset=preset)
        try:
            # The part was made exclusively, so -y replaces nothing but our own empty file.
            self.child = ffmpeg.Child([*arguments, "-y", ffmpeg.url(self._part.path)])
        except BaseException:
            self._part.discard()
            raise
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="film")
        self._pending: deque[Future[None]] = deque()

    def write(self, image: Image) -> None:
        if size_of(image) != self._size:
            raise ValueError(f"the frame is {size_of(image)}, the film {self._size}")
        self._settle(_AHEAD - 1)
        self._pending.append(self._thread.submit(self._encode, image))
        self.written += 1

    def _encode(self, image: Image) -> None:
        self.child.write(even(to_uint8(image)))

    def _settle(self, waiting: int) -> None:
        """Raises what the thread met so far, and waits until at most so many frames are waiting."""
        while self._pending and (len(self._pending) > waiting or self._pending[0].done()):
            try:
                self._pending[0].result(self._patience)
            except TimeoutError as error:
                raise FFmpegError(f"ffmpeg has taken no frame for {self._patience:g} seconds") from error
            self._pending.popleft()

    def finish(self) -> None:
        try:
            if not self.written:
                raise OutputError(f"{self._path} is not written: there is no frame")
            self._settle(0)
            self.child.finish(self._patience)
            if self._tracks is None or not self._tracks.tracks:
                self._part.commit()
            else:
                self._commit_with(self._tracks)
        finally:
            self.abort()

    def _commit_with(self, tracks: Tracks) -> None:
        """Puts the picture, which is complete, and the tracks together. Only now is it known how long the film is."""
        whole = self.written >= tracks.frames
        length = tracks.length if whole else tracks.shown - tracks.start + self.written / self._fps
        arguments = joined(self._part.path, tracks, self._path.suffix.lower(), length)
        muxer = ["-fflags", "+bitexact", "-f", self._container.muxer, *self._container.options]
        part = Part(self._path, overwrite=self._overwrite)
        try:
            child = ffmpeg.Child([*arguments, *muxer, "-y", ffmpeg.url(part.path)])
            try:
                child.finish(self._patience)
            finally:
                child.close()
            part.commit()
        except FFmpegError as error:
            self._part.commit()
            raise FFmpegError(f"{self._path} is written, but without its sound: {error}") from error
        finally:
            part.discard()

    def abort(self) -> None:
        # In this order: only a dead ffmpeg lets a blocked thread go, and only then may its pipe be closed.
        self.child.kill()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.child.close()
        self._part.discard()
