"""The studio's changes as server-sent events: changed jobs, deleted jobs, their order, and changed results."""

import asyncio
import json
import secrets
import traceback
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any, NamedTuple

from dreamvid.errors import DreamvidError
from dreamvid.studio.folder import Studio
from dreamvid.studio.jobs import Job, jobs
from dreamvid.studio.progress import Progress, summary
from dreamvid.studio.queue import Queue

EVERY = 0.3
"""Seconds between two scans of the folder."""

KEPT = 1000
"""Events kept for pages that reconnect. A page that missed more gets `hello` and reloads everything."""

HEARTBEAT = 15.0
"""Seconds after which an idle stream sends a comment, so that the connection stays open."""


class Event(NamedTuple):
    """One event: its number, its kind, and its data."""

    number: int
    kind: str
    data: Any


class Feed:
    """Scans the folder, lets the queue start jobs, and sends the changes to every page."""

    def __init__(self, studio: Studio, queue: Queue) -> None:
        self._studio, self._queue = studio, queue
        self._progress: dict[str, Progress] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self._order: list[str] = []
        self._folder = 0
        self._held: bool | None = None
        self._boot = secrets.token_hex(4)
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._number = 0
        self._news = asyncio.Condition()
        self._owns = False
        self._scanning = asyncio.Lock()

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """The summary of every job, in queue order."""
        return [self._known[each] for each in self._order if each in self._known]

    def _progress_of(self, job: Job) -> Progress:
        progress = self._progress.setdefault(job.id, Progress(total=job.frames))
        progress.read(job.folder / "events.jsonl")
        return progress

    async def run(self) -> None:
        """Scans the folder repeatedly until it is cancelled. An error is printed, and the next scan tries again."""
        while True:
            try:
                await self.scan()
            except Exception:
                traceback.print_exc()
            await asyncio.sleep(EVERY)

    async def scan(self) -> None:
        """Scans the folder once, and sends the changes."""
        async with self._scanning:
            with suppress(DreamvidError, OSError):
                for kind, data in await asyncio.to_thread(self._changes):
                    await self.send(kind, data)

    async def send(self, kind: str, data: Any) -> None:
        """Sends an event to every page."""
        self._number += 1
        self._kept.append(Event(self._number, kind, data))
        async with self._news:
            self._news.notify_all()

    def _changes(self) -> list[tuple[str, Any]]:
        self._owns = self._owns or self._queue.take()
        if self._owns:
            self._queue.step()
        found = jobs(self._studio)
        changes: list[tuple[str, Any]] = []
        for job in found:
            now = self._summary(job)
            if now != self._known.get(job.id):
                self._known[job.id] = now
                changes.append(("job", now))
        order = [job.id for job in found]
        for gone in self._known.keys() - set(order):
            del self._known[gone]
            self._progress.pop(gone, None)
            changes.append(("gone", gone))
        if order != self._order:
            self._order = order
            changes.append(("order", order))
        return changes + self._other_changes()

    def _summary(self, job: Job) -> dict[str, Any]:
        """A job's summary. That of a finished job is cached."""
        known = self._known.get(job.id)
        if known is not None and known["state"] == "done" and job.end is not None:
            return known
        return summary(job, self._progress_of(job))

    def _other_changes(self) -> list[tuple[str, Any]]:
        changes: list[tuple[str, Any]] = []
        folder = self._studio.folder.stat().st_mtime_ns
        if folder != self._folder:
            self._folder = folder
            changes.append(("results", None))
        if self._queue.held != self._held:
            self._held = self._queue.held
            changes.append(("held", self._held))
        return changes

    async def stream(self, last: str) -> AsyncGenerator[bytes, None]:
        """The events as text, starting after `last`. If `last` is unknown or too old, `hello` comes first.

        Args:
            last: the id of the last event that the page received.
        """
        boot, _, number = last.partition("-")
        at = int(number) if boot == self._boot and number.isascii() and number.isdigit() and len(number) < 15 else -1
        while True:
            if at < self._first() - 1 or at > self._number:
                at = self._number
                yield self._text(Event(at, "hello", None))
            for event in [each for each in self._kept if each.number > at]:
                at = event.number
                yield self._text(event)
            try:
                async with self._news:
                    await asyncio.wait_for(self._news.wait_for(lambda: self._number > at), HEARTBEAT)  # noqa: B023
            except TimeoutError:
                yield b": still here\n\n"

    def _first(self) -> int:
        return self._kept[0].number if self._kept else self._number + 1

    def _text(self, event: Event) -> bytes:
        return f"id: {self._boot}-{event.number}\nevent: {event.kind}\ndata: {json.dumps(event.data)}\n\n".encode()
