"""Everything that can go wrong for a reason a person can act on.

The library raises these; only the command line prints them and exits. Each kind knows its exit code,
and each message says what is wrong, the value that was got, and what is allowed or what to do next.
"""

import errno
import os
import re
from collections.abc import Callable

_KEY = re.compile(r"\{([a-z_]+)\}")
_NAMED = re.compile("\x1f([a-z_]+)\x1f")


def named(key: str) -> str:
    """A setting in a message, whose name each caller writes in its own way: `overwrite=True`, or `-y`."""
    return f"\x1f{key}\x1f"


def in_python(key: str) -> str:
    """How a program writes a setting."""
    return {"overwrite": "overwrite=True", "restart": "restart=True", "input": "source", "set": "keyword"}.get(key, key)


class DreamvidError(Exception):
    """Base of every error that dreamvid raises on purpose."""

    exit_code: int = 1

    def sentence(self, name: Callable[[str], str] = in_python) -> str:
        """The message, in which `name` says what each setting is called."""
        return _NAMED.sub(lambda found: name(found[1]), super().__str__())

    def __str__(self) -> str:
        return self.sentence()


class SettingError(DreamvidError):
    """A setting, or a combination of settings, that cannot be used.

    A caller may name settings in its own way; `str` uses the keys: `frames is 0; it must be 1 or more`.

    Args:
        key: the setting, as tables name it. Empty if the problem says all; or, given alone, the whole message.
        value: the value that it has.
        problem: what is allowed, or what to do. Other settings are written in braces: "leave out {crf}".
        origin: where the value stands, such as `dreamvid.toml [zoom]`; empty if the caller gave it.
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
        """The settings that the error names; first the one that it is about."""
        return [key for key in (self.key, *_KEY.findall(self.problem)) if key]

    def at(self, origin: str) -> "SettingError":
        """The same error, about a value that stands in `origin`."""
        return SettingError(*self.args, origin=origin)

    def sentence(self, name: Callable[[str], str] = in_python) -> str:
        """The message, in which `name` says what each key is called: `--frames is 0; it must be 1 or more`."""
        problem = _KEY.sub(lambda found: name(found[1]), self.problem) or self.args[0]
        text = f"{name(self.key)} is {_shown(self.value)}; {problem}" if self.key else problem
        text = _NAMED.sub(lambda found: name(found[1]), text)
        return f"{self.origin}: {text}" if self.origin else text


def _shown(value: object) -> str:
    """A value in a message: text in quotes, and none too long to read."""
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 200 else f"{text[:200]}…"


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


class FarmError(DreamvidError):
    """A cluster does not answer, or none of its workers can make the film."""

    exit_code = 9


class Cancelled(DreamvidError):  # noqa: N818 - it is no error
    """Raised by a callback to end a render early; what was done so far is kept."""

    exit_code = 130


class Terminated(Cancelled):
    """The same, when the system asked for it (SIGTERM)."""

    exit_code = 143


def out_of_memory() -> ResourceError:
    """The error for work that needs more memory than there is."""
    return ResourceError(f"memory ran out; a smaller {named('size')} or {named('tile')} needs less")


def write_error(path: str | os.PathLike[str], error: OSError) -> DreamvidError:
    """The error for an `OSError` that was raised while `path` was written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError(f"{path} cannot be written: the disk is full")
    return OutputError(f"{path} cannot be written: {error.strerror or error}")
