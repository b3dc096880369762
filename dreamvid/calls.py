"""How the functions of the library are called: settings by keyword, as an object or by a preset; and callbacks."""

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
"""Metadata of a field of a result that its record, as `--json` prints it, does not hold."""


@contextmanager
def called(kind: type[T], settings: T | None, options: Mapping[str, Any]) -> Iterator[tuple[T, Caller]]:
    """The settings that a function was called with, and the caller.

    Args:
        kind: the class of the settings.
        settings: those that the caller gave as an object.
        options: what was given by keyword: other settings by their names, `preset`, and the attributes of `Caller`.

    Raises:
        SettingError: a name or a value is wrong.
    """
    given = {key: value for key, value in options.items() if key not in (*CALLER, "preset")}
    wanted = requested(kind, settings, given, preset=options.get("preset", ""))
    with calling(options) as caller:
        yield wanted, caller


@contextmanager
def calling(options: Mapping[str, Any]) -> Iterator[Caller]:
    """The caller, whose callback may raise anything: the work ends as if it had raised `Cancelled`.

    Raises:
        Exception: what the callback raised, after the work has ended.
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
    """The record of a result, a dataclass, as plain data: all but its pictures."""
    return {item.name: getattr(result, item.name) for item in fields(result) if item.metadata.get("recorded", True)}
