"""ffmpeg as a child process that frames are written to or read from. Failures become errors; waits have timeouts."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from math import inf
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic

import numpy as np

from dreamvid.arrays import Bytes, Words
from dreamvid.errors import DreamvidError, FFmpegError, ResourceError
from dreamvid.media.ffmpeg import bound, cannot_run, end, executable

TIMEOUT = 900.0
"""ffmpeg is killed after this many seconds without progress: more than the slowest preset needs."""

_QUIET = ("-hide_banner", "-nostats", "-loglevel", "error")
# SVT-AV1 writes to stderr directly, and its messages would look like the cause of a failure.
_ERRORS_ONLY = {"SVT_LOG": "1"}
_KEPT_LINES = 30  # the last lines; a failure prints about ten
_KILL_TIMEOUT = 10.0
_BEHIND = 5  # added to the niceness of a program that takes pictures, so that dreaming comes first
_STAMP_KEY = "dreamvid"
_STAMP = re.compile(rb"frame:\d+ +pts:(-?\d+) +pts_time:\S+")
STAMPS = (f"settb=1/1000000,metadata=add:key={_STAMP_KEY}:value=1,"
          f"metadata=print:key={_STAMP_KEY}:file='pipe\\:2':direct=1")
"""Filters that print the time of each frame, in microseconds, for `Reader.stamp`."""
_DISK_FULL = ("No space left on device", "Disk quota exceeded")


class Deadline:
    """How long ffmpeg may take for a film: `timeout` seconds for each step; for all together what `end_in` allows."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout, self._end = timeout, inf

    def end_in(self, seconds: float) -> None:
        """Allows so many seconds from now on, for all further steps together."""
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that the next step may take."""
        return max(0.1, min(self._timeout, self._end - monotonic()))


class _Process:
    """A running ffmpeg, and its last messages. It has its own session, so Ctrl-C does not reach it.

    If `bound_to_us`, it is killed when this process ends.
    """

    def __init__(self, arguments: Sequence[str], *, stdin: int, stdout: int, bound_to_us: bool) -> None:
        program = executable()
        words = bound(program) if bound_to_us else [program]
        try:
            self._process = subprocess.Popen(
                [*words, *_QUIET, *arguments], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                start_new_session=True, env=os.environ | _ERRORS_ONLY)
        except OSError as error:
            raise cannot_run(program, error) from error
        self.messages: deque[str] = deque(maxlen=_KEPT_LINES)
        """The last lines that ffmpeg wrote to its standard error."""
        # ffmpeg would block on a full stderr pipe.
        self._drain = Thread(target=self._read_lines, name="ffmpeg-stderr", daemon=True)
        self._drain.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def _read_lines(self) -> None:
        assert self._process.stderr is not None  # it is a pipe; see __init__
        with self._process.stderr as stream:
            for line in stream:
                self._take(line)

    def _take(self, line: bytes) -> None:
        self.messages.append(_without_origin(line.decode(errors="replace").strip()))

    def kill(self) -> None:
        """Kills ffmpeg, and the script that started it, if there is one. May be called at any time."""
        if self._process.poll() is None:
            end(self._process)
            self._wait(_KILL_TIMEOUT)

    def _wait(self, timeout: float) -> bool:
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        self._drain.join(_KILL_TIMEOUT)
        return True

    def _failure(self) -> DreamvidError:
        lines = [line for line in self.messages if line]
        if any(sign in line for line in lines for sign in _DISK_FULL):
            return ResourceError("the disk is full; ffmpeg could not write the film")
        # ffmpeg prints the cause first, then its consequences.
        return FFmpegError(f"ffmpeg {self._ending()}" + (f": {lines[0]}" if lines else ""))

    def _ending(self) -> str:
        code = self._process.returncode
        if code is None:
            return "takes no more frames"
        if code == 0:
            return "ended before the last frame"
        if code > 0:
            return f"failed with exit status {code}"
        return f"was ended by signal {-code} ({signal.strsignal(-code)})"


class Child(_Process):
    """An ffmpeg that reads raw frames from its standard input.

    It ends when its input is closed. The system closes the input if this process is killed.

    Args:
        arguments: ffmpeg's, from the first input to the output; `pipe:0` is the frames.
        stdout: a file descriptor for `pipe:1`; None discards it.
        bound_to_us: whether it is killed when this process ends. Needed if its input is not `pipe:0`.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """

    def __init__(self, arguments: Sequence[str], *, stdout: int | None = None, bound_to_us: bool = False) -> None:
        super().__init__(arguments, stdin=subprocess.PIPE, bound_to_us=bound_to_us,
                         stdout=subprocess.DEVNULL if stdout is None else stdout)
        if sys.platform != "win32":
            with contextlib.suppress(OSError):  # it may have ended already
                os.setpriority(os.PRIO_PGRP, self.pid, os.getpriority(os.PRIO_PROCESS, 0) + _BEHIND)

    def write(self, pixels: Bytes) -> None:
        """Writes one frame; blocks while ffmpeg is busy.

        Raises:
            FFmpegError: ffmpeg has ended.
            ResourceError: it ended because the disk is full.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pixels.data)
        except OSError as error:
            self._wait(_KILL_TIMEOUT)
            raise self._failure() from error

    def finish(self, timeout: float) -> None:
        """Ends the input and waits for ffmpeg to complete the file.

        Raises:
            FFmpegError: ffmpeg failed, or was not done after `timeout` seconds.
            ResourceError: the disk is full.
        """
        self._close_input()
        if not self._wait(timeout):
            raise FFmpegError(f"ffmpeg was not done {timeout:g} seconds after the last frame")
        if self._process.returncode != 0:
            raise self._failure()

    def close(self) -> None:
        """Kills ffmpeg if it still runs, and closes its pipes. No thread may be inside `write`."""
        self.kill()
        self._close_input()

    def _close_input(self) -> None:
        assert self._process.stdin is not None
        # Closing flushes, which fails if ffmpeg has ended; its exit status says why.
        with contextlib.suppress(OSError):
            self._process.stdin.close()


def carry_out(arguments: Sequence[str], deadline: Deadline) -> None:
    """Runs ffmpeg from files to files.

    Raises:
        FFmpegError: it is missing, failed, or was not done in time.
        ResourceError: the disk is full.
    """
    child = Child(arguments, bound_to_us=True)
    try:
        child.finish(deadline.left)
    finally:
        child.close()


class RawReader(_Process):
    """An ffmpeg that writes raw data to its standard output.

    Args:
        arguments: ffmpeg's, from the first input to the output, which is `pipe:1`.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bound_to_us=True)

    def read_bytes(self, length: int) -> bytes:
        """The next bytes: `length`, or fewer at the end; empty after the end."""
        assert self._process.stdout is not None
        content = self._process.stdout.read(length)
        if len(content) < length:
            self._wait(_KILL_TIMEOUT)
        return content

    def check_alive(self, path: Path) -> None:
        """Raises `FFmpegError` if a signal ended ffmpeg; `path` is the file that it read."""
        if (self._process.returncode or 0) < 0:
            raise FFmpegError(f"ffmpeg {self._ending()} while it read {path}")

    def close(self) -> None:
        """Kills ffmpeg if it still runs, and closes its pipe. No thread may be reading from it."""
        self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Reader(RawReader):
    """An ffmpeg that writes pictures to its standard output, each as a PNM file with its size in the header.

    Args:
        arguments: ffmpeg's, from the first input to the last filter; `STAMPS` may be among the filters.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._stamps: SimpleQueue[int | None] = SimpleQueue()
        super().__init__([*arguments, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"])

    def read(self) -> Bytes | Words | None:
        """The next picture, shape (height, width, 3), of 8 or 16 bits; None at the end, or if the output is cut off."""
        stream = self._process.stdout
        assert stream is not None
        header = [stream.readline() for _ in range(3)]
        if not header[2].endswith(b"\n"):
            self._wait(_KILL_TIMEOUT)
            return None
        width, height = map(int, header[1].split())
        deep = int(header[2]) > 255
        length = width * height * 3 * (2 if deep else 1)
        content = self.read_bytes(length)
        if len(content) < length:
            return None
        pixels: Bytes | Words = np.frombuffer(content, ">u2") if deep else np.frombuffer(content, np.uint8)
        return pixels.reshape(height, width, 3)

    def stamp(self) -> int | None:
        """Waits for the time of the next frame that passes `STAMPS`, in microseconds; None after the last."""
        return self._stamps.get()

    def _read_lines(self) -> None:
        super()._read_lines()
        self._stamps.put(None)

    def _take(self, line: bytes) -> None:
        # A decoder's thread may write a message on the same line.
        found = _STAMP.search(line)
        if found is not None:
            self._stamps.put(int(found[1]))
        elif line.strip() != f"{_STAMP_KEY}=1".encode():
            super()._take(line)


def _without_origin(line: str) -> str:
    """A line of ffmpeg without prefixes such as '[libx264 @ 0x55d0]'."""
    while line.startswith("[") and "] " in line:
        line = line.partition("] ")[2]
    return line
