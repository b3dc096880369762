"""Handles the arguments of library functions: settings by keyword, as an object or from a preset; and callbacks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any, TypeVar

from dreamvid.errors import Cancelled, DreamvidError
from dreamvid.events import Caller, Event
from dreamvid.settings import Settings, requested

T = TypeVar("T", bound=Settings)

CALLER = ("overwrite", "observe", "warn")
"""The attributes of `Caller`."""

NOT_RECORDED = {"recorded": False}
"""Metadata of result fields that are left out of the record that `--json` prints."""


@contextmanager
def called(kind: type[T], settings: T | None, options: Mapping[str, Any]) -> Iterator[tuple[T, Caller]]:
    """Yields the settings that a function was called with, and its `Caller`.

    Args:
        kind: the class of the settings.
        settings: the settings object that was passed, if any.
        options: the keyword arguments: settings by name, `preset`, and the attributes of `Caller`.

    Raises:
        SettingError: a name or a value is wrong.
    """
    given = settings_in(options)
    wanted = requested(kind, settings, given, preset=given.pop("preset", ""))
    with calling(options) as caller:
        yield wanted, caller


def settings_in(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among the keyword arguments of a function, and `preset`."""
    return {key: value for key, value in options.items() if key not in CALLER}


@contextmanager
def calling(options: Mapping[str, Any]) -> Iterator[Caller]:
    """Yields the `Caller`. If its callback raises any exception, the work ends as with `Cancelled`.

    Raises:
        Exception: the callback's exception, raised again after the work has ended.
    """
    caller, raised = Caller(**{key: options[key] for key in CALLER if key in options}), list[Exception]()

    def observe(event: Event) -> None:
        try:
            caller.observe(event)
        except DreamvidError:
            raise
        except Exception as error:
            raised.append(error)
            raise Cancelled("the callback ended the work") from error

    try:
        yield replace(caller, observe=observe)
    except Cancelled as stop:
        if raised:
            raise raised[0] from stop
        raise


def record_of(result: Any) -> dict[str, Any]:
    """A result as plain data: the fields of its dataclass, without its pictures."""
    return {item.name: getattr(result, item.name) for item in fields(result) if item.metadata.get("recorded", True)}
