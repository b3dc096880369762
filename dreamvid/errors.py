"""Everything that can go wrong for a reason a person can act on.

The library raises these; only the command line prints them and exits. Each kind knows its exit code,
and each message says what is wrong, the value that was got, and what is allowed or what to do next.
"""

import errno
import os


class DreamvidError(Exception):
    """Base of every error that dreamvid raises on purpose."""

    exit_code = 1


class SettingError(DreamvidError):
    """A setting, or a combination of settings, that cannot be used."""

    exit_code = 2


class InputError(DreamvidError):
    """An input that cannot be read, is not supported, or is damaged."""

    exit_code = 3


class OutputError(DreamvidError):
    """An output that exists already or cannot be written."""

    exit_code = 4


class FFmpegError(DreamvidError):
    """ffmpeg is missing, or ended with an error."""

    exit_code = 5


class ResourceError(DreamvidError):
    """The disk is full, or memory ran out."""

    exit_code = 6


class ResumeError(DreamvidError):
    """A render that was begun cannot be continued: its work folder is damaged, in use, or belongs to another film."""

    exit_code = 7


class WeightsError(DreamvidError):
    """A network's weights are missing, or are not what they should be."""

    exit_code = 8


class Cancelled(DreamvidError):  # noqa: N818 - it is no error
    """Raised by a callback to end a render early; what was done so far is kept."""

    exit_code = 130


class Terminated(Cancelled):
    """The same, when the system asked for it (SIGTERM)."""

    exit_code = 143


def write_error(path: str | os.PathLike[str], error: OSError) -> DreamvidError:
    """What an `OSError` met while writing `path` means to a person."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError(f"{path} cannot be written: the disk is full")
    return OutputError(f"{path} cannot be written: {error.strerror or error}")
