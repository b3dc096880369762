"""Progress for a person: a bar on a terminal, else a line every ten seconds; and how a person ends a render."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from dreamvid.errors import Cancelled, Terminated
from dreamvid.events import Begun, Continued, Event, Fetched, Frame, Observe, Step

SECONDS_BETWEEN_LINES = 10.0
STEPS_BETWEEN_LOSSES = 10


class Reporter:
    """Says on stderr what the events of a render mean."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        # here, since --help has no use for a bar
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._verbose = verbose
        self._begun = self._said = monotonic()
        self._progress = Progress(
            TextColumn("{task.description} {task.fields[done]}/{task.total}"), BarColumn(),
            TextColumn("{task.fields[speed]}"), TimeRemainingColumn(), TextColumn("left"), console=self._console,
            disable=quiet or not self._console.is_terminal,
        )
        self._what, self._first, self._done = "frame", 0, 0
        self._task = self._progress.add_task(self._what, total=None, speed="", done=0)

    def warn(self, sentence: str) -> None:
        """One sentence that a person should know."""
        self._console.print(f"dreamvid: {sentence}", markup=False)

    def observe(self, event: Event) -> None:
        """Takes an event of the render."""
        if isinstance(event, Begun):
            self._begun = self._said = monotonic()
            self._what = event.what
            self._progress.start()
            self._progress.update(self._task, total=event.total, description=event.what, completed=0, done=0)
        elif isinstance(event, Continued):
            self._continued(event)
        elif isinstance(event, Frame):
            self._frame(event)
        elif isinstance(event, Step):
            self._step(event)
        elif isinstance(event, Fetched):
            self._fetched(event)

    def _continued(self, event: Continued) -> None:
        self._first = self._done = event.done
        if not self._quiet:
            self._console.print(f"dreamvid: going on after frame {event.done} of {event.total}")

    def _frame(self, event: Frame) -> None:
        self._done = event.done
        speed = (event.done - self._first) / max(monotonic() - self._begun, 1e-9)
        words = f"{speed:.1f} {self._what}s/s"
        self._progress.update(self._task, completed=event.done, done=event.done, speed=words)
        if self._quiet or self._console.is_terminal or monotonic() - self._said < SECONDS_BETWEEN_LINES:
            return
        self._said = monotonic()
        left = (event.total - event.done) / speed
        self._console.print(f"{self._what} {event.done}/{event.total}, {words}, {left:.0f} s left")

    def _fetched(self, event: Fetched) -> None:
        self._progress.start()
        self._progress.update(self._task, description=f"fetching {event.name}, MB", completed=event.here / 1e6,
                              total=round(event.total / 1e6) or None, done=round(event.here / 1e6))

    def _step(self, step: Step) -> None:
        part = ((step.octave - 1) * step.steps + step.step) / (step.octaves * step.steps)
        self._progress.update(self._task, completed=self._done + part)
        if self._verbose and (step.step % STEPS_BETWEEN_LOSSES == 0 or step.step == step.steps):
            self._console.print(
                f"octave {step.octave}/{step.octaves}, step {step.step}/{step.steps}, loss {step.loss:.4f}")

    def close(self) -> None:
        """Takes the bar away."""
        self._progress.stop()


class _AtOnce(BaseException):
    """Ends the program where it stands, past all that catches exceptions: libraries do so while they are loaded."""


@contextmanager
def cancellable(observe: Observe) -> Iterator[Observe]:
    """Turns Ctrl-C and SIGTERM into `Cancelled`, raised at the next event once the render has begun.

    Before that, and at a second Ctrl-C, they end the program at once.
    """
    asked: list[Cancelled] = []
    begun = False

    def on_signal(number: int, _: FrameType | None) -> None:
        kind = Terminated if number == signal.SIGTERM else Cancelled
        at_once = asked or not begun
        asked.append(kind("stopped"))
        if at_once:
            raise _AtOnce

    def watched(event: Event) -> None:
        nonlocal begun
        begun = True
        observe(event)
        if asked:
            raise asked[0]

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield watched
    except _AtOnce:
        raise asked[-1] from None
    except Exception:
        # A library may have made an error of its own of the end that was asked for.
        if asked and not begun:
            raise asked[-1] from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
