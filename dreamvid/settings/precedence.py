"""Which value counts: the caller's, the environment's, that of dreamvid.toml, of the user's file, of a preset.

Then come the quality's and the default. The first that names a setting counts.
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
"""The origin of the values that the caller gives."""
OBJECT = "settings"
"""The origin of those that the caller gives by an object."""


class Sourced(NamedTuple):
    """A value, and where it came from in words."""

    value: Any
    origin: str


Rank = Mapping[str, Sourced]
"""What one place says, by field name."""


class Resolved(NamedTuple):
    """A command's settings, and where each value came from, by key."""

    settings: Any
    origins: dict[str, str]


def resolve(command: str, given: Mapping[str, object], *, preset: str = "") -> Resolved:
    """The settings of a command, built and checked.

    Args:
        command: a name in `COMMANDS`.
        given: what the caller wants, by key; it comes before everything else.
        preset: the caller's preset; without one the environment's, or that of a file.

    Raises:
        SettingError: an unknown key, a value that is not allowed, or values that cannot be used together.
        InputError: a file cannot be read, or is no TOML.
    """
    kind = COMMANDS[command]
    chosen = settled(kind, [ranked(from_table(kind, given), GIVEN), *_configured(command, preset)])
    settings = built(kind, chosen)
    return Resolved(settings, _origins(settings, chosen))


def requested(kind: type[T], settings: T | None, given: Mapping[str, object], *, preset: str = "") -> T:
    """The settings that a program asks for: by keyword first, then those of an object, then a preset's.

    Neither the environment nor files of settings count.

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
        ranks.append(ranked(from_table(kind, asked_for(kind, to_table(settings))), OBJECT))
    ranks.append(preset_rank(kind, preset))
    return built(kind, settled(kind, ranks))


def preset_rank(kind: type[Settings], name: str, folder: Path = Path()) -> Rank:
    """What a preset says, by its name or file; nothing without a name."""
    if not name:
        return {}
    look = find(name, folder)
    origin = f"preset {look.name}"
    return ranked(values_in(kind, origin, look.settings, look.folder), origin)


def asked_for(kind: type[Settings], table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of settings without those that follow from others, as the steps do from the quality.

    Where this dreamvid would fill them otherwise than the one that wrote the table, they stay.
    """
    open_keys = {key_of(item) for _, item in leaves(kind) if is_open(item)}
    fixed = {key: value for key, value in table.items() if key not in open_keys}
    followed = to_table(build(kind, from_table(kind, fixed)))
    return {key: value for key, value in table.items() if key in fixed or followed.get(key) != value}


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


def built(kind: type[T], chosen: Rank) -> T:
    """The settings of chosen values.

    Raises:
        SettingError: the values cannot be used together.
    """
    try:
        return marked(build(kind, {name: found.value for name, found in chosen.items()}), chosen)
    except SettingError as error:
        raise _explained(error, kind, chosen) from None


def marked(settings: T, chosen: Rank) -> T:
    """The same settings, which know what of them the caller did not give; where that has no use, it is ignored."""
    kind = type(settings)
    keys = {item.name: key_of(item) for _, item in leaves(kind)}
    borrowed = frozenset(keys[name] for name, found in chosen.items() if found.origin not in (GIVEN, OBJECT))
    object.__setattr__(settings, "borrowed", borrowed)
    return settings


def _configured(command: str, preset: str) -> Iterator[Rank]:
    """What the environment, the files and the preset say, the highest rank first."""
    kind, files = COMMANDS[command], list(settings_files())
    yield {name: Sourced(value, variable) for variable, name, value in environment(kind)}
    for path, table in files:
        for key in (command, "settings"):
            origin = f"{path} [{key}]"
            yield ranked(values_in(kind, origin, table.get(key, {}), path.parent), origin)
    yield preset_rank(kind, *_chosen_preset(preset, files))


def ranked(values: Mapping[str, Any], origin: str) -> Rank:
    """Values by field name, all from one place."""
    return {name: Sourced(value, origin) for name, value in values.items()}


def _chosen_preset(named: str, files: list[tuple[Path, dict[str, Any]]]) -> tuple[str, Path]:
    """The preset in force, and its folder: the caller's, the environment's, or a file's; empty if there is none."""
    named = named or os.environ.get("DREAMVID_PRESET", "")
    wanted = [(named, Path())] if named else [(table["preset"], path.parent) for path, table in files
                                              if "preset" in table]
    return wanted[0] if wanted else ("", Path())


def _explained(error: SettingError, kind: type[Settings], chosen: Rank) -> SettingError:
    """The error, with the origin of each setting that it names, unless the caller gave it."""
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
