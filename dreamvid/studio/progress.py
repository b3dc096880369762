"""The progress of jobs, read from the events that their processes write."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dreamvid.studio.jobs import Job

POINTS = 240
"""The most points of a plot of scores."""

_LONGEST = 1 << 20
_RECENT = 20.0  # seconds over which the speed is measured


@dataclass
class Progress:
    """What a job has reported so far. `read` adds what was written since.

    Attributes:
        done, total: frames.
        what: the current step before a frame is made, as text; empty after each frame.
        score: the latest value of the objective.
        scores: the objective over time, at most `POINTS` values.
        warnings: the first 50 warnings.
        speed: frames a second over the last `_RECENT` seconds.
    """

    done: int = 0
    total: int = 0
    what: str = ""
    score: float | None = None
    scores: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    speed: float = 0.0
    _offset: int = 0
    _every: int = 1
    _seen: int = 0
    _marks: list[tuple[float, int]] = field(default_factory=list)

    def read(self, path: Path) -> bool:
        """Reads the lines that were written since. Returns whether there were any."""
        before = self._offset
        for event in self._lines(path):
            self._take(event)
        return self._offset != before

    def _lines(self, path: Path) -> Iterator[Mapping[str, Any]]:
        """The objects of complete lines. An incomplete last line is read next time."""
        try:
            with path.open("rb") as file:
                file.seek(self._offset)
                while (line := file.readline(_LONGEST)).endswith(b"\n"):
                    self._offset += len(line)
                    try:
                        found = json.loads(line)
                    except (ValueError, RecursionError):
                        continue
                    if isinstance(found, dict):
                        yield found
        except OSError:
            return

    def _take(self, event: Mapping[str, Any]) -> None:
        kind = event.get("event")
        if kind == "started":
            self._marks, self.speed, self.what = [], 0.0, "starting"
        elif kind == "doing":
            self.what = str(event.get("what"))
        elif kind == "begun":
            self.what, self.total = "", int(event["total"]) if event.get("what") == "frame" else self.total
        elif kind == "continued":
            self.done = int(event["done"])
        elif kind == "warning" and len(self.warnings) < 50:
            self.warnings.append(str(event.get("text"))[:500])
        elif kind == "step":
            self.what = f"octave {event['octave']} of {event['octaves']}, step {event['step']}"
            self._keep(event)
        elif kind == "frame":
            self._frame(event)

    def _frame(self, event: Mapping[str, Any]) -> None:
        self.done, self.total, self.what = int(event["done"]), int(event["total"]), ""
        self._keep(event)
        now = float(event["at"])
        self._marks = [mark for mark in self._marks if now - mark[0] <= _RECENT] + [(now, self.done)]
        (first, frames), (last, all_frames) = self._marks[0], self._marks[-1]
        self.speed = (all_frames - frames) / (last - first) if last > first else 0.0

    def _keep(self, event: Mapping[str, Any]) -> None:
        """Adds a score. If there are too many, every second one is dropped."""
        if not isinstance(score := event.get("score"), int | float):
            return
        self.score = float(score)
        self._seen += 1
        if self._seen % self._every == 0:
            self.scores.append(self.score)
        if len(self.scores) > POINTS:
            self.scores, self._every = self.scores[1::2], 2 * self._every


def progress_of(job: Job) -> Progress:
    """Everything that a job has reported."""
    progress = Progress(total=job.frames)
    progress.read(job.folder / "events.jsonl")
    return progress


def summary(job: Job, progress: Progress | None = None) -> dict[str, Any]:
    """What a list shows of a job, as plain data without paths.

    Args:
        progress: what the job has reported; by default it is read from its file.
    """
    progress, state = progress or progress_of(job), job.state
    left = (progress.total - progress.done) / progress.speed if progress.speed > 0 else None
    end = job.end if state == "failed" else None
    return {
        "id": job.id, "command": job.command, "output": job.output, "created": job.created, "state": state,
        "done": progress.total if state == "done" else progress.done, "total": progress.total or job.frames,
        "what": progress.what if state == "running" else "", "speed": round(progress.speed, 2),
        "left": round(left, 1) if left is not None and state == "running" else None, "score": progress.score,
        "picture": _picture(job), "error": end.get("error", "") if end else "",
    }


def _picture(job: Job) -> int:
    """A version number of the job's picture, which changes with it; 0 if there is no picture yet."""
    try:
        return (job.folder / "frame.jpg").stat().st_mtime_ns // 1_000_000
    except OSError:
        return 0
