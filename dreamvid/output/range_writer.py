"""The writer of one range. Pictures are stored and encoded in two threads."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread

import numpy as np

from dreamvid.arrays import Bytes, Image, Size, size_of, to_uint8
from dreamvid.errors import FFmpegError, ResumeError
from dreamvid.media.child import Deadline
from dreamvid.output import disk
from dreamvid.output.progress import FLUSH_SECONDS, Progress
from dreamvid.output.segments import Destination, Format
from dreamvid.output.store import Body, Store, array_bytes

_WAITING = 3
"""Size of the queue: enough to smooth out delays, with little memory at 4K."""

Job = Callable[[], None]


class BackgroundWorker:
    """Runs jobs in order, in one thread. After a job has failed, no further job runs.

    Args:
        what: what does the work, for error messages.
        deadline: how long it may take for a job.
        idle: called when no job has arrived for `idle_seconds`.
        idle_seconds: None to never call `idle`.
    """

    def __init__(
        self, what: str, deadline: Deadline, idle: Job = lambda: None, idle_seconds: float | None = None
    ) -> None:
        self._what, self._deadline, self._idle, self._idle_seconds = what, deadline, idle, idle_seconds
        self._jobs: Queue[tuple[Job, Event] | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name=f"writer of {what}", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Queues a job; raises the error of an earlier one.

        Raises:
            FFmpegError: the queue stayed full for too long.
        """
        self._put(job, Event())

    def _put(self, job: Job, done: Event) -> None:
        self._raise()
        seconds = self._deadline.left
        try:
            self._jobs.put((job, done), timeout=seconds)
        except Full as error:
            raise FFmpegError(f"{self._what} has taken no frame for {seconds:g} seconds") from error

    def wait(self) -> None:
        """Waits until all jobs are done; raises the error of a failed one.

        Raises:
            FFmpegError: they did not finish in time.
        """
        done = Event()
        self._put(lambda: None, done)
        seconds = self._deadline.left
        if not done.wait(seconds):
            raise FFmpegError(f"{self._what} was not done after {seconds:g} seconds")
        self._raise()

    def close(self) -> None:
        """Drops queued jobs and ends the thread. First abort whatever the current job waits for."""
        if self._thread.is_alive():
            self._error = self._error or FFmpegError("the film was cancelled")
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


class RangeWriter:
    """Writes a range, beginning with the stored pictures of an earlier run.

    Args:
        store, name: the store, and the range's name in it.
        destination, form: where the film goes, and its format.
        span: (first, stop), the numbers of its pictures; `stop` is exclusive.
        wanted: the numbers of pictures to keep in raw form.

    Attributes:
        first, stop: the span.
        frames: number of pictures written.
        carry: the dream stored with the last picture, or None if no dream is stored.
        path: the segment's file.
    """

    def __init__(
        self, store: Store, name: str, *, destination: Destination, form: Format, span: tuple[int, int],
        wanted: Sequence[int],
    ) -> None:
        self.first, self.stop = span
        self._store, self._name, self._format, self._wanted = store, name, form, list(wanted)
        self._size = destination.size
        with ExitStack() as stack:
            self.path, self._kept = store.new_path(form.suffix), store.new_path(".pictures")
            self._progress = Progress(store, name, (self._size.height, self._size.width, 3))
            stack.callback(self._progress.close)
            self.frames, self.carry = self._progress.frames, self._progress.carry
            self._writer = form.open(self.path, self.first)
            self._disk = BackgroundWorker("the disk", Deadline(), self._progress.flush_in_time, FLUSH_SECONDS)
            stack.callback(self._disk.close)
            self._encoder = BackgroundWorker("ffmpeg", destination.deadline)
            stack.callback(self._encoder.close)
            stack.callback(self._writer.abort)
            for n, picture in enumerate(self._progress.pictures(), self.first):
                self._encode(n, picture)
            self._stack = stack.pop_all()

    def write(self, image: Image, carry: Image | None) -> None:
        """Takes the next picture."""
        if size_of(image) != self._size:
            raise ValueError(f"the picture is {size_of(image)}, the film {self._size}")
        picture = to_uint8(image)
        self._disk.put(lambda: self._progress.append(picture, carry))
        self._encode(self.first + self.frames, picture)
        self.frames, self.carry = self.frames + 1, carry

    def _encode(self, n: int, picture: Bytes) -> None:
        def encode() -> None:
            if n in self._wanted:
                with disk.writing(self._kept), self._kept.open("ab", buffering=0) as file:
                    disk.write_all(file.fileno(), array_bytes(picture))
            self._writer.write(picture)

        self._encoder.put(encode)

    def kept(self, n: int) -> Bytes:
        """Picture n, which must be one of `wanted`."""
        self._encoder.wait()
        return kept_picture(self._kept, self._size, self._wanted.index(n))

    def finish(self) -> None:
        """Completes the segment with the pictures so far; the range stays in progress."""
        self._encoder.wait()
        self._writer.finish()

    def commit(self) -> None:
        """Completes the segment and writes the record of the range in the background; see `wait`."""
        self._encoder.put(self._complete)

    def wait(self) -> None:
        """Waits until `commit` is done, and raises its error if it failed."""
        self._encoder.wait()

    def _complete(self) -> None:
        self._disk.wait()
        self._writer.finish()
        self._store.put(self._name, self._record())
        self._disk.put(self._progress.remove)

    def _record(self) -> Body:
        numbers = [n for n in self._wanted if n < self.first + self.frames]
        carry = self._store.put_array(self.carry) if self.carry is not None else ""
        kept = self._store.name_by_content(self._kept) if numbers else ""
        segment = self._store.name_by_content(self.path) if self._format.join else ""
        body: Body = {"segment": segment, "carry": carry, "kept": kept, "numbers": numbers, "frames": self.frames,
                      "files": [name for name in (segment, carry, kept) if name]}
        if self._format.results:
            paths = [self._format.results(n) for n in range(self.first, self.first + self.frames)]
            disk.flush_path(paths[0].parent)
            body["pictures"] = {path.name: disk.digest_of(path) for path in paths}
        return body

    def close(self) -> None:
        """Stops the encoder and tries to flush the progress. May be called more than once."""
        with suppress(Exception):
            if self._format.results:  # pictures are results, so finish those in the queue
                self._encoder.wait()
        with suppress(Exception):
            self._disk.put(self._progress.flush)
            self._disk.wait()
        self._stack.close()


def kept_picture(path: Path, size: Size, index: int) -> Bytes:
    """Reads one picture from a file of raw pictures.

    Raises:
        ResumeError: the file is too short.
    """
    length = 3 * size.width * size.height
    with disk.writing(path), path.open("rb") as file:
        file.seek(index * length)
        content = file.read(length)
    if len(content) < length:
        raise ResumeError(f"{path} is damaged or missing; it is made again when the render continues")
    return np.frombuffer(content, np.uint8).reshape(size.height, size.width, 3)
