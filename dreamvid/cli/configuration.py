"""Where settings come from: options, the environment, dreamvid.toml, the user's file, a preset; the first counts."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import typer

from dreamvid.errors import SettingError
from dreamvid.presets import as_table, check_keys, find, read_table, values_of
from dreamvid.settings import COMMANDS, Settings, build, check, keys_of, leaves, near, option_of, parsed, spec_of

T = TypeVar("T", bound=Settings)

FOLDERS_FILE = Path("dreamvid.toml")
"""What is read in the current folder."""

OPTION = "option"
"""The origin of what stands on the command line."""

_PREFIX = "DREAMVID_"
_OTHER_VARIABLES = ("DREAMVID_PRESET", "DREAMVID_CONFIG", "DREAMVID_FFMPEG")
_KEYS = ("preset", "settings", *COMMANDS)


class Sourced(NamedTuple):
    """A value, and where it came from in words."""

    value: Any
    origin: str


Rank = Mapping[str, Sourced]
"""What one place says, by field name."""


def configured(command: str, preset: str | None) -> list[Rank]:
    """What the environment, the files and the preset say of a command's settings, the highest rank first.

    Args:
        preset: the one named on the command line.

    Raises:
        SettingError: an unknown key, or a value that is not allowed; where it stands is named.
        InputError: a file cannot be read, or is no TOML.
    """
    kind = COMMANDS[command]
    files = list(_files())
    ranks = [_environment(kind)]
    for path, table in files:
        for key in (command, "settings"):
            ranks.append(_rank(values_of(kind, str(path), table.get(key, {}), path.parent), f"{path} [{key}]"))
    look = _chosen_preset(preset, files)
    if look is not None:
        ranks.append(_rank(values_of(kind, *look), f"preset {look[0]}"))
    return ranks


def _rank(values: Mapping[str, Any], origin: str) -> Rank:
    return {name: Sourced(value, origin) for name, value in values.items()}


def _chosen_preset(named: str | None, files: list[tuple[Path, dict[str, Any]]]
                   ) -> tuple[str, Mapping[str, object], Path] | None:
    """The name, the settings and the folder of the preset in force: the option's, the environment's, or a file's."""
    named = named or os.environ.get("DREAMVID_PRESET")
    wanted = [(named, Path())] if named else [(table["preset"], path.parent) for path, table in files
                                              if "preset" in table]
    if not wanted:
        return None
    found = find(*wanted[0])
    return found.name, found.settings, found.folder


def _files() -> Iterator[tuple[Path, dict[str, Any]]]:
    """The files of settings that are there: the folder's, and the user's."""
    named = os.environ.get("DREAMVID_CONFIG")
    users = Path(named or Path(typer.get_app_dir("dreamvid")) / "config.toml")
    for path, needed in ((FOLDERS_FILE, False), (users, bool(named))):
        if needed or _is_there(path):
            yield path, _checked(path, read_table(path))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a home folder that is closed to this user
        return False


def _checked(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    check_keys(str(path), table, _KEYS)
    if not isinstance(table.get("preset", ""), str):
        raise SettingError(f"{path}: preset is {table['preset']!r}; it must be text")
    for command, kind in COMMANDS.items():
        _check_own(path, command, kind, as_table(str(path), command, table.get(command, {})))
    as_table(str(path), "settings", table.get("settings", {}))
    return table


def _check_own(path: Path, command: str, kind: type[Settings], table: Mapping[str, object]) -> None:
    known = keys_of(kind)
    for key in table:
        if key.replace("-", "_") not in known:
            raise SettingError(f"{path}: [{command}] has no setting {key!r}{near(key, known)}")


def variable_of(key: str) -> str:
    """The environment variable of a setting: DREAMVID_STEP_SIZE."""
    return _PREFIX + key.upper()


def _environment(kind: type[Settings]) -> Rank:
    found: dict[str, Sourced] = {}
    for key, (value_type, item) in keys_of(kind).items():
        variable = variable_of(key)
        if text := os.environ.get(variable):
            found[item.name] = Sourced(_from_variable(variable, text, value_type, item), variable)
    return found


def _from_variable(variable: str, text: str, value_type: type, item: Any) -> Any:
    try:
        value = parsed(option_of(item), value_type, text)
        check(option_of(item), value, spec_of(item))
    except SettingError as error:
        raise SettingError(f"{variable}: {error}") from error
    return value


def warn_of_unknown_variables() -> None:
    """Says which environment variables look like settings and are none."""
    known = dict.fromkeys([variable_of(key) for kind in COMMANDS.values() for key in keys_of(kind)])
    known.update(dict.fromkeys(_OTHER_VARIABLES))
    for variable in sorted(os.environ):
        if variable.startswith(_PREFIX) and variable not in known:
            typer.echo(f"dreamvid: the variable {variable} is none of dreamvid's{near(variable, known)}", err=True)


def settled(kind: type[Settings], ranks: Sequence[Rank]) -> dict[str, Sourced]:
    """The value in force of every setting that some rank names, by field name; the highest rank comes first.

    A value puts aside what it replaces in lower ranks: `--class tiger` the layers of a preset.
    """
    replaced = {item.name: spec_of(item).replaces for _, item in leaves(kind)}
    chosen: dict[str, Sourced] = {}
    aside: set[str] = set()
    for rank in ranks:
        taken = {name: found for name, found in rank.items() if name not in chosen and name not in aside}
        chosen |= taken
        aside.update(*(replaced[name] for name in taken))
    return chosen


def made(kind: type[T], chosen: Mapping[str, Sourced]) -> T:
    """The settings, built and checked.

    Raises:
        SettingError: values that cannot be used together; those that are not options are named with their origin.
    """
    try:
        return build(kind, {name: found.value for name, found in chosen.items()})
    except SettingError as error:
        named = set(re.findall(r"--[a-z-]+", str(error)))
        whence = [f"{option_of(item)} comes from {chosen[item.name].origin}" for _, item in leaves(kind)
                  if option_of(item) in named and item.name in chosen and chosen[item.name].origin != OPTION]
        raise SettingError(str(error) + (f" ({', '.join(whence)})" if whence else "")) from error


def origins(settings: Settings, chosen: Mapping[str, Sourced]) -> dict[str, str]:
    """Where each setting's value came from, by key."""
    kind = type(settings)
    quality = str(getattr(settings, "quality", ""))
    found: dict[str, str] = {}
    for key, (_, item) in keys_of(kind).items():
        by_quality = item.default is None and item.name in kind.qualities.get(quality, {})
        unnamed = f"quality {quality}" if by_quality else "default"
        found[key] = chosen[item.name].origin if item.name in chosen else unnamed
    return found
