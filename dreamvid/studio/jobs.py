"""Jobs on the disk: what each makes, whether it should run, and how it ended.

```
jobs/order.json      the ids, in the order in which they run
jobs/ID/job.json     what the job makes; it never changes
jobs/ID/desired.json whether it should run, pause or be cancelled
jobs/ID/events.jsonl the events of its process, one JSON object a line
jobs/ID/end.json     how it ended; missing if it was only stopped
jobs/ID/frame.jpg    the latest frame
jobs/ID/log.txt      stdout and stderr of its process
jobs/ID/lock         locked by its process
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

Desired = Literal["run", "pause", "cancel"]
State = Literal["waiting", "running", "stopping", "paused", "cancelled", "done", "failed"]

ENDED = ("done", "failed")
"""The states of a job that has an `end.json`."""

_ID = re.compile(r"[0-9a-f]{12}")
_STOPPED: dict[str, State] = {"run": "waiting", "pause": "paused", "cancel": "cancelled"}


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        folder: its folder, whose name is the job's id.
        command: zoom, clip, loop or image.
        output: the name of its result in the studio's folder.
        created: when it was added, in seconds since 1970.
        about: the content of `job.json`; see `add`.
    """

    folder: Path
    command: str
    output: str
    created: float
    about: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its id, twelve hexadecimal digits."""
        return self.folder.name

    @property
    def frames(self) -> int:
        """How many frames it makes."""
        return int((self.about.get("plan") or {"frames": 1})["frames"])

    @property
    def target(self) -> Path:
        """The path of its result."""
        return self.folder.parents[2] / self.output

    @property
    def desired(self) -> Desired:
        """Whether it should run, pause or be cancelled."""
        found = get_json(self.folder / "desired.json")
        return found if found in _STOPPED else "run"

    @property
    def end(self) -> Mapping[str, Any] | None:
        """How it ended: `state`, `error` and `at`; None if it has not ended."""
        found = get_json(self.folder / "end.json")
        return found if isinstance(found, dict) and found.get("state") in ENDED else None

    @property
    def state(self) -> State:
        """Its current state."""
        if (end := self.end) is not None:
            return end["state"]
        desired = self.desired
        if self.is_locked():
            return "running" if desired == "run" else "stopping"
        return _STOPPED[desired]

    def is_locked(self) -> bool:
        """Whether a process works on it."""
        try:
            # Not 0, since another process may be making the same check.
            with FileLock(self.folder / "lock", timeout=0.03, poll_interval=0.01):
                return False
        except (Timeout, OSError):
            return self.folder.is_dir()

    def finish(self, state: State, error: str = "") -> None:
        """Records how it ended."""
        put_json(self.folder / "end.json", {"state": state, "error": error, "at": time.time()})


def add(studio: Studio, command: str, name: str, suffix: str, about: Mapping[str, Any]) -> Job:
    """Adds a job at the end of the queue.

    Args:
        name, suffix: of its result, such as `cat-zoom` and `.mp4`; for numbered pictures the suffix is `/%06d.png`. If
            the name is taken, a number is added.
        about: plain data: for a film `plan`, for a picture `settings` as a table; `call`, an `Invocation` as a
            dictionary; and `draft`, what the page sent, so that it can show it again.

    Raises:
        OutputError, ResourceError: the job cannot be written.
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
    """A name that no result and no job uses: 'cat-zoom.mp4', 'cat-zoom-2.mp4'."""
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
        InputError: no job has this id.
    """
    found: Any = get_json(studio.jobs / job_id / "job.json") if _ID.fullmatch(job_id) else None
    try:
        return Job(studio.jobs / job_id, str(found["command"]), str(found["output"]), float(found["created"]), found)
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(f"there is no job {job_id[:40]!r}; `dreamvid jobs list` lists them") from error


def jobs(studio: Studio) -> list[Job]:
    """All jobs in queue order; damaged ones are left out."""
    return list(_read(studio, _order(studio)))


def _read(studio: Studio, ids: Iterable[str]) -> Iterator[Job]:
    for each in ids:
        with suppress(InputError):
            yield find(studio, each)


def _order(studio: Studio) -> list[str]:
    """The ids in queue order. Jobs that `order.json` lacks come last, the oldest first."""
    noted = get_json(studio.jobs / "order.json")
    there = {path.name for path in studio.jobs.iterdir() if _ID.fullmatch(path.name)}
    order = [each for each in noted if each in there] if isinstance(noted, list) else []
    return [*order, *sorted(there - set(order), key=lambda each: (studio.jobs / each).stat().st_mtime)]


@contextmanager
def _ordering(studio: Studio) -> Iterator[list[str]]:
    """Locks the order of the jobs and yields it as a list. The list is written back at the end."""
    with FileLock(studio.jobs / "order.lock", timeout=10):
        order = _order(studio)
        yield order
        put_json(studio.jobs / "order.json", order)


def move(studio: Studio, job: Job, before: str = "") -> None:
    """Moves a job in the queue.

    Args:
        before: the id of the job to put it before; empty for the end of the queue.
    """
    with _ordering(studio) as order:
        order.remove(job.id)
        order.insert(order.index(before) if before in order else len(order), job.id)


def set_desired(job: Job, desired: Desired) -> None:
    """Records whether a job should run, pause or be cancelled. Its process checks this several times a second.

    A failed job that is asked to run is tried again, and continues from where it stopped.
    """
    if desired == "run" and (end := job.end) is not None and end["state"] == "failed":
        (job.folder / "end.json").unlink(missing_ok=True)
    put_json(job.folder / "desired.json", desired)


def delete(studio: Studio, job: Job) -> None:
    """Deletes a job that is not running, and its work folder. Its result is kept.

    Raises:
        InputError: the job is running.
    """
    if job.is_locked():
        raise InputError(f"{job.output} is being made; cancel it first")
    with _ordering(studio) as order:
        order.remove(job.id)
        shutil.rmtree(job.folder, ignore_errors=True)
    if job.end is None or job.end["state"] != "done":
        shutil.rmtree(job.target.with_name(f"{job.target.name}.dreamvid"), ignore_errors=True)
