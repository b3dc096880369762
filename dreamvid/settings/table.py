"""Settings as a flat table of plain values, as in TOML: {'frames': 300, 'fps': '30', 'step_size': 0.01}.

The key of the option `--step-size` is `step_size`; `step-size` is accepted too.
"""

import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, get_type_hints

from dreamvid.errors import SettingError
from dreamvid.settings.parts import frame_rate
from dreamvid.settings.spec import (
    LARGEST_INTEGER,
    Curve,
    Settings,
    Time,
    check,
    is_curve,
    is_given,
    is_open,
    key_of,
    leaves,
    near,
    number_or_text,
    spec_of,
    time_of,
)

T = TypeVar("T", bound="Settings")

Value = bool | int | float | str
"""A value in a table. Settings that are not given are left out of the table."""

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def keys_of(kind: type[Settings]) -> dict[str, tuple[type, Any]]:
    """Key → (type, field) of every setting of a settings class and its parts."""
    return {key_of(item): (type_of(owner, item), item) for owner, item in leaves(kind)}


def type_of(owner: type[Settings], item: Any) -> type:
    """The type of a setting's values."""
    return _types(owner)[item.name]


@cache
def _types(owner: type[Settings]) -> dict[str, Any]:
    return get_type_hints(owner)


def to_table(settings: Settings) -> dict[str, Value]:
    """The settings' values by key, without those that are not given."""
    values = flat(settings)
    table = {key: values[item.name] for key, (_, item) in keys_of(type(settings)).items()
             if is_given(item, values[item.name])}
    return {key: str(value) if isinstance(value, Fraction) else value for key, value in table.items()}


def files_read(settings: Settings) -> list[str]:
    """The paths of input files in the settings, such as a guide. No output may overwrite them."""
    values = flat(settings)
    return [values[item.name] for _, item in leaves(type(settings))
            if spec_of(item).file == "input" and values[item.name]]


def flat(settings: Settings) -> dict[str, Any]:
    """The settings' values by field name, including those of their parts."""
    found: dict[str, Any] = {}
    for name in settings.__dataclass_fields__:
        value = getattr(settings, name)
        found.update(flat(value) if isinstance(value, Settings) else {name: value})
    return found


def from_table(kind: type[Settings], table: Mapping[str, object]) -> dict[str, Any]:
    """The values by field name, as `build` takes them.

    Raises:
        SettingError: a key is unknown, or a value has the wrong type or is not allowed.
    """
    values: dict[str, Any] = {}
    for key, value_type, item, value in _named(kind, table):
        values[item.name] = typed(key, value_type, value)
        check(key, values[item.name], spec_of(item))
    return values


def from_text(kind: type[Settings], table: Mapping[str, object]) -> dict[str, Any]:
    """The values by key of a table in which they may be text, as on the command line; '' where it unsets a setting.

    Raises:
        SettingError: a key is unknown, or a text is not a value of its setting.
    """
    return {key: parsed(key, value_type, value) if isinstance(value, str) and (value or not is_open(item)) else value
            for key, value_type, item, value in _named(kind, table)}


def _named(kind: type[Settings], table: Mapping[str, object]) -> Iterator[tuple[str, type, Any, object]]:
    """(key, type, field, value) of each entry of a table."""
    known = keys_of(kind)
    for written, value in table.items():
        key = key_named(known, written)
        yield key, *known[key], value


def key_named(known: Mapping[str, tuple[type, Any]], written: str) -> str:
    """The key of a setting that is written with dashes, as the field's name, or as a former name.

    Raises:
        SettingError: no setting has this name.
    """
    key = written.replace("-", "_")
    for now, (_, item) in known.items():
        if key in (now, item.name, spec_of(item).also):
            return now
    raise SettingError(f"there is no setting {written[:40]!r}{near(key[:40], known)}")


def typed(key: str, value_type: type, value: object) -> Any:
    """Converts a table's value to the type of its setting. Integers are accepted as floats.

    Raises:
        SettingError: the value has another type.
    """
    if type(value) is int and abs(value) > LARGEST_INTEGER:
        raise SettingError(key, value, "a number may not have more than 64 bits")
    if value_type is Fraction and isinstance(value, str | int | float) and not isinstance(value, bool):
        return frame_rate(value)
    if value_type is str and isinstance(value, os.PathLike):
        return os.fspath(value)
    if value_type == Time and isinstance(value, str | int | float) and not isinstance(value, bool):
        return time_of(key, value)
    if value_type == Curve and is_curve(value):
        return number_or_text(value) if isinstance(value, str) else value
    value_type = float if value_type == Curve else value_type
    if value_type is float and type(value) is int:
        return float(value)
    if type(value) is not value_type:
        raise SettingError(key, value, f"it must be {_called(value_type)}")
    return value


def parsed(key: str, value_type: type, text: str) -> Any:
    """Parses a value from text, as on the command line, in the environment, or after `--set`.

    Raises:
        SettingError: the text is not a value of this type.
    """
    try:
        if value_type is bool:
            return _WORDS[text.strip().lower()]
        if value_type == Time:
            return time_of(key, text)
        if value_type == Curve:
            return number_or_text(text)
        return frame_rate(text) if value_type is Fraction else value_type(text)
    except (ValueError, KeyError) as error:
        raise SettingError(key, text, f"it must be {_called(value_type)}") from error


def _called(value_type: type) -> str:
    names: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "text",
                             Fraction: "a frame rate", Time: "a time, such as 90, 1:30 or 1m30s"}
    return names[value_type]
