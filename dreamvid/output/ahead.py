"""Runs jobs in order in a background thread, such as encoding during dreaming."""

from collections.abc import Callable
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic

from dreamvid.errors import FFmpegError

_WAITING = 3
"""Size of the queue: enough to smooth out delays, with little memory at 4K."""

Job = Callable[[], None]


class Ahead:
    """Runs jobs in order, in one thread. After a job has failed, no further job runs.

    Args:
        what: what does the work, for error messages.
        timeout: seconds to wait for a full queue before `put` fails.
        idle: called when no job has arrived for `idle_seconds`.
        idle_seconds: None to never call `idle`.
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
        """Queues a job; raises the error of an earlier one.

        Raises:
            FFmpegError: the queue stayed full for `timeout` seconds.
        """
        self._put(job, Event(), self._timeout)

    def _put(self, job: Job, done: Event, timeout: float) -> None:
        self._raise()
        try:
            self._jobs.put((job, done), timeout=max(0.01, timeout))
        except Full as error:
            raise FFmpegError(f"{self._what} has taken no frame for {timeout:g} seconds") from error

    def wait(self, timeout: float) -> None:
        """Waits until all jobs are done; raises the error of a failed one.

        Raises:
            FFmpegError: they did not finish in time.
        """
        done, end = Event(), monotonic() + timeout
        self._put(lambda: None, done, timeout)
        if not done.wait(max(0.01, end - monotonic())):
            raise FFmpegError(f"{self._what} was not done after {timeout:g} seconds")
        self._raise()

    def close(self) -> None:
        """Drops queued jobs and ends the thread. First abort whatever the current job waits for."""
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
