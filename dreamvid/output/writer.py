"""Writers that encode pictures with ffmpeg, to a file or a pipe."""

import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Protocol

import numpy as np

from dreamvid.arrays import Bytes, Size
from dreamvid.errors import FFmpegError, OutputError
from dreamvid.media.child import Child, Deadline
from dreamvid.output.formats import Encoding, raw_frames, whole_size


class Writer(Protocol):
    """Writes pictures, in order, to one or more files. Used from one thread, except for `abort`."""

    def write(self, picture: Bytes) -> None:
        """Takes the next picture, uint8, shape (height, width, 3).

        Raises:
            FFmpegError, OutputError, ResourceError: this picture, or one before it, could not be written.
        """
        ...

    def finish(self) -> None:
        """Completes the file.

        Raises:
            FFmpegError, OutputError, ResourceError: it could not be completed.
        """
        ...

    def abort(self) -> None:
        """Stops at once and leaves the unfinished file. May be called from any thread, and more than once."""
        ...


def encoder_arguments(encoding: Encoding, size: Size, fps: Fraction) -> list[str]:
    """ffmpeg's arguments to encode raw RGB pictures from stdin, without the output."""
    pictures = raw_frames(whole_size(size, encoding.grid), fps)
    return [*pictures, "-vf", encoding.picture, "-fps_mode", "passthrough", *encoding.options]


def padded(picture: Bytes, grid: Size) -> Bytes:
    """The picture padded to whole cells by repeating its last row and column; 4:2:0 needs even sides."""
    height, width = picture.shape[:2]
    whole = whole_size(Size(width, height), grid)
    if whole == (width, height):
        return np.ascontiguousarray(picture)
    return np.pad(picture, ((0, whole.height - height), (0, whole.width - width), (0, 0)), mode="edge")


class Encoder:
    """Encodes a film with ffmpeg.

    Args:
        arguments: all of ffmpeg's arguments, including the output; pictures are read from `pipe:0`.
        grid: pictures are padded to a multiple of it.
        deadline: how long ffmpeg may take to complete the film.
        stdout: descriptor for ffmpeg's `pipe:1`, such as that of standard output; None to discard it.

    Its methods raise `OutputError` if the reader of a pipe has closed it.

    Raises:
        FFmpegError: ffmpeg is missing.
    """

    def __init__(
        self, arguments: Sequence[str], grid: Size, deadline: Deadline, stdout: int | None = None
    ) -> None:
        self._grid, self._deadline, self._stdout, self._written = grid, deadline, stdout, 0
        self._child = Child(arguments, stdout=stdout)

    def write(self, picture: Bytes) -> None:
        if self._stdout is not None and _is_closed(self._stdout):  # ffmpeg notices this only at its next write
            raise self._unread()
        with self._explained():
            self._child.write(padded(picture, self._grid))
        self._written += 1

    def finish(self) -> None:
        with self._explained():
            self._child.finish(self._deadline.left)

    def abort(self) -> None:
        self._child.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except FFmpegError as error:
            if any("Broken pipe" in message for message in self._child.messages):
                raise self._unread() from error
            raise

    def _unread(self) -> OutputError:
        return OutputError(f"the program that reads the film from the pipe has closed it, after {self._written} frames")


def _is_closed(pipe: int) -> bool:
    """Whether the reader of a pipe has closed it."""
    if sys.platform == "win32":  # no poll on Windows
        return False
    line = select.poll()
    line.register(pipe, 0)
    return any(event & select.POLLERR for _, event in line.poll(0))
