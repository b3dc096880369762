"""Finds ffmpeg, asks for its features, and opens files safely. `child.py` runs it in parallel with the dream."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from dreamvid.errors import FFmpegError
from dreamvid.settings import MAX_PIXELS

VARIABLE = "DREAMVID_FFMPEG"
"""The environment variable that names another ffmpeg than imageio-ffmpeg's."""

FORMATS = ("mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts,mpeg,flv,ogg,apng,webp_anim,"
           "mp3,wav,w64,flac,aac,aiff,caf,ac3,eac3,asf,au")
"""The formats of films and sounds that are opened, by ffmpeg's names: those that cannot refer to other files."""

_NOT_RUN = (126, 127)  # what a shell, or setpriv, ends with if a program cannot be started


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


def reading(path: Path, *options: str, max_pixels: int = MAX_PIXELS) -> list[str]:
    """The arguments that open a file as an input, safely.

    Only media files are opened, and only as files: a list or a playlist, whatever its name, could name other files,
    or hosts. Pictures of absurd sizes are refused.

    Args:
        path: the file.
        options: ffmpeg's further options for this input.
        max_pixels: the most that a frame may declare.
    """
    return ["-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-max_pixels", str(max_pixels), *options,
            "-i", url(path)]


def version() -> str:
    """The version of ffmpeg, as it names itself.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    words = run("-version")[1].split()
    if words[:2] != ["ffmpeg", "version"] or len(words) < 3:
        raise FFmpegError(f"{executable()} is not ffmpeg; set {VARIABLE} to the path of one")
    return words[2]


def encoders() -> frozenset[str]:
    """The names of the encoders that ffmpeg has, such as 'libx264'.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    _, _, listed = run("-encoders")[1].partition(" ------\n")
    return frozenset(line.split()[1] for line in listed.splitlines() if len(line.split()) > 1)


def filters() -> frozenset[str]:
    """The names of the filters that ffmpeg has, such as 'zscale'.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    lines = (line.split() for line in run("-filters")[1].splitlines())
    return frozenset(words[1] for words in lines if len(words) > 2 and "->" in words[2])


def run(*arguments: str, timeout: float = 60.0) -> tuple[int, str, str]:
    """Runs ffmpeg to its end and returns its exit status, its standard output and its standard error.

    Raises:
        FFmpegError: it is missing, cannot be run, is not ffmpeg, was killed, or was not done after `timeout` seconds.
    """
    program = executable()
    code, stdout, stderr = _ended([*bound(program), "-hide_banner", "-nostats", *arguments], timeout)
    if code < 0:
        raise FFmpegError(f"ffmpeg was ended by signal {-code} ({signal.strsignal(-code)})")
    if code in _NOT_RUN or (code and not stderr.strip()):
        why = stderr.partition("\n")[0] or f"it ended with status {code} and no message"
        raise cannot_run(program, ValueError(why))
    return code, stdout, stderr


def bound(program: str) -> list[str]:
    """The command that runs a program so that it is killed when this process ends, where the system can do that.

    Linux kills it when the *thread* that started it ends, so this is done in the main thread only.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None or threading.current_thread() is not threading.main_thread():
        return [program]
    return [setpriv, "--pdeathsig", "KILL", program]


def _ended(words: Sequence[str], timeout: float) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a program, which is killed after `timeout` seconds."""
    try:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True, errors="replace", start_new_session=True)
    except OSError as error:
        raise cannot_run(words[0], error) from error
    with child:
        try:
            stdout, stderr = child.communicate(timeout=timeout)
        except BaseException as error:
            # and its own children, which would keep the pipes open
            end(child)
            if isinstance(error, subprocess.TimeoutExpired):
                raise FFmpegError(f"ffmpeg gave no answer for {timeout:g} seconds and was ended") from error
            raise
    return child.returncode, stdout, stderr


def end(child: subprocess.Popen[Any]) -> None:
    """Kills a program that has a session of its own, and what it started; on Windows, the program alone."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)


def cannot_run(program: str, error: Exception) -> FFmpegError:
    """The error for a program that cannot be started."""
    why = error.strerror if isinstance(error, OSError) else error
    return FFmpegError(f"ffmpeg cannot be run as {program}: {why}; set {VARIABLE} to the path of a working one")
