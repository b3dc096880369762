"""The motion of a clip, measured beside the dreaming, a frame ahead."""

from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from dreamvid.arrays import Image
from dreamvid.motion.flow import Motion, measure_motion


class Tracker:
    """Watches the frames of a clip on their way, one ahead, and measures how they move in a thread of its own."""

    def __init__(self) -> None:
        self._motions: dict[int, Future[Motion]] = {}

    def motion(self, n: int) -> Motion:
        """The motion from frame n - 1 to frame n, counted from 0, for the frame that `watch` gave out last."""
        return self._motions[n].result()

    def watch(
        self, frames: Iterable[Image], first: int = 0, before: Image | None = None
    ) -> Generator[Image, None, None]:
        """The same frames; the measuring of the next one's motion begins before each is given out.

        Args:
            frames: the frames of the clip.
            first: the number of the first of them.
            before: the frame before that one, if there is one.
        """
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="motion") as thread:
            waiting: Image | None = None
            for n, frame in enumerate(frames, first):
                if before is not None:
                    self._motions[n] = thread.submit(measure_motion, frame, before)
                    self._motions.pop(n - 2, None)
                if waiting is not None:
                    yield waiting
                before = waiting = frame
            if waiting is not None:
                yield waiting
