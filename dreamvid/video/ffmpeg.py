"""ffmpeg as a child process: found, asked what it can do, fed with frames, and always called to account."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import imageio_ffmpeg

from dreamvid.arrays import Bytes
from dreamvid.errors import DreamvidError, FFmpegError, ResourceError

VARIABLE = "DREAMVID_FFMPEG"
"""The environment variable that names another ffmpeg than imageio-ffmpeg's."""

_QUIET = ("-hide_banner", "-nostats", "-loglevel", "error")
_KEPT_LINES = 30  # the last ones: a failure takes about ten
_SECONDS_TO_DIE = 10.0
_SECONDS_TO_ANSWER = 30.0
_DISK_FULL = ("No space left on device", "Disk quota exceeded")


def executable() -> str:
    """The ffmpeg to run: the one named by the environment variable DREAMVID_FFMPEG, or else imageio-ffmpeg's.

    Raises:
        FFmpegError: there is none, or it is not a program.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise FFmpegError(f"{VARIABLE} is {named!r}, which is not a program that can be run")
        return found
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise FFmpegError(f"no ffmpeg was found; set {VARIABLE} to the path of one") from error


def url(path: Path) -> str:
    """A file's name as ffmpeg takes it literally, whatever it begins with or contains."""
    return f"file:{path.absolute()}"


def version() -> str:
    """The version of ffmpeg, as it names itself.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    words = _answer("-version").split()
    if words[:2] != ["ffmpeg", "version"] or len(words) < 3:
        raise FFmpegError(f"{executable()} is not ffmpeg; set {VARIABLE} to the path of one")
    return words[2]


def encoders() -> frozenset[str]:
    """The names of the encoders that ffmpeg has, such as 'libx264'.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    _, _, listed = _answer("-hide_banner", "-encoders").partition(" ------\n")
    return frozenset(line.split()[1] for line in listed.splitlines() if len(line.split()) > 1)


def _answer(*arguments: str) -> str:
    program = executable()
    try:
        done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=_SECONDS_TO_ANSWER, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise _cannot_run(program, error) from error
    return done.stdout


def _cannot_run(program: str, error: Exception) -> FFmpegError:
    why = error.strerror if isinstance(error, OSError) else error
    return FFmpegError(f"ffmpeg cannot be run as {program}: {why}; set {VARIABLE} to the path of a working one")


class Child:
    """An ffmpeg that reads raw frames from its standard input.

    It has a session of its own, so that Ctrl-C reaches only us and the film can still be finished. It ends when its
    input is closed, which the system does too if this process is killed.

    Args:
        arguments: ffmpeg's, from the first input to the output; `pipe:0` is the frames.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        program = executable()
        try:
            self._process = subprocess.Popen(
                [program, *_QUIET, *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, start_new_session=True)
        except OSError as error:
            raise _cannot_run(program, error) from error
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
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
                self._lines.append(line.decode(errors="replace").strip())

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

    def kill(self) -> None:
        """Ends ffmpeg now, whatever it does, and whatever it was started by. May be called at any time."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._wait(_SECONDS_TO_DIE)

    def close(self) -> None:
        """Kills ffmpeg if it still runs, and lets go of its pipes. Nobody may be inside `write`."""
        self.kill()
        self._close_input()

    def _close_input(self) -> None:
        assert self._process.stdin is not None
        # Closing flushes, and ffmpeg may be gone: its exit status tells that better.
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def _wait(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._drain.join(_SECONDS_TO_DIE)
        return True

    def _failure(self) -> DreamvidError:
        lines = [_without_origin(line) for line in self._lines if line]
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


def _without_origin(line: str) -> str:
    """A line of ffmpeg's without the '[libx264 @ 0x55d0]' that it begins with."""
    while line.startswith("[") and "] " in line:
        line = line.partition("] ")[2]
    return line
