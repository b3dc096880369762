"""Presets: named looks that ship with dreamvid, and files of settings.

A preset is TOML: a table `settings`, whose keys are options without their dashes, and a line `about`. A recipe is a
preset too. It is data, and nothing of it is evaluated.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dreamvid.errors import InputError, SettingError
from dreamvid.settings import COMMANDS, Settings, from_table, keys_of, near, spec_of

LARGEST = 60_000
"""Bytes that a file of settings may have."""

_LOOKS = files("dreamvid") / "looks"
_KEYS = ("about", "settings")
_KEYS_OF_A_RECIPE = ("dreamvid", "command", "network", "inputs")
_SETTINGS = {key: spec_of(item) for kind in COMMANDS.values() for key, (_, item) in keys_of(kind).items()}


@dataclass(frozen=True)
class Preset:
    """Settings that make a look.

    Attributes:
        name: as it was asked for: a look's name, or a file.
        about: one line that says what it looks like.
        settings: values by key, as written; not checked yet.
        folder: where the files that it names lie.
    """

    name: str
    about: str
    settings: Mapping[str, object]
    folder: Path


def names() -> list[str]:
    """The names of the looks that ship with dreamvid."""
    return sorted(entry.name.removesuffix(".toml") for entry in _LOOKS.iterdir() if entry.name.endswith(".toml"))


def text_of(name: str) -> str:
    """The TOML of a look, by its name.

    Raises:
        SettingError: no look has this name; near ones are named.
    """
    known = names()
    if name not in known:
        raise SettingError(f"there is no preset {name!r}{near(name, dict.fromkeys(known)) or _all(known)}")
    return (_LOOKS / f"{name}.toml").read_text("utf-8")


def _all(known: Iterable[str]) -> str:
    return f"; the presets are {', '.join(known)}, and any file that ends in .toml"


def find(name: str, folder: Path = Path()) -> Preset:
    """A look by its name, or the preset in a file, sought in `folder`: what ends in .toml or names a folder.

    Raises:
        SettingError: there is no such look, or its keys are unknown.
        InputError: the file cannot be read, is too large, or is no TOML.
    """
    if not name.endswith(".toml") and not {"/", "\\"} & set(name):
        return _preset(name, tomllib.loads(text_of(name)), Path())
    path = folder / name
    return _preset(str(path), read_table(path), path.parent)


def _preset(name: str, table: Mapping[str, Any], folder: Path) -> Preset:
    check_keys(name, table, (*_KEYS, *_KEYS_OF_A_RECIPE))
    about, settings = table.get("about", ""), table.get("settings", {})
    if not isinstance(about, str):
        raise SettingError(f"{name}: about is {about!r}; it must be text")
    for key, value in as_table(name, "settings", settings).items():
        spec = _SETTINGS.get(_written(key))
        if spec is not None and spec.file == "output":
            raise SettingError(f"{name}: {key} names a file to be written; a preset may not")
        if spec is not None and spec.discards and value:
            raise SettingError(f"{name}: {key} throws work away; a preset may not")
    return Preset(name, about, settings, folder)


def check_keys(name: str, table: Mapping[str, object], known: Iterable[str]) -> None:
    """Refuses keys that a file of settings does not have.

    Raises:
        SettingError: one is unknown; near ones are named, and where a setting belongs.
    """
    for key in table:
        if key not in known:
            hint = near(key, dict.fromkeys(known)) or f"; it has {', '.join(known)}"
            raise SettingError(f"{name}: there is no key {key!r}"
                               + ("; settings stand under [settings]" if _written(key) in _SETTINGS else hint))


def as_table(name: str, key: str, value: object) -> Mapping[str, object]:
    """A value of a file of settings that must be a table.

    Raises:
        SettingError: it is none.
    """
    if not isinstance(value, dict):
        raise SettingError(f"{name}: {key} is {value!r}; it must be a table: [{key}]")
    return value


def read_table(path: Path) -> dict[str, Any]:
    """What a TOML file holds.

    Raises:
        InputError: it cannot be read, is too large, or is no TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > LARGEST:
        raise InputError(f"{path} is larger than {LARGEST:,} bytes; that is no file of settings")
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
        repr(table)  # a message could not hold a number that is too large for this
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no TOML: it is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no TOML: {str(error)[:200]}") from error
    return table


def values_of(kind: type[Settings], name: str, settings: Mapping[str, object], folder: Path) -> dict[str, Any]:
    """The values for a settings class by field name, as `build` takes them; the settings of other commands are skipped.

    A file that is read, such as `guide`, is looked for in `folder`.

    Raises:
        SettingError: no command has such a setting, or a value is not allowed; `name` is where it is written.
    """
    own = keys_of(kind)
    for key in settings:
        if _written(key) not in _SETTINGS:
            raise SettingError(f"{name}: there is no setting {key!r}{near(_written(key), _SETTINGS)}")
    try:
        values = from_table(kind, {key: value for key, value in settings.items() if _written(key) in own})
    except SettingError as error:
        raise SettingError(f"{name}: {error}") from error
    inputs = {item.name for _, item in own.values() if spec_of(item).file == "input"}
    return {field: str(folder / value) if field in inputs or _is_graph(field, value) else value
            for field, value in values.items()}


def _written(key: str) -> str:
    return key.replace("-", "_")


def _is_graph(field: str, value: object) -> bool:
    return field == "network" and str(value).endswith(".pb")
