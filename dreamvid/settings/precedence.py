"""Precedence of settings: the first source that names a setting decides its value.

The order is: the caller, the environment, dreamvid.toml, the user's file, a preset, the quality, the default.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from dreamvid.errors import SettingError
from dreamvid.settings.commands import COMMANDS
from dreamvid.settings.files import environment, settings_files, values_in
from dreamvid.settings.presets import find
from dreamvid.settings.spec import Settings, build, is_open, key_of, leaves, spec_of
from dreamvid.settings.table import from_table, keys_of, to_table

T = TypeVar("T", bound=Settings)

GIVEN = "given"
"""Origin of values that the caller gives by keyword or option."""
OBJECT = "settings"
"""Origin of values that the caller gives as a settings object."""


class Sourced(NamedTuple):
    """A value, and where it came from, in words."""

    value: Any
    origin: str


Rank = Mapping[str, Sourced]
"""Field name → value, for all values from one source."""


class Resolved(NamedTuple):
    """A command's settings, and where each value came from, by key."""

    settings: Any
    origins: dict[str, str]


def resolve(command: str, given: Mapping[str, object], *, preset: str = "") -> Resolved:
    """The settings of a command, built and checked.

    Args:
        command: a name in `COMMANDS`.
        given: the caller's values by key, which have the highest precedence.
        preset: the caller's preset; if empty, the environment's or a settings file's.

    Raises:
        SettingError: an unknown key, a value that is not allowed, or values that cannot be used together.
        InputError: a file cannot be read, or is not TOML.
    """
    kind = COMMANDS[command]
    chosen = effective(kind, [ranked(from_table(kind, given), GIVEN), *_configured(command, preset)])
    settings = built(kind, chosen)
    return Resolved(settings, _origins(settings, chosen))


def requested(kind: type[T], settings: T | None, given: Mapping[str, object], *, preset: str = "") -> T:
    """The settings for a library call: keywords take precedence over the object, and the object over the preset.

    The environment and settings files are not read.

    Args:
        kind: the class of the settings.
        settings: an object of it.
        given: values by key, or by the name of the field.
        preset: a look's name, or a file.

    Raises:
        SettingError: an unknown name, a value that is not allowed, or values that cannot be used together.
        InputError: the preset's file cannot be read.
    """
    if settings is not None and not isinstance(settings, kind):
        raise SettingError("settings", type(settings).__name__, f"it must be {kind.__name__}")
    if settings is not None and not given and not preset:
        return settings
    ranks = [ranked(from_table(kind, given), GIVEN)]
    if settings is not None:
        ranks.append(ranked(from_table(kind, without_derived(kind, to_table(settings))), OBJECT))
    ranks.append(preset_rank(kind, preset))
    return built(kind, effective(kind, ranks))


def preset_rank(kind: type[Settings], name: str, folder: Path = Path()) -> Rank:
    """The values of a preset, given by name or file; empty without a name."""
    if not name:
        return {}
    look = find(name, folder)
    origin = f"preset {look.name}"
    return ranked(values_in(kind, origin, look.settings, look.folder), origin)


def without_derived(kind: type[Settings], table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of settings without those that are derived from others, as the steps are from the quality.

    A derived value that differs from what this version would derive is kept.
    """
    open_keys = {key_of(item) for _, item in leaves(kind) if is_open(item)}
    fixed = {key: value for key, value in table.items() if key not in open_keys}
    followed = to_table(build(kind, from_table(kind, fixed)))
    return {key: value for key, value in table.items() if key in fixed or followed.get(key) != value}


def effective(kind: type[Settings], ranks: Sequence[Rank]) -> dict[str, Sourced]:
    """The effective value of every setting that a rank names, by field name. The highest rank comes first.

    A value also removes the settings that it replaces from lower ranks: `--class tiger` removes the layers of a preset.
    """
    replaced = {item.name: spec_of(item).replaces for _, item in leaves(kind)}
    chosen: dict[str, Sourced] = {}
    aside: set[str] = set()
    for rank in ranks:
        taken = {name: found for name, found in rank.items() if name not in chosen and name not in aside}
        chosen |= taken
        aside.update(*(replaced[name] for name in taken))
    return chosen


def built(kind: type[T], chosen: Rank) -> T:
    """Builds the settings from chosen values.

    Raises:
        SettingError: the values cannot be used together.
    """
    try:
        return marked(build(kind, {name: found.value for name, found in chosen.items()}), chosen)
    except SettingError as error:
        raise _explained(error, kind, chosen) from None


def marked(settings: T, chosen: Rank) -> T:
    """Marks the settings that the caller did not give; a command that does not use one of those ignores it."""
    kind = type(settings)
    keys = {item.name: key_of(item) for _, item in leaves(kind)}
    configured = frozenset(keys[name] for name, found in chosen.items() if found.origin not in (GIVEN, OBJECT))
    object.__setattr__(settings, "configured", configured)
    return settings


def _configured(command: str, preset: str) -> Iterator[Rank]:
    """The values of the environment, the files and the preset, highest rank first."""
    kind, files = COMMANDS[command], list(settings_files())
    yield {name: Sourced(value, variable) for variable, name, value in environment(kind)}
    for path, table in files:
        for key in (command, "settings"):
            origin = f"{path} [{key}]"
            yield ranked(values_in(kind, origin, table.get(key, {}), path.parent), origin)
    yield preset_rank(kind, *_chosen_preset(preset, files))


def ranked(values: Mapping[str, Any], origin: str) -> Rank:
    """Adds the origin to each value."""
    return {name: Sourced(value, origin) for name, value in values.items()}


def _chosen_preset(named: str, files: list[tuple[Path, dict[str, Any]]]) -> tuple[str, Path]:
    """The name of the preset to use (empty for no preset), and the folder that its path is relative to."""
    named = named or os.environ.get("DREAMVID_PRESET", "")
    wanted = [(named, Path())] if named else [(table["preset"], path.parent) for path, table in files
                                              if "preset" in table]
    return wanted[0] if wanted else ("", Path())


def _explained(error: SettingError, kind: type[Settings], chosen: Rank) -> SettingError:
    """Adds to an error where its settings came from, except those that the caller gave."""
    origin = {key_of(item): chosen[item.name].origin for _, item in leaves(kind) if item.name in chosen}
    whence = [f"{{{key}}} comes from {origin[key]}" for key in error.keys if origin.get(key, GIVEN) != GIVEN]
    return SettingError(error.key, error.value, f"{error.problem} ({', '.join(whence)})") if whence else error


def _origins(settings: Settings, chosen: Rank) -> dict[str, str]:
    kind = type(settings)
    quality = str(getattr(settings, "quality", ""))
    found: dict[str, str] = {}
    for key, (_, item) in keys_of(kind).items():
        by_quality = is_open(item) and item.name in kind.qualities.get(quality, {})
        unnamed = f"quality {quality}" if by_quality else "default"
        found[key] = chosen[item.name].origin if item.name in chosen else unnamed
    return found
