"""Jobs on the disk: what each makes, what is wanted of it, and how it ended.

```
jobs/order.json      the ids, in the order in which they run
jobs/ID/job.json     what is made; it does not change
jobs/ID/wish.json    whether it shall run, pause or be cancelled
jobs/ID/events.jsonl what its process told, one object a line
jobs/ID/end.json     how it ended, unless it was stopped
jobs/ID/frame.jpg    the frame that was made last
jobs/ID/log.txt      what its process printed
jobs/ID/lock         held by its process
```
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from dreamvid.errors import InputError, OutputError, write_error
from dreamvid.studio.folder import Studio, get_json, put_json

Wish = Literal["run", "pause", "cancel"]
State = Literal["waiting", "running", "stopping", "paused", "cancelled", "done", "failed"]

ENDED = ("done", "failed")
"""The states of a job whose process told how it ended."""

_ID = re.compile(r"[0-9a-f]{12}")
_STOPPED: dict[str, State] = {"run": "waiting", "pause": "paused", "cancel": "cancelled"}


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        folder: where it lies; its name is the job's id.
        command: zoom, clip, loop or image.
        output: the name of its result in the studio's folder.
        created: when it was added, in seconds since 1970.
        about: how it is made, see `add`.
    """

    folder: Path
    command: str
    output: str
    created: float
    about: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its name, twelve hexadecimal digits."""
        return self.folder.name

    @property
    def frames(self) -> int:
        """How many frames it makes."""
        return int((self.about.get("plan") or {"frames": 1})["frames"])

    @property
    def target(self) -> Path:
        """Its result."""
        return self.folder.parents[2] / self.output

    @property
    def wish(self) -> Wish:
        """What is wanted of it."""
        found = get_json(self.folder / "wish.json")
        return found if found in _STOPPED else "run"

    @property
    def end(self) -> Mapping[str, Any] | None:
        """How it ended: its `state` and, if it failed, an `error`; None if it did not."""
        found = get_json(self.folder / "end.json")
        return found if isinstance(found, dict) and found.get("state") in ENDED else None

    @property
    def state(self) -> State:
        """What it does now."""
        if (end := self.end) is not None:
            return end["state"]
        wish = self.wish
        if self.is_locked():
            return "running" if wish == "run" else "stopping"
        return _STOPPED[wish]

    def is_locked(self) -> bool:
        """Whether a process works on it."""
        try:
            # A moment, because another process may look just now.
            with FileLock(self.folder / "lock", timeout=0.03, poll_interval=0.01):
                return False
        except (Timeout, OSError):
            return self.folder.is_dir()

    def finish(self, state: State, error: str = "") -> None:
        """Notes how it ended."""
        put_json(self.folder / "end.json", {"state": state, "error": error, "at": time.time()})


def add(studio: Studio, command: str, name: str, suffix: str, about: Mapping[str, Any]) -> Job:
    """Adds a job at the end of the queue.

    Args:
        name, suffix: of its result, such as `cat-zoom` and `.mp4`, or of numbered pictures `/%06d.png`; where that is
            taken, a number is added.
        about: as plain data: `plan`, and `call`, an `Invocation` as a dictionary; of a picture `settings` as a table in
            place of a plan. `asked` is what the page shows again: settings, preset and source.

    Raises:
        OutputError, ResourceError: it cannot be written.
    """
    with _ordering(studio) as order:
        record = {**about, "command": command, "output": _free_name(studio, name, suffix), "created": time.time()}
        folder = studio.jobs / secrets.token_hex(6)
        try:
            folder.mkdir()
        except OSError as error:
            raise write_error(folder, error) from error
        put_json(folder / "job.json", record)
        order.append(folder.name)
    return find(studio, folder.name)


def _free_name(studio: Studio, name: str, suffix: str) -> str:
    """A name that no result and no job has: 'cat-zoom.mp4', 'cat-zoom-2.mp4'."""
    taken = {job.output for job in jobs(studio)}
    file = suffix.partition("/")[0]
    for n in range(1, 1_000_000):
        free = name if n == 1 else f"{name}-{n}"
        there = any((studio.folder / f"{free}{file}{end}").exists() for end in ("", ".dreamvid"))
        if not there and free + suffix not in taken:
            return free + suffix
    raise OutputError(f"{studio.folder} has a million results of this name")


def find(studio: Studio, job_id: str) -> Job:
    """A job by its id.

    Raises:
        InputError: there is none.
    """
    found: Any = get_json(studio.jobs / job_id / "job.json") if _ID.fullmatch(job_id) else None
    try:
        return Job(studio.jobs / job_id, str(found["command"]), str(found["output"]), float(found["created"]), found)
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(f"there is no job {job_id[:40]!r}; `dreamvid jobs list` lists them") from error


def jobs(studio: Studio) -> list[Job]:
    """All jobs, in their order; damaged ones are left out."""
    return list(_read(studio, _order(studio)))


def _read(studio: Studio, ids: Iterable[str]) -> Iterator[Job]:
    for each in ids:
        with suppress(InputError):
            yield find(studio, each)


def _order(studio: Studio) -> list[str]:
    """The ids in their order; those that it lacks come last."""
    noted = get_json(studio.jobs / "order.json")
    there = {path.name for path in studio.jobs.iterdir() if _ID.fullmatch(path.name)}
    order = [each for each in noted if each in there] if isinstance(noted, list) else []
    return [*order, *sorted(there - set(order), key=lambda each: (studio.jobs / each).stat().st_mtime)]


@contextmanager
def _ordering(studio: Studio) -> Iterator[list[str]]:
    """The order of the jobs, which is written at the end as it then is."""
    with FileLock(studio.jobs / "order.lock", timeout=10):
        order = _order(studio)
        yield order
        put_json(studio.jobs / "order.json", order)


def move(studio: Studio, job: Job, before: str = "") -> None:
    """Moves a job in the queue.

    Args:
        before: the id of the job that comes after it; empty for the end.
    """
    with _ordering(studio) as order:
        order.remove(job.id)
        order.insert(order.index(before) if before in order else len(order), job.id)


def ask(job: Job, wish: Wish) -> None:
    """Notes what is wanted of a job. Its process looks at that several times a second.

    A job that failed, and is asked to run, is tried again from where it stopped.
    """
    if wish == "run" and (end := job.end) is not None and end["state"] == "failed":
        (job.folder / "end.json").unlink(missing_ok=True)
    put_json(job.folder / "wish.json", wish)


def delete(studio: Studio, job: Job) -> None:
    """Deletes a job that does not run, and its work folder. Its result stays.

    Raises:
        InputError: it runs.
    """
    if job.is_locked():
        raise InputError(f"{job.output} is being made; cancel it first")
    with _ordering(studio) as order:
        order.remove(job.id)
        shutil.rmtree(job.folder, ignore_errors=True)
    if job.end is None or job.end["state"] != "done":
        shutil.rmtree(job.target.with_name(f"{job.target.name}.dreamvid"), ignore_errors=True)
