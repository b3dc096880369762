"""ffmpeg: found, asked what it can do, and told safely what to open. `child.py` runs it."""

import os
import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg

from dreamvid.errors import FFmpegError
from dreamvid.settings import MAX_PIXELS

VARIABLE = "DREAMVID_FFMPEG"
"""The environment variable that names another ffmpeg than imageio-ffmpeg's."""

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts,mpeg,flv,ogg,apng,webp_anim"
"""The formats of films that are opened, by ffmpeg's names: those that cannot refer to other files."""

_SECONDS_TO_ANSWER = 30.0


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


def filters() -> frozenset[str]:
    """The names of the filters that ffmpeg has, such as 'zscale'.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    lines = (line.split() for line in _answer("-hide_banner", "-filters").splitlines())
    return frozenset(words[1] for words in lines if len(words) > 2 and "->" in words[2])


def told(*arguments: str) -> tuple[int, str, str]:
    """Runs ffmpeg to its end and returns its exit status, and all that it wrote to standard output and error.

    Raises:
        FFmpegError: it is missing or cannot be run.
    """
    program = executable()
    try:
        done = subprocess.run([program, "-hide_banner", "-nostats", *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False, start_new_session=True)
    except OSError as error:
        raise cannot_run(program, error) from error
    return done.returncode, done.stdout, done.stderr


def _answer(*arguments: str) -> str:
    program = executable()
    try:
        done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=_SECONDS_TO_ANSWER, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise cannot_run(program, error) from error
    return done.stdout


def cannot_run(program: str, error: Exception) -> FFmpegError:
    """The error for a program that did not even start."""
    why = error.strerror if isinstance(error, OSError) else error
    return FFmpegError(f"ffmpeg cannot be run as {program}: {why}; set {VARIABLE} to the path of a working one")
