"""The errors that a user can act on.

The library raises these; only the command line prints them and exits. Each kind knows its exit code,
and each message says what is wrong, the value given, and what is allowed or what to do next.
"""

import errno
import os
import re
from collections.abc import Callable

_KEY = re.compile(r"\{([a-z_]+)\}")
_NAMED = re.compile("\x1f([a-z_]+)\x1f")


def named(key: str) -> str:
    """Marks a setting in a message. Each caller then writes it in its own way: `overwrite=True`, or `-y`."""
    return f"\x1f{key}\x1f"


def in_python(key: str) -> str:
    """The name of a setting in Python code."""
    return {"overwrite": "overwrite=True", "restart": "restart=True", "input": "source", "set": "keyword"}.get(key, key)


class DreamvidError(Exception):
    """Base of every error that dreamvid raises on purpose."""

    exit_code: int = 1

    def sentence(self, name: Callable[[str], str] = in_python) -> str:
        """The message; `name` gives the text for each setting."""
        return _NAMED.sub(lambda found: name(found[1]), super().__str__())

    def __str__(self) -> str:
        return self.sentence()


class SettingError(DreamvidError):
    """A setting, or a combination of settings, that cannot be used.

    Callers may print other names for settings; `str` uses the keys: `frames is 0; it must be 1 or more`.

    Args:
        key: the setting's key. Empty if `problem` is the whole message. If it is the only argument, it is the message.
        value: the setting's value.
        problem: what is allowed, or what to do. Other settings are written in braces: "leave out {crf}".
        origin: where the value comes from, such as `dreamvid.toml [zoom]`; empty if the caller gave it.
    """

    exit_code = 2

    def __init__(self, key: str, value: object = None, problem: str = "", *, origin: str = "") -> None:
        super().__init__(key, value, problem)
        self.key: str = key if problem else ""
        self.value = value
        self.problem = problem
        self.origin = origin

    @property
    def keys(self) -> list[str]:
        """The settings named in the error; the one that is wrong comes first."""
        return [key for key in (self.key, *_KEY.findall(self.problem)) if key]

    def at(self, origin: str) -> "SettingError":
        """The same error with another `origin`."""
        return SettingError(*self.args, origin=origin)

    def sentence(self, name: Callable[[str], str] = in_python) -> str:
        """The message; `name` gives the text for each key: `--frames is 0; it must be 1 or more`."""
        problem = _KEY.sub(lambda found: name(found[1]), self.problem) or self.args[0]
        text = f"{name(self.key)} is {_shown(self.value)}; {problem}" if self.key else problem
        text = _NAMED.sub(lambda found: name(found[1]), text)
        return f"{self.origin}: {text}" if self.origin else text


def _shown(value: object) -> str:
    """A value as shown in a message: strings are quoted, long values are shortened."""
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # Python refuses to print integers of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 200 else f"{text[:200]}…"


class InputError(DreamvidError):
    """An input that cannot be read, is not supported, or is damaged."""

    exit_code = 3


class OutputError(DreamvidError):
    """An output already exists or cannot be written."""

    exit_code = 4


class FFmpegError(DreamvidError):
    """ffmpeg is missing, or ended with an error."""

    exit_code = 5


class ResourceError(DreamvidError):
    """The disk is full, or memory ran out."""

    exit_code = 6


class ResumeError(DreamvidError):
    """A render cannot be resumed: its work folder is damaged, in use, or belongs to another film."""

    exit_code = 7


class WeightsError(DreamvidError):
    """A network's weights are missing, damaged or wrong."""

    exit_code = 8


class FarmError(DreamvidError):
    """A cluster does not answer, or none of its workers can make the film."""

    exit_code = 9


class Cancelled(DreamvidError):  # noqa: N818 - not an error
    """Raised by a callback to end a render early; finished work is kept."""

    exit_code = 130


class Terminated(Cancelled):
    """Raised when the process receives SIGTERM."""

    exit_code = 143


def out_of_memory() -> ResourceError:
    """The error to raise when memory runs out."""
    return ResourceError(f"memory ran out; a smaller {named('size')} or {named('tile')} needs less")


def write_error(path: str | os.PathLike[str], error: OSError) -> DreamvidError:
    """The error to raise for an `OSError` while writing `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError(f"{path} cannot be written: the disk is full")
    return OutputError(f"{path} cannot be written: {error.strerror or error}")
