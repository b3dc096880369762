"""Raw frames down ffmpeg's pipe, beside the dreaming."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from dreamvid.arrays import Bytes, Image, Size, size_of, to_uint8
from dreamvid.errors import FFmpegError
from dreamvid.video.child import Child
from dreamvid.video.formats import whole_size

PATIENCE = 900.0
"""Seconds without progress after which ffmpeg is given up: more than the slowest preset needs."""

# Frames that may wait for the encoder: enough to even out its pace, few enough to cost no memory at 4K.
_AHEAD = 3


def padded(pixels: Bytes, grid: Size) -> Bytes:
    """The frame with its last row and column repeated up to whole cells: 4:2:0 needs even sides."""
    height, width = pixels.shape[:2]
    whole = whole_size(Size(width, height), grid)
    if whole == (width, height):
        return np.ascontiguousarray(pixels)
    return np.pad(pixels, ((0, whole.height - height), (0, whole.width - width), (0, 0)), mode="edge")


class Encoder:
    """An ffmpeg that takes frames. They become bytes and go down the pipe in one thread of their own.

    Args:
        arguments: ffmpeg's, with `pipe:0` for the frames, the output included.
        size: of every frame.
        grid: the frames are padded to whole cells of it.
        patience: seconds without progress after which ffmpeg is given up.
        stdout: a descriptor for what ffmpeg writes to its standard output; nowhere if None.

    Raises:
        FFmpegError: ffmpeg is missing.
    """

    def __init__(self, arguments: Sequence[str], size: Size, grid: Size, *, patience: float = PATIENCE,
                 stdout: int | None = None) -> None:
        self._size = size
        self._grid = grid
        self._patience = patience
        self.child = Child(arguments, stdout=stdout)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="film")
        self._pending: deque[Future[None]] = deque()

    def write(self, image: Image) -> None:
        """Hands over one frame; raises what an earlier one met."""
        self._hand_over(image, to_uint8)

    def write_pixels(self, pixels: Bytes) -> None:
        """The same for a frame that is bytes already."""
        self._hand_over(pixels, np.asarray)

    def _hand_over(self, frame: np.ndarray, to_bytes: Callable[[np.ndarray], Bytes]) -> None:
        if size_of(frame) != self._size:
            raise ValueError(f"the frame is {size_of(frame)}, the film {self._size}")
        self._settle(_AHEAD - 1)
        self._pending.append(self._thread.submit(lambda: self.child.write(padded(to_bytes(frame), self._grid))))

    def _settle(self, waiting: int) -> None:
        """Raises what the thread met so far, and waits until at most so many frames are waiting."""
        while self._pending and (len(self._pending) > waiting or self._pending[0].done()):
            try:
                self._pending[0].result(self._patience)
            except TimeoutError as error:
                raise FFmpegError(f"ffmpeg has taken no frame for {self._patience:g} seconds") from error
            self._pending.popleft()

    def finish(self) -> None:
        """Waits until ffmpeg has encoded every frame and completed its output.

        Raises:
            FFmpegError, ResourceError: it failed, or gave no sign of life.
        """
        self._settle(0)
        self.child.finish(self._patience)

    def abort(self) -> None:
        """Ends ffmpeg, if it still runs, and the thread. Harmless when repeated."""
        # In this order: only a dead ffmpeg lets a blocked thread go, and only then may its pipe be closed.
        self.child.kill()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.child.close()
