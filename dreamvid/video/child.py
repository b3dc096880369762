"""A running ffmpeg: fed with frames or read from, never left hanging, and always called to account."""

import contextlib
import os
import signal
import subprocess
from collections import deque
from collections.abc import Sequence
from threading import Thread, Timer

import numpy as np

from dreamvid.arrays import Bytes, Words
from dreamvid.errors import DreamvidError, FFmpegError, ResourceError
from dreamvid.video.ffmpeg import bound, cannot_run, end, executable

_QUIET = ("-hide_banner", "-nostats", "-loglevel", "error")
# SVT-AV1 prints past ffmpeg, and what it says would be taken for the cause of a failure.
_SAY_ERRORS_ONLY = {"SVT_LOG": "1"}
_KEPT_LINES = 30  # the last ones: a failure takes about ten
_SECONDS_TO_DIE = 10.0
_DISK_FULL = ("No space left on device", "Disk quota exceeded")


class _Process:
    """A running ffmpeg, whose complaints are kept; it has a session of its own, so that Ctrl-C reaches only us.

    Bound to us, it is killed when we are.
    """

    def __init__(self, arguments: Sequence[str], *, stdin: int, stdout: int, bound_to_us: bool) -> None:
        program = executable()
        words = bound(program) if bound_to_us else [program]
        try:
            self._process = subprocess.Popen(
                [*words, *_QUIET, *arguments], stdin=stdin, stdout=stdout, stderr=subprocess.PIPE,
                start_new_session=True, env=os.environ | _SAY_ERRORS_ONLY)
        except OSError as error:
            raise cannot_run(program, error) from error
        self.complaints: deque[str] = deque(maxlen=_KEPT_LINES)
        """The last lines that ffmpeg wrote to its standard error."""
        # Unread, a full pipe of complaints would stop ffmpeg.
        self._drain = Thread(target=self._read_lines, name="ffmpeg-stderr", daemon=True)
        self._drain.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def _read_lines(self) -> None:
        assert self._process.stderr is not None  # it was asked for above
        with self._process.stderr as stream:
            for line in stream:
                self.complaints.append(_without_origin(line.decode(errors="replace").strip()))

    def kill(self) -> None:
        """Ends ffmpeg now, whatever it does, and whatever it was started by. May be called at any time."""
        if self._process.poll() is None:
            end(self._process)
            self._wait(_SECONDS_TO_DIE)

    def _wait(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._drain.join(_SECONDS_TO_DIE)
        return True

    def _failure(self) -> DreamvidError:
        lines = [line for line in self.complaints if line]
        if any(sign in line for line in lines for sign in _DISK_FULL):
            return ResourceError("the disk is full; ffmpeg could not write the film")
        # ffmpeg names the cause first, and then every part of it that the cause brought down.
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

    It ends when its input is closed, which the system does too if this process is killed.

    Args:
        arguments: ffmpeg's, from the first input to the output; `pipe:0` is the frames.
        stdout: a descriptor for what ffmpeg writes to `pipe:1`; nowhere if None.
        bound_to_us: whether it is killed when we are, as it must be if its input is not `pipe:0`.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """

    def __init__(self, arguments: Sequence[str], *, stdout: int | None = None, bound_to_us: bool = False) -> None:
        super().__init__(arguments, stdin=subprocess.PIPE, bound_to_us=bound_to_us,
                         stdout=subprocess.DEVNULL if stdout is None else stdout)

    def write(self, pixels: Bytes) -> None:
        """Hands over one frame; blocks while ffmpeg is busy.

        Raises:
            FFmpegError: ffmpeg has ended.
            ResourceError: it ended because the disk is full.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pixels.data)
        except OSError as error:
            self._wait(_SECONDS_TO_DIE)
            raise self._failure() from error

    def finish(self, seconds: float) -> None:
        """Ends the input and waits for ffmpeg to complete the file.

        Raises:
            FFmpegError: ffmpeg failed, or was not done after so many seconds.
            ResourceError: the disk is full.
        """
        self._close_input()
        if not self._wait(seconds):
            raise FFmpegError(f"ffmpeg was not done {seconds:g} seconds after the last frame")
        if self._process.returncode != 0:
            raise self._failure()

    def close(self) -> None:
        """Kills ffmpeg if it still runs, and lets go of its pipes. Nobody may be inside `write`."""
        self.kill()
        self._close_input()

    def _close_input(self) -> None:
        assert self._process.stdin is not None
        # Closing flushes, and ffmpeg may be gone: its exit status tells that better.
        with contextlib.suppress(OSError):
            self._process.stdin.close()


def carry_out(arguments: Sequence[str], seconds: float) -> None:
    """Runs ffmpeg from files to files.

    Raises:
        FFmpegError: it is missing, failed, or was not done after so many seconds.
        ResourceError: the disk is full.
    """
    child = Child(arguments, bound_to_us=True)
    try:
        child.finish(seconds)
    finally:
        child.close()


class _Teller(_Process):
    """An ffmpeg that writes text to its standard output."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bound_to_us=True)

    def read(self, most: int) -> bytes:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            return stream.read(most)


def said(arguments: Sequence[str], most: int, seconds: float) -> bytes:
    """What ffmpeg writes to `pipe:1`: its first so many bytes, or what came within so many seconds.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    teller = _Teller(arguments)
    watch = Timer(seconds, teller.kill)
    watch.start()
    try:
        return teller.read(most)
    finally:
        watch.cancel()
        teller.kill()


class Reader(_Process):
    """An ffmpeg that writes pictures to its standard output, each as a PNM file, which states its own size.

    Args:
        arguments: ffmpeg's, from the first input to the last filter.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        pictures = ["-f", "image2pipe", "-c:v", "ppm", "pipe:1"]
        super().__init__([*arguments, *pictures], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bound_to_us=True)

    def read(self) -> Bytes | Words | None:
        """The next picture, shape (height, width, 3), of 8 or 16 bits; None at the end, or where it breaks off."""
        stream = self._process.stdout
        assert stream is not None
        header = [stream.readline() for _ in range(3)]
        if not header[2].endswith(b"\n"):
            self._wait(_SECONDS_TO_DIE)
            return None
        width, height = map(int, header[1].split())
        deep = int(header[2]) > 255
        length = width * height * 3 * (2 if deep else 1)
        content = stream.read(length)
        if len(content) < length:
            return None
        pixels: Bytes | Words = np.frombuffer(content, ">u2") if deep else np.frombuffer(content, np.uint8)
        return pixels.reshape(height, width, 3)

    @property
    def status(self) -> int | None:
        """ffmpeg's exit status; None while it runs. Negative if a signal ended it."""
        return self._process.returncode

    def close(self) -> None:
        """Kills ffmpeg if it still runs, and lets go of its pipe. Nobody may be inside `read`."""
        self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _without_origin(line: str) -> str:
    """A line of ffmpeg's without the '[libx264 @ 0x55d0]' that it begins with."""
    while line.startswith("[") and "] " in line:
        line = line.partition("] ")[2]
    return line
