"""What every source and every sink is: frames come out in order, and go in one by one."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import Self

from dreamvid.arrays import Image, Size
from dreamvid.errors import Cancelled


class Source(ABC):
    """The frames of a film, in order, each once, all of one size, at one rate.

    Attributes:
        size: of every frame.
        fps: the exact frame rate.
        frames: how many frames are to be expected; damage may leave fewer.
        lost: how many of them are missing, known at the end of an iteration.
    """

    size: Size
    fps: Fraction
    frames: int
    lost: int = 0

    @abstractmethod
    def __iter__(self) -> Iterator[Image]:
        """The frames; each call begins anew. What is running ends with the iterator.

        Raises:
            InputError: no frame can be decoded; or, where the source is strict, one is missing.
            FFmpegError: ffmpeg failed for a reason other than the film.
        """


class Sink(ABC):
    """Takes the frames of one film in order.

    As a context manager it finishes at the normal end; also on `Cancelled`, so that what was done stays a film that
    plays, unless there is no frame yet. On any other exception it aborts.
    """

    def __init__(self) -> None:
        self.written = 0
        """How many frames were handed over."""

    @abstractmethod
    def write(self, image: Image) -> None:
        """Hands over the next frame. The array must not be changed afterwards: it may be encoded later.

        Raises:
            FFmpegError, OutputError, ResourceError: this frame, or one before it, could not be written.
        """

    @abstractmethod
    def finish(self) -> None:
        """Completes the result, which appears under its name. After an error nothing unfinished is left.

        Raises:
            FFmpegError, OutputError, ResourceError: the result could not be completed, or has no frame.
        """

    @abstractmethod
    def abort(self) -> None:
        """Ends without a result and removes what is unfinished. Harmless after `finish` or `abort`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        cancelled = isinstance(error, Cancelled) and self.written > 0
        if error is None or cancelled:
            self.finish()
        else:
            self.abort()
