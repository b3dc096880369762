"""How a person, or the system, ends a render."""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, Timer
from types import FrameType

from dreamvid.errors import Cancelled, Terminated
from dreamvid.events import Event, Observe

SECONDS_TO_END = 1.9
"""Time after SIGTERM, or a second Ctrl-C, in which the program ends by itself. Then it is ended."""


class _AtOnce(BaseException):
    """Ends the program where it stands, past all that catches exceptions: libraries do so while they are loaded."""


def _exit(code: int) -> None:
    """Ends the process without the seconds that large libraries take to be unloaded."""
    sys.stdout.flush()
    os._exit(code)


@contextmanager
def cancellable(observe: Observe) -> Iterator[Observe]:
    """Turns Ctrl-C and SIGTERM into `Cancelled`, raised at the next event once the render has begun.

    Before that, and at a second Ctrl-C, they end the program at once. If it is busy in a library, or waits for another
    program, after SIGTERM or a second Ctrl-C it is ended after `SECONDS_TO_END`: what was done is on the disk.
    """
    asked: list[Cancelled] = []
    begun = False

    def on_signal(number: int, _: FrameType | None) -> None:
        kind = Terminated if number == signal.SIGTERM else Cancelled
        if not asked:
            atexit.register(_exit, kind.exit_code)
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
        with _ended_in_time():
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


@contextmanager
def _ended_in_time() -> Iterator[None]:
    """Ends the program some time after SIGTERM or a second Ctrl-C, whatever it does then."""
    ours, theirs = os.pipe()
    if os.name == "posix":
        os.set_blocking(theirs, False)
    before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    thread = Thread(target=_watch, args=(ours,), name="ending", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(theirs)
        thread.join()
        os.close(ours)


def _watch(signals: int) -> None:
    """Reads the numbers of signals, which arrive while the main thread is busy in a library too."""
    interrupts, timers = 0, list[Timer]()
    while number := os.read(signals, 1):
        interrupts += number[0] == signal.SIGINT
        if number[0] == signal.SIGTERM or (number[0] == signal.SIGINT and interrupts > 1):
            code = Terminated.exit_code if number[0] == signal.SIGTERM else Cancelled.exit_code
            timers.append(Timer(SECONDS_TO_END, os._exit, [code]))
            timers[-1].daemon = True
            timers[-1].start()
    for timer in timers:
        timer.cancel()
