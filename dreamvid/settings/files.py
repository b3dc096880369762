"""Reads settings from the environment, from dreamvid.toml in the current folder, and from the user's file.

Files are TOML whose keys are options without their dashes. They are data; nothing in them is evaluated.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import platformdirs

from dreamvid.errors import InputError, SettingError
from dreamvid.settings.commands import COMMANDS
from dreamvid.settings.spec import Settings, Spec, check, near, number_or_text, spec_of
from dreamvid.settings.table import from_table, key_named, keys_of, parsed

LARGEST = 60_000
"""Largest settings file, in bytes."""

SETTINGS = {key: found for kind in COMMANDS.values() for key, found in keys_of(kind).items()}
"""Key → (type, field) of the settings of all commands."""


def check_keys(origin: str, table: Mapping[str, object], known: Iterable[str]) -> None:
    """Refuses unknown top-level keys in a settings file.

    Raises:
        SettingError: a key is unknown. The message suggests similar keys, or the table that the setting belongs in.
    """
    for key in table:
        if key not in known:
            hint = near(key, dict.fromkeys(known)) or f"; it has {', '.join(known)}"
            raise SettingError(f"there is no key {key!r}"
                               + ("; settings belong under [settings]" if written(key) in SETTINGS else hint),
                               origin=origin)


def as_table(origin: str, key: str, value: object) -> Mapping[str, object]:
    """Checks that a value in a settings file is a table.

    Raises:
        SettingError: it is not.
    """
    if not isinstance(value, dict):
        raise SettingError(f"{key} is {value!r}; it must be a table: [{key}]", origin=origin)
    return value


def read_table(path: Traversable) -> dict[str, Any]:
    """Parses a TOML file.

    Raises:
        InputError: it cannot be read, is too large, or is not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > LARGEST:
        raise InputError(f"{path} is larger than {LARGEST:,} bytes, and so is not a settings file")
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
        repr(table)  # fails for integers that are too long to be shown in an error message
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not TOML: it is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not TOML: {str(error)[:200]}") from error
    return table


def values_in(kind: type[Settings], origin: str, settings: Mapping[str, object], folder: Path) -> dict[str, Any]:
    """The values for a settings class by field name, as `build` takes them. Settings of other commands are skipped.

    Curves are skipped too if the command makes pictures. Relative paths of input files, such as `guide`, are resolved
    against `folder`.

    Raises:
        SettingError: no command has such a setting, or a value is not allowed. The error carries `origin`.
    """
    own = keys_of(kind)
    try:
        table = {key_named(SETTINGS, key): value for key, value in settings.items()}
        values = from_table(kind, {key: value for key, value in table.items() if key in own
                                   and (has_time(kind) or not _is_curve(spec_of(own[key][1]), value))})
    except SettingError as error:
        raise error.at(origin) from error
    inputs = {item.name for _, item in own.values() if spec_of(item).file == "input"}
    return {field: str(folder / value) if value and (field in inputs or _is_graph(field, value)) else value
            for field, value in values.items()}


def has_time(kind: type[Settings]) -> bool:
    """Whether the settings are for films, where some can change in time."""
    return "timeline" in kind.__dataclass_fields__


def _is_curve(spec: Spec, value: object) -> bool:
    """Whether a value changes in time: a curve, or keyframes of names."""
    return isinstance(value, str) and ((spec.moves and number_or_text(value) == value) or (spec.fades and ";" in value))


def written(key: str) -> str:
    """A key with underscores in place of dashes."""
    return key.replace("-", "_")


def _is_graph(field: str, value: object) -> bool:
    return field == "network" and str(value).endswith(".pb")


FOLDERS_FILE = Path("dreamvid.toml")
"""The settings file of the current folder."""

_PREFIX = "DREAMVID_"
_OTHER_VARIABLES = ("DREAMVID_PRESET", "DREAMVID_CONFIG", "DREAMVID_FFMPEG", "DREAMVID_CACHE")
_KEYS = ("preset", "settings", *COMMANDS)


def variable_of(key: str) -> str:
    """The environment variable of a setting: DREAMVID_STEP_SIZE."""
    return _PREFIX + key.upper()


def environment(kind: type[Settings]) -> Iterator[tuple[str, str, Any]]:
    """Settings from environment variables, as (variable, field name, value).

    Raises:
        SettingError: a value is not allowed.
    """
    for key, (value_type, item) in keys_of(kind).items():
        variable = variable_of(key)
        if text := os.environ.get(variable):
            try:
                value = parsed(key, value_type, text)
                check(key, value, spec_of(item))
            except SettingError as error:
                raise error.at(variable) from error
            yield variable, item.name, value


def unknown_variables() -> list[str]:
    """A warning for each environment variable that begins with DREAMVID_ but names no setting."""
    known = dict.fromkeys([variable_of(key) for kind in COMMANDS.values() for key in keys_of(kind)])
    known.update(dict.fromkeys(_OTHER_VARIABLES))
    return [f"the variable {variable} names no setting of dreamvid{near(variable, known)}"
            for variable in sorted(os.environ) if variable.startswith(_PREFIX) and variable not in known]


def settings_files() -> Iterator[tuple[Path, dict[str, Any]]]:
    """The existing settings files with their content: the current folder's first, then the user's.

    Raises:
        SettingError: a key is unknown, or a value that must be a table is not one.
        InputError: a file cannot be read, or is not TOML; or the file named by DREAMVID_CONFIG is missing.
    """
    named = os.environ.get("DREAMVID_CONFIG")
    users = Path(named) if named else users_folder() / "config.toml"
    for path, needed in ((FOLDERS_FILE, False), (users, bool(named))):
        if needed or os.path.exists(path):
            yield path, _checked(path, read_table(path))


def users_folder() -> Path:
    """The folder of the user's settings file, which depends on the system."""
    return platformdirs.user_config_path("dreamvid", appauthor=False, roaming=True)


def _checked(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    check_keys(str(path), table, _KEYS)
    if not isinstance(table.get("preset", ""), str):
        raise SettingError(f"preset is {table['preset']!r}; it must be text", origin=str(path))
    as_table(str(path), "settings", table.get("settings", {}))
    for command, kind in COMMANDS.items():
        try:
            for key in as_table(str(path), command, table.get(command, {})):
                key_named(keys_of(kind), key)
        except SettingError as error:
            raise error.at(error.origin or f"{path} [{command}]") from error
    return table
