"""The base class of sources, and reading ahead in a thread."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TypeVar

from dreamvid.arrays import Bytes, Image, Size


class Source(ABC):
    """The frames of a film, in order, each once, all of one size, at one rate.

    A frame that cannot be decoded is replaced by the previous one, or at the beginning by the first good one, so every
    frame has its own place. Only if a file does not say when its frames are shown, as some AVI files, later frames move
    up and there are fewer.

    Attributes:
        size: of every frame.
        fps: the exact frame rate.
        frames: the expected number of frames.
        lost: how many of them could not be decoded, known at the end of an iteration.
    """

    size: Size
    fps: Fraction
    frames: int
    lost: int = 0

    def __iter__(self) -> Iterator[Image]:
        """All frames; see `read`."""
        return self.read()

    @abstractmethod
    def read(self, first: int = 0) -> Iterator[Image]:
        """The frames from number `first` on. Calls are independent; closing the iterator ends its processes.

        If the format allows it, few earlier frames are decoded. The result does not depend on this.

        Raises:
            InputError: no frame can be decoded; or, where the source is strict, one is missing.
            FFmpegError: ffmpeg failed, and not because of the file.
        """

    @abstractmethod
    def small(self, long_side: int) -> Iterator[Bytes]:
        """The same frames, uint8 (height, width, 3) RGB, scaled down until no side is longer than `long_side` pixels.

        Raises:
            InputError, FFmpegError: see `read`.
        """


T = TypeVar("T")

_DEPTH = 4  # frames read ahead: enough for an even pace, few enough for memory at 4K


def ahead(read: Callable[[], T | None], close: Callable[[], None], timeout: float | None = None
          ) -> Generator[T, None, None]:
    """Yields the results of `read` until it returns None. An exception of `read` is raised in its place.

    Args:
        read: returns the next item; always called in the same other thread.
        close: called once, at the end or when the iterator is closed; it must make a blocked `read` return.
        timeout: seconds to wait for an item; None for no limit.

    Raises:
        TimeoutError: an item did not come in time.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="source") as thread:
        try:
            waiting = deque(thread.submit(read) for _ in range(_DEPTH))
            while (item := waiting.popleft().result(timeout)) is not None:
                waiting.append(thread.submit(read))
                yield item
        finally:
            close()
            thread.shutdown(wait=True, cancel_futures=True)
