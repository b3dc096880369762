"""The process of one job: makes its result, and writes its events to a file."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

from filelock import FileLock, Timeout

from dreamvid.arrays import Image, size_of, within
from dreamvid.errors import Cancelled, DreamvidError, InputError, ResumeError, out_of_memory
from dreamvid.events import Begun, Caller, Continued, Doing, Event, Fetched, Frame, Observe, Step, Tile, Warn
from dreamvid.films.commands import check_call
from dreamvid.films.making import Invocation, render_film
from dreamvid.films.plan import Plan
from dreamvid.films.source import find_inputs
from dreamvid.filters import resize
from dreamvid.output.still import write_still
from dreamvid.settings import ImageSettings, build, from_table
from dreamvid.stills.image import dream_pictures
from dreamvid.studio.folder import Studio
from dreamvid.studio.jobs import Job, find

EVERY = 0.5
"""The least seconds between two pictures, and between two events of the same kind."""

SLOW = 2.0
"""Seconds without a frame after which steps are reported too."""

SIDE = 640
"""Longest side of the pictures, in pixels."""


def work(folder: Path, observe: Observe, warn: Warn) -> None:
    """Runs a job.

    Args:
        folder: the job's folder.
        observe, warn: also called with the events and warnings that are written to the job's file.

    Raises:
        InputError: there is no such job.
        ResumeError: another process is running it.
        DreamvidError: the result cannot be made. The message is also stored in the job.
    """
    whole = folder.absolute()
    job = find(Studio(whole.parents[2]), whole.name)
    try:
        lock = FileLock(job.folder / "lock", timeout=5)
        with lock, _EventWriter(job) as writer:
            _finish(job, Caller(_both(writer.observe, observe), _both(writer.warn, warn)))
    except Timeout as error:
        raise ResumeError(f"another process works on {job.output}") from error


def _both(one: Any, other: Any) -> Any:
    def call(value: object) -> None:
        one(value)
        other(value)

    return call


def _finish(job: Job, caller: Caller) -> None:
    """Makes the result, and records how the job ended. A job that is only stopped gets no end."""
    if job.end is not None:
        return
    try:
        with _stopped_on_request(job):
            _make(job, caller)
    except Cancelled:
        raise
    except MemoryError as error:
        job.finish("failed", str(out_of_memory()))
        raise out_of_memory() from error
    except DreamvidError as error:
        job.finish("failed", str(error))
        raise
    except Exception as error:
        job.finish("failed", f"a bug in dreamvid: {type(error).__name__}: {error}")
        raise
    job.finish("done")


def _make(job: Job, caller: Caller) -> None:
    about, target = job.about, str(job.target)
    if job.command == "image":
        settings = build(ImageSettings, from_table(ImageSettings, about["settings"]))
        sources = [Path(path) for path in about["call"]["paths"].values()]
        list(dream_pictures(sources, target, settings, caller))
        return
    plan = Plan.from_json(json.dumps(about["plan"]))
    try:
        call = Invocation.from_dict(about["call"], target)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"the job {job.id} is damaged: {error}") from error
    find_inputs(plan.inputs, call.paths, job.folder)
    check_call(call, plan.settings)
    render_film(plan, call, caller)


@contextmanager
def _stopped_on_request(job: Job) -> Iterator[None]:
    """Sends SIGTERM to this process when the job is paused or cancelled."""
    over = Flag()

    def watch() -> None:
        while not over.wait(0.25):
            if job.desired != "run":
                signal.raise_signal(signal.SIGTERM) if os.name == "nt" else os.kill(os.getpid(), signal.SIGTERM)
                return

    thread = Thread(target=watch, name="desired state", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _EventWriter:
    """Writes the events of a job, and its latest frame."""

    def __init__(self, job: Job) -> None:
        self._folder = job.folder
        self._file = (job.folder / "events.jsonl").open("a", encoding="utf-8")
        self._written: dict[str, float] = {}
        self._score: float | None = None
        self._shown, self._waiting, self._over = 0.0, list[tuple[int, Image]](), Flag()
        self._thread = Thread(target=self._show, name="frames", daemon=True)

    def __enter__(self) -> "_EventWriter":
        self._thread.start()
        self._write("started", pid=os.getpid())
        return self

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        self._over.set()
        self._thread.join()
        self._write("ended", error="" if error is None else str(error))
        self._file.close()

    def warn(self, text: str) -> None:
        """Writes a warning."""
        self._write("warning", text=text)

    def observe(self, event: Event) -> None:
        """Writes an event; frequent ones at most every `EVERY` seconds."""
        if isinstance(event, Frame):
            self._frame(event)
        elif isinstance(event, Step):
            self._score = event.score
            recently = time.monotonic() - self._written.get("frame", -1e9) < SLOW
            if not recently and self._is_due("step"):
                self._waiting[:] = [(0, event.image)]
                self._write("step", octave=event.octave, octaves=event.octaves, step=event.step, steps=event.steps,
                           score=round(event.score, 6))
        elif isinstance(event, Doing):
            self._write("doing", what=event.what)
        elif isinstance(event, Begun):
            self._write("begun", total=event.total, what=event.what)
        elif isinstance(event, Continued):
            self._write("continued", done=event.done, total=event.total)
        elif isinstance(event, Fetched) and self._is_due("fetched"):
            self._write("fetched", here=event.here, total=event.total)
        else:
            assert isinstance(event, Tile | Fetched)

    def _frame(self, event: Frame) -> None:
        if not self._is_due("frame") and event.done < event.total:
            return
        if event.image is not None:
            self._waiting[:] = [(event.done, event.image)]
        score = {} if self._score is None else {"score": round(self._score, 6)}
        self._write("frame", done=event.done, total=event.total, **score)

    def _is_due(self, kind: str) -> bool:
        now = time.monotonic()
        due = now - self._written.get(kind, -1e9) >= EVERY
        if due:
            self._written[kind] = now
        return due

    def _write(self, event: str, **facts: object) -> None:
        self._file.write(json.dumps({"at": round(time.time(), 3), "event": event, **facts}) + "\n")
        self._file.flush()

    def _show(self) -> None:
        """Writes the latest picture every `EVERY` seconds, in a thread, so that the dream does not wait for it."""
        last = False
        while not last:
            last = self._over.wait(EVERY)
            if self._waiting:
                _, image = self._waiting.pop()
                write_still(self._folder / "frame.jpg", resize(image, within(size_of(image), SIDE)), overwrite=True)
