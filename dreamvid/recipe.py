"""The recipe of a result: everything needed to make it again, as a small TOML text.

It is plain data. It holds no paths: for each input file it holds the name and the hash.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

import tomli_w

from dreamvid.errors import InputError
from dreamvid.settings import COMMANDS, Settings, Value, keys_of, spec_of, to_table

MARK = "dreamvid = "
"""The first characters of every recipe."""

LARGEST = 60_000
"""The longest recipe, in characters: this fits into every file format, and into an argument of ffmpeg."""

OLD_DEFAULTS: dict[str, dict[str, dict[str, Value]]] = {
    "0.1.0": {command: {key: value for key, value in {
        "engine": "tensorflow", "tile": 768, "colour": 0.0, "spectrum": 0.0, "shifts": "roll", "dream_rate": 240.0,
        "catch_up": 0.0, "warm_up": 20, "coarse_steps": 1.0, **({"blend": 0.96} if command == "clip" else {})}.items()
        if key in keys_of(kind)} for command, kind in COMMANDS.items()},
}
"""Version → command → key → the default up to and including that version, for settings that a recipe does not name.

The oldest version comes first. When a default changes, or a new setting changes the pictures, add the old value here,
so that old recipes give the same result.
"""

_HASH = re.compile(r"[0-9a-f]{64}")
_LEFT_OUT = ("offline", "recipe", "resume", "restart", "keep_work", "extendable")  # these do not change the pictures


@dataclass(frozen=True)
class Input:
    """An input file: its name without its folder, its SHA-256 in hexadecimal, and its size in bytes."""

    name: str
    sha256: str
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a result was made.

    Attributes:
        command: a name in `settings.COMMANDS`.
        settings: the settings in force, as `to_table` returns them; files by name only.
        inputs: the input files by role: `picture` or `clip`, and the keys of settings that name files.
        network: the name of the network.
        weights: SHA-256 of its weights, in hexadecimal; empty if there are none.
        version: the version of dreamvid.
        mixed: whether machines of different kinds made parts of it. Their rounding differs, so no single machine
            makes the same result again.
    """

    command: str
    settings: dict[str, Value]
    inputs: Mapping[str, Input]
    network: str
    weights: str
    version: str
    mixed: bool = False


def file_keys(settings: Settings) -> list[str]:
    """The keys of the settings that name an input file: `guide`, `mask`, `weights`, and a frozen graph."""
    table = to_table(settings)
    files = _keys_for(type(settings), "input")
    return [key for key in table if key in files or (key == "network" and str(table[key]).endswith(".pb"))]


def name_of(path: Path) -> str:
    """The name of a file or folder, without the folder that it lies in."""
    return path.name if path.name not in ("", "..") else path.resolve().name


def recorded(settings: Settings) -> dict[str, Value]:
    """The settings as a recipe holds them: input files by name, no output files."""
    table = to_table(settings)
    for key in (*_LEFT_OUT, *_keys_for(type(settings), "output"), *settings.unused()):
        table.pop(key, None)
    return table | {key: name_of(Path(str(table[key]))) for key in file_keys(settings)}


def _keys_for(kind: type[Settings], use: str) -> list[str]:
    return [key for key, (_, item) in keys_of(kind).items() if spec_of(item).file == use]


def to_toml(recipe: Recipe) -> str:
    """The recipe as TOML text; `from_toml` reads it."""
    text = tomli_w.dumps({
        "dreamvid": recipe.version,
        "command": recipe.command,
        **({"mixed": True} if recipe.mixed else {}),
        "settings": recipe.settings,
        "network": {"name": recipe.network, "weights": recipe.weights},
        "inputs": {role: {"name": found.name, "sha256": found.sha256} for role, found in recipe.inputs.items()},
    })
    return text.encode("utf-8", "replace").decode()  # file names may hold bytes that are not UTF-8


def from_toml(text: str, old_defaults: Mapping[str, Mapping[str, Mapping[str, Value]]] = OLD_DEFAULTS) -> Recipe:
    """Parses a recipe from untrusted text. Nothing in it is run, and it cannot name a file in another folder.

    Settings that it does not name get the defaults of its version.

    Args:
        text: TOML.
        old_defaults: as `OLD_DEFAULTS`.

    Raises:
        InputError: the text is not a valid recipe.
    """
    if len(text) > LARGEST:
        raise InputError(f"the recipe has {len(text):,} characters; it may have {LARGEST:,}")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the recipe is not TOML: {str(error)[:200]}") from error
    network = _table(table, "network")
    recipe = Recipe(
        command=_text(table, "command"), settings=_settings(_table(table, "settings")),
        inputs={role: _input(_table(table["inputs"], role)) for role in _table(table, "inputs")},
        network=_text(network, "name"), weights=_hash(network, "weights", empty=True), version=_text(table, "dreamvid"),
        mixed=table.get("mixed") is True,
    )
    _check(recipe)
    found: dict[str, Value] = {}
    for last, commands in old_defaults.items():
        if _numbers(recipe.version) <= _numbers(last):
            found = {**commands.get(recipe.command, {}), **found}
    return replace(recipe, settings=found | recipe.settings)


def dreams_a_second(recipe: Recipe, fps: Callable[[], Fraction]) -> Recipe:
    """Replaces the setting `every` of dreamvid 0.1 by a dream rate.

    Args:
        fps: returns the clip's own frame rate; called only if the recipe has none.
    """
    table = dict(recipe.settings)
    if (every := int(table.pop("every", 0))) > 1:
        table["dream_rate"] = float((Fraction(str(table["fps"])) if "fps" in table else fps()) / every)
    return replace(recipe, settings=table)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]{1,9}", version)[:3]]


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key, {} if key == "inputs" else None)
    if not isinstance(found, dict):
        raise InputError(f"the recipe's {shortened(key)} is {shortened(found)}; it must be a table")
    return found


def _text(table: Mapping[str, Any], key: str) -> str:
    if not isinstance(found := table.get(key), str):
        raise InputError(f"the recipe's {key} is {shortened(found)}; it must be text")
    return found


def _hash(table: Mapping[str, Any], key: str, *, empty: bool = False) -> str:
    found = _text(table, key)
    if not (_HASH.fullmatch(found) or (empty and not found)):
        raise InputError(f"the recipe's {key} is {shortened(found)}; it must be a SHA-256 of 64 hexadecimal digits")
    return found


def _settings(table: dict[str, Any]) -> dict[str, Value]:
    if isinstance(table.get("audio"), bool):  # the old name of `sound`
        table["sound"] = table.pop("audio")
    for key, value in table.items():
        if not isinstance(value, bool | int | float | str):
            raise InputError(f"the recipe's setting {shortened(key)} is {shortened(value)}; it must be text, a number, "
                             "or true or false")
    return table


def _input(table: dict[str, Any]) -> Input:
    name = _text(table, "name")
    if Path(name).name != name or name in ("", "..") or "\0" in name:
        raise InputError(f"the recipe's input {shortened(name)} must be the name of a file, without its folder")
    return Input(name, _hash(table, "sha256"))


def _check(recipe: Recipe) -> None:
    """Refuses an unknown command, settings that write or discard files, and input files that are not in `inputs`."""
    kind = COMMANDS.get(recipe.command)
    if kind is None:
        raise InputError(f"the recipe's command is {shortened(recipe.command)}; it must be one of "
                         f"{', '.join(COMMANDS)}")
    table = recipe.settings
    for key in _keys_for(kind, "output"):
        if key in table:
            raise InputError(f"the recipe's setting {key} names an output file; a recipe may not")
    for key, (_, item) in keys_of(kind).items():
        if spec_of(item).discards and table.get(key):
            raise InputError(f"the recipe's setting {key} deletes work; a recipe may not set it")
    graph = ["network"] if str(table.get("network")).endswith(".pb") else []
    for key in [*_keys_for(kind, "input"), *graph]:
        if key in table and (key not in recipe.inputs or recipe.inputs[key].name != table[key]):
            raise InputError(f"the recipe's setting {key} is {shortened(table[key])}, which is not among its inputs")
