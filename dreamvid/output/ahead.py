"""Jobs that are done in order beside the caller, such as encoding beside dreaming."""

from collections.abc import Callable
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic

from dreamvid.errors import FFmpegError

_WAITING = 3
"""Jobs that may wait: enough to even out the pace, few enough to cost no memory at 4K."""

Job = Callable[[], None]


class Ahead:
    """Does jobs in order, in one thread. After a job that failed, no other is done.

    Args:
        what: what jobs wait for, for errors.
        timeout: seconds after which a job that does not end counts as failed.
        idle: what is done when no job has come for a while.
        idle_seconds: how long that is; None: never.
    """

    def __init__(
        self, what: str, timeout: float, idle: Job = lambda: None, idle_seconds: float | None = None
    ) -> None:
        self._what, self._timeout, self._idle, self._idle_seconds = what, timeout, idle, idle_seconds
        self._jobs: Queue[tuple[Job, Event] | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=f"writer of {what}", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Hands over a job; raises what an earlier one met.

        Raises:
            FFmpegError: a job does not end.
        """
        self._put(job, Event(), self._timeout)

    def _put(self, job: Job, done: Event, timeout: float) -> None:
        self._raise()
        try:
            self._jobs.put((job, done), timeout=max(0.01, timeout))
        except Full as error:
            raise FFmpegError(f"{self._what} has taken no frame for {timeout:g} seconds") from error

    def wait(self, timeout: float) -> None:
        """Waits until all jobs are done; raises what one of them met.

        Raises:
            FFmpegError: they were not done in time.
        """
        done, end = Event(), monotonic() + timeout
        self._put(lambda: None, done, timeout)
        if not done.wait(max(0.01, end - monotonic())):
            raise FFmpegError(f"{self._what} was not done after {timeout:g} seconds")
        self._raise()

    def close(self) -> None:
        """Drops the jobs that wait, and ends the thread. Whatever a job waits for must have been ended before."""
        if self._thread.is_alive():
            self._error = self._error or FFmpegError("the film was given up")
            self._jobs.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (handed := self._next()) is not None:
            job, done = handed
            try:
                if self._error is None:
                    job()
            except BaseException as error:
                self._error = error
            done.set()

    def _next(self) -> tuple[Job, Event] | None:
        try:
            return self._jobs.get(timeout=self._idle_seconds)
        except Empty:
            return self._idle, Event()
