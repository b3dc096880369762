"""What every sink is: frames go in one by one, and the result appears at the end or not at all."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from dreamvid.arrays import Image
from dreamvid.errors import Cancelled


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
