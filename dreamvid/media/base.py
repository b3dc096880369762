"""What every source is: frames come out in order, and are read ahead in a thread."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TypeVar

from dreamvid.arrays import Bytes, Image, Size


class Source(ABC):
    """The frames of a film, in order, each once, all of one size, at one rate.

    Every frame comes at its own place. One that cannot be decoded is replaced by the one before it, or by the first
    good one at the beginning. Only where a file does not say when its frames are shown, as AVI may not, later frames
    move up, and there are fewer.

    Attributes:
        size: of every frame.
        fps: the exact frame rate.
        frames: how many frames are to be expected.
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
        """The frames from number `first` on; each call begins anew. What is running ends with the iterator.

        Little of what lies before is decoded, where the format allows it. The frames are the same in any case.

        Raises:
            InputError: no frame can be decoded; or, where the source is strict, one is missing.
            FFmpegError: ffmpeg failed for a reason other than the film.
        """

    @abstractmethod
    def small(self, long_side: int) -> Iterator[Bytes]:
        """The same frames, uint8 (height, width, 3) RGB, scaled down until no side is longer than `long_side` pixels.

        Raises:
            InputError, FFmpegError: see `read`.
        """


T = TypeVar("T")

_DEPTH = 4  # frames that wait: enough to even out the pace, few enough to cost no memory at 4K


def ahead(read: Callable[[], T | None], close: Callable[[], None], timeout: float | None = None
          ) -> Generator[T, None, None]:
    """What `read` returns, call after call, until it returns None. Its exceptions are raised in their place.

    Args:
        read: gives the next item; called in one other thread.
        close: called once, at the end or when the iterator is closed; it must end a `read` that waits.
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
