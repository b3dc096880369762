"""Settings as one flat table of plain values, as TOML holds them: {'frames': 300, 'fps': '30', 'step_size': 0.01}.

A key is the option's name without its dashes: `--step-size` is `step_size`, and `step-size` is understood too.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeVar, get_args, get_type_hints

from dreamvid.errors import SettingError
from dreamvid.settings.film import frame_rate
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, check, leaves, option_of, spec_of

T = TypeVar("T", bound="Settings")

Value = bool | int | float | str
"""What a table holds. A setting that is not set is not in it."""

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def key_of(item: Any) -> str:
    """The key of a settings field in a table: 'step_size'."""
    return option_of(item)[2:].replace("-", "_")


def keys_of(kind: type[Settings]) -> dict[str, tuple[type, Any]]:
    """Key → (its type, its field) of every setting of a settings class and of its parts."""
    return {key_of(item): (type_of(owner, item), item) for owner, item in leaves(kind)}


def type_of(owner: type[Settings], item: Any) -> type:
    """The type of a setting's values, leaving out None."""
    hint = get_type_hints(owner)[item.name]
    return next((part for part in get_args(hint) if part is not type(None)), hint)


def to_table(settings: Settings) -> dict[str, Value]:
    """The settings' values by key, those that are not set left out."""
    values = _values(settings)
    table = {key: values[item.name] for key, (_, item) in keys_of(type(settings)).items()}
    return {key: str(value) if isinstance(value, Fraction) else value
            for key, value in table.items() if value is not None}


def files_read(settings: Settings) -> list[str]:
    """The names of the files that the settings have read, such as a guide: no output may land on them."""
    values = _values(settings)
    return [values[item.name] for _, item in leaves(type(settings))
            if spec_of(item).file == "input" and values[item.name] is not None]


def _values(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in settings.__dataclass_fields__:
        value = getattr(settings, name)
        found.update(_values(value) if isinstance(value, Settings) else {name: value})
    return found


def from_table(kind: type[Settings], table: Mapping[str, object]) -> dict[str, Any]:
    """The values by field name, as `build` takes them.

    Raises:
        SettingError: a key is unknown (near ones are named), a value has the wrong type, or it is not allowed.
    """
    known = keys_of(kind)
    values: dict[str, Any] = {}
    for written, value in table.items():
        key = written.replace("-", "_")
        if key not in known:
            raise SettingError(f"there is no setting {written!r}{near(key, known)}")
        value_type, item = known[key]
        values[item.name] = typed(option_of(item), value_type, value)
        check(option_of(item), values[item.name], spec_of(item))
    return values


def near(word: str, known: Mapping[str, object]) -> str:
    """'; did you mean …?' with the known words that are most like a word; nothing if none is."""
    likely = get_close_matches(word, known, n=3)
    return f"; did you mean {' or '.join(likely)}?" if likely else ""


def typed(option: str, value_type: type, value: object) -> Any:
    """A table's value as the type of its setting; an integer is a number too.

    Raises:
        SettingError: it is of another type.
    """
    if type(value) is int and abs(value) > LARGEST_INTEGER:
        raise SettingError(f"{option} is a number of more than 64 bits")
    if value_type is Fraction and isinstance(value, str | int | float) and not isinstance(value, bool):
        return frame_rate(value)
    if value_type is float and type(value) is int:
        return float(value)
    if type(value) is not value_type:
        raise SettingError(f"{option} is {value!r}; it must be {_called(value_type)}")
    return value


def parsed(option: str, value_type: type, text: str) -> Any:
    """A value that is written as text, as on the command line, in the environment, or after `--set`.

    Raises:
        SettingError: the text is no value of this type.
    """
    try:
        if value_type is bool:
            return _WORDS[text.strip().lower()]
        return frame_rate(text) if value_type is Fraction else value_type(text)
    except (ValueError, KeyError) as error:
        raise SettingError(f"{option} is {text!r}; it must be {_called(value_type)}") from error


def _called(value_type: type) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text", Fraction: "a frame rate"}[
        value_type]
