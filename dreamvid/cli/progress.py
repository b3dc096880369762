"""Progress output: one updated line on a terminal, otherwise a new line every ten seconds."""

import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

from dreamvid.events import Begun, Continued, Doing, Event, Fetched, Frame, Step, Working, ignore

SECONDS_BETWEEN_LINES = 10.0
STEPS_BETWEEN_SCORES = 10


class Reporter:
    """Prints the events and warnings of a render on stderr."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        # imported here, to keep --help fast
        from rich.console import Console
        from rich.progress import BarColumn, Progress, Task, TaskID, TextColumn, TimeRemainingColumn
        from rich.text import Text

        class TimeLeft(TimeRemainingColumn):
            """The time left of the whole; nothing in the rows of workers, and before the first frame."""

            def render(self, task: Task) -> Text:
                return super().render(task) if task.fields["left"] else Text()

        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._quiet, self._verbose = quiet, verbose
        self._begun = self._last_line = monotonic()
        columns = [TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.fields[speed]}"),
                   TimeLeft(), TextColumn("{task.fields[left]}"), TextColumn("{task.fields[score]}")]
        self._progress = Progress(*columns, console=self._console, transient=True,
                                  disable=quiet or not self._console.is_terminal)
        self._printed: set[str] = set()
        self._what, self._first, self._done = "frame", 0, 0
        self._rows, self._doings = dict[str, TaskID](), dict[str, str]()
        self._task = self._progress.add_task("reading", total=None, speed="", left="", score="")
        self._progress.start()

    def warn(self, sentence: str) -> None:
        """Prints a warning; the same one only once."""
        if sentence not in self._printed:
            self._printed.add(sentence)
            self._console.print(f"dreamvid: {sentence}", markup=False)

    def observe(self, event: Event) -> None:
        """Prints an event of the render."""
        does: dict[type, Callable[[Any], None]] = {
            Doing: self._doing, Begun: self._begin, Continued: self._continued, Frame: self._frame,
            Working: self._working, Step: self._step, Fetched: self._fetched}
        does.get(type(event), ignore)(event)

    def _doing(self, event: Doing) -> None:
        self._progress.update(self._task, description=event.what, total=None, speed="", left="")
        if event.what not in self._printed:
            self._printed.add(event.what)
            self._line(event.what)

    def _begin(self, event: Begun) -> None:
        self._begun = self._last_line = monotonic()
        self._what, self._done, self._first = event.what, 0, 0
        self._progress.update(self._task, total=event.total, completed=0, left="left",
                              description=f"{event.what} 1/{event.total}")

    def _continued(self, event: Continued) -> None:
        self._first = self._done = event.done
        if not self._quiet:
            text = f"continuing after frame {event.done} of {event.total}"
            self._console.print(f"dreamvid: {text if event.done < event.total else 'the film is already finished'}")

    def _frame(self, event: Frame) -> None:
        self._done = event.done
        speed = (event.done - self._first) / max(monotonic() - self._begun, 1e-9)
        words = f"{speed:.1f} {self._what}s/s"
        now = min(event.done + 1, event.total)
        self._progress.update(self._task, completed=event.done, speed=words,
                              description=f"{self._what} {now}/{event.total}")
        if monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = monotonic()
            left = (event.total - event.done) / speed
            self._line("; ".join([f"{self._what} {event.done}/{event.total}, {words}, {left:.0f} s left",
                                  *self._doings.values()]))

    def _working(self, event: Working) -> None:
        """A row below for each worker of a cluster."""
        for name in self._rows.keys() - {name for name, _, _ in event.workers}:
            self._progress.remove_task(self._rows.pop(name))
            self._doings.pop(name, None)
        for name, what, share in event.workers:
            if name not in self._rows:
                self._rows[name] = self._progress.add_task(name, total=1, speed="", left="", score="")
            self._doings[name] = f"{name}: {what}"
            self._progress.update(self._rows[name], completed=share, description=self._doings[name])

    def _fetched(self, event: Fetched) -> None:
        size = f" of {event.total / 1e6:.0f}" if event.total else ""
        self._progress.update(self._task, description=f"fetching {event.name}: {event.here / 1e6:.0f}{size} MB",
                              completed=event.here, total=event.total or None)

    def _step(self, step: Step) -> None:
        part = ((step.octave - 1) * step.steps + step.step) / (step.octaves * step.steps)
        self._progress.update(self._task, completed=self._done + part, score=f"score {step.score:.4g}")
        if self._verbose and (step.step % STEPS_BETWEEN_SCORES == 0 or step.step == step.steps):
            self._console.print(
                f"octave {step.octave}/{step.octaves}, step {step.step}/{step.steps}, score {step.score:.4f}")

    def _line(self, text: str) -> None:
        """Prints a line, unless stderr is a terminal."""
        if not self._quiet and not self._console.is_terminal:
            self._console.print(text, markup=False)

    def close(self) -> None:
        """Removes the progress line."""
        self._progress.stop()
