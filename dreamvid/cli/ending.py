"""Handles Ctrl-C and SIGTERM during a render."""

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
"""After SIGTERM or a second Ctrl-C, the process is killed if it has not ended within this time."""


class _AtOnce(BaseException):
    """Ends the program at once. A BaseException, since some libraries catch every `Exception` while they load."""


def _exit(code: int) -> None:
    """Ends the process without unloading large libraries, which takes seconds."""
    sys.stdout.flush()
    os._exit(code)


@contextmanager
def cancellable(observe: Observe) -> Iterator[Observe]:
    """Turns Ctrl-C and SIGTERM into `Cancelled`, raised at the next event once the render has begun.

    Before the first event, and at a second Ctrl-C, they end the program at once. A program that is blocked in a library
    or waits for a child process is killed `SECONDS_TO_END` after SIGTERM or a second Ctrl-C. Finished work is on disk.
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
        # A library may have replaced `_AtOnce` by an error of its own.
        if asked and not begun:
            raise asked[-1] from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ended_in_time() -> Iterator[None]:
    """Kills the process `SECONDS_TO_END` after SIGTERM or a second Ctrl-C, even if the main thread is blocked."""
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
    """Reads signal numbers from the wakeup descriptor, which works while the main thread is blocked in a library."""
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
