"""The queue: starts the processes of jobs, a limited number at a time."""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

from filelock import FileLock, Timeout

from dreamvid.errors import Cancelled, Terminated
from dreamvid.studio.folder import Studio
from dreamvid.studio.jobs import Job, State, jobs

SECONDS_TO_END = 8.0
"""Seconds that a process has to end after SIGTERM; then it is killed."""

STOPPED = (Cancelled.exit_code, Terminated.exit_code, -signal.SIGINT, -signal.SIGTERM)
"""Exit codes of a process that was asked to end. Its job has not failed and can be continued."""

_POLL = 0.3


class Queue:
    """Runs the jobs of a studio in order. Only the process that holds the lock may do so; see `take`."""

    def __init__(self, studio: Studio, most: int = 1) -> None:
        self._studio, self._most = studio, most
        self._lock: Final = FileLock(studio.jobs / "queue.lock", timeout=0)
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def take(self) -> bool:
        """Locks the queue for this process. Returns False if another process has it."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    @property
    def held(self) -> bool:
        """Whether starting further jobs is suspended."""
        return (self._studio.jobs / "held").exists()

    def hold(self, held: bool) -> None:
        """Suspends the start of further jobs, or allows it again."""
        path = self._studio.jobs / "held"
        path.touch() if held else path.unlink(missing_ok=True)

    def step(self, only: set[str] | None = None) -> dict[State, int]:
        """Handles processes that have ended, and starts waiting jobs.

        Args:
            only: the ids of jobs that may start and are counted; all by default.

        Returns:
            State → number of jobs.
        """
        found = jobs(self._studio)
        self._reap(found)
        states = {job.id: job.state for job in found if only is None or job.id in only}
        free = self._most - sum(job.is_locked() or job.id in self._started for job in found)
        for job in found if not self.held else ():
            if free > 0 and states.get(job.id) == "waiting" and job.id not in self._started:
                self._start(job)
                free -= 1
        running = {each: "running" if each in self._started else state for each, state in states.items()}
        return {state: list(running.values()).count(state) for state in running.values()}  # pyright: ignore[reportReturnType]

    def _start(self, job: Job) -> None:
        with (job.folder / "log.txt").open("ab") as log:
            command = [sys.executable, "-m", "dreamvid", "work", "--quiet", str(job.folder)]
            self._started[job.id] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                     start_new_session=True)

    def _reap(self, found: list[Job]) -> None:
        """Marks jobs as failed whose process died without recording an end, so that they are not retried forever."""
        for job in found:
            process = self._started.get(job.id)
            if process is None or process.poll() is None:
                continue
            del self._started[job.id]
            if job.end is None and job.desired == "run" and process.returncode not in STOPPED:
                job.finish("failed", f"its process was ended (exit code {process.returncode}); what is done is kept, "
                                     "and it continues from there when it is tried again")

    def run(self, only: set[str] | None = None) -> None:
        """Runs jobs until none is waiting or running."""
        while {"waiting", "running", "stopping"} & self.step(only).keys() and not (self.held and not self._started):
            time.sleep(_POLL)

    def stop(self) -> None:
        """Ends the processes. Their jobs continue when the queue runs again."""
        for process in self._started.values():
            with suppress(OSError):
                process.terminate()
        end = time.monotonic() + SECONDS_TO_END
        for process in self._started.values():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
        self._started.clear()
        self._lock.release()
