"""The recipe of a result: all that is needed to make it again, as a small TOML text.

It is data and nothing else. It holds no path: of a file that was read, the recipe knows its name and its hash.
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
"""What a recipe's text begins with."""

LARGEST = 60_000
"""Bytes a recipe may have: what fits into every kind of file, and into an argument of ffmpeg."""

OLD_DEFAULTS: dict[str, dict[str, dict[str, Value]]] = {
    "0.1.0": {command: {key: value for key, value in {
        "engine": "tensorflow", "tile": 768, "colour": 0.0, "spectrum": 0.0, "shifts": "roll", "dream_rate": 240.0,
        "catch_up": 0.0, "warm_up": 20, **({"blend": 0.96} if command == "clip" else {})}.items()
        if key in keys_of(kind)} for command, kind in COMMANDS.items()},
}
"""Version → command → key → the value that a setting had up to this version where a recipe does not name it.

The oldest version comes first. A default that is changed, or a new setting that changes what is seen, leaves here what
held before, so that old recipes keep their meaning.
"""

_HASH = re.compile(r"[0-9a-f]{64}")
_LEFT_OUT = ("offline", "recipe", "resume", "restart", "keep_work", "extendable")  # they change nothing that is seen


@dataclass(frozen=True)
class Input:
    """A file that was read: its name, without its folder, its SHA-256 in hexadecimal, and its size in bytes."""

    name: str
    sha256: str
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a result was made.

    Attributes:
        command: a name in `settings.COMMANDS`.
        settings: the settings in force, as `to_table` gives them; files by their names alone.
        inputs: what was read, by its role: `picture` or `clip`, and the keys of settings that name files.
        network: the name of the network.
        weights: SHA-256 of its weights, in hexadecimal; empty if they have none.
        version: of dreamvid.
        mixed: whether machines that round in other ways made parts of it, so that no machine makes the same again.
    """

    command: str
    settings: dict[str, Value]
    inputs: Mapping[str, Input]
    network: str
    weights: str
    version: str
    mixed: bool = False


def file_keys(settings: Settings) -> list[str]:
    """The keys of the settings that name a file which is read: `guide`, `mask`, `weights`, and a frozen graph."""
    table = to_table(settings)
    files = _keys_for(type(settings), "input")
    return [key for key in table if key in files or (key == "network" and str(table[key]).endswith(".pb"))]


def name_of(path: Path) -> str:
    """The name of a file or folder, without the folder that it lies in."""
    return path.name if path.name not in ("", "..") else path.resolve().name


def recorded(settings: Settings) -> dict[str, Value]:
    """The table of settings that a recipe holds: files that are read by name, files that are written not at all."""
    table = to_table(settings)
    for key in (*_LEFT_OUT, *_keys_for(type(settings), "output"), *settings.unused()):
        table.pop(key, None)
    return table | {key: name_of(Path(str(table[key]))) for key in file_keys(settings)}


def _keys_for(kind: type[Settings], use: str) -> list[str]:
    return [key for key, (_, item) in keys_of(kind).items() if spec_of(item).file == use]


def to_toml(recipe: Recipe) -> str:
    """The recipe as text, which `from_toml` reads."""
    text = tomli_w.dumps({
        "dreamvid": recipe.version,
        "command": recipe.command,
        **({"mixed": True} if recipe.mixed else {}),
        "settings": recipe.settings,
        "network": {"name": recipe.network, "weights": recipe.weights},
        "inputs": {role: {"name": found.name, "sha256": found.sha256} for role, found in recipe.inputs.items()},
    })
    return text.encode("utf-8", "replace").decode()  # names may hold bytes that are no text


def from_toml(text: str) -> Recipe:
    """A recipe from its text; whatever the text is, nothing of it is run, and it names no file elsewhere.

    Settings that it does not name have the values of its version.

    Raises:
        InputError: it is no recipe, or a damaged one.
    """
    if len(text) > LARGEST:
        raise InputError(f"the recipe has {len(text):,} characters; it may have {LARGEST:,}")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the recipe is no TOML: {shortened(str(error))}") from error
    network = _table(table, "network")
    recipe = Recipe(
        command=_text(table, "command"), settings=_settings(_table(table, "settings")),
        inputs={role: _input(_table(table["inputs"], role)) for role in _table(table, "inputs")},
        network=_text(network, "name"), weights=_hash(network, "weights", empty=True), version=_text(table, "dreamvid"),
        mixed=table.get("mixed") is True,
    )
    _check(recipe)
    return replace(recipe, settings=_old_defaults(recipe) | recipe.settings)


def dreams_a_second(recipe: Recipe, fps: Callable[[], Fraction]) -> Recipe:
    """The recipe with `every`, of dreamvid 0.1, as a dream rate.

    Args:
        fps: the clip's own frame rate, asked for where the recipe has none.
    """
    table = dict(recipe.settings)
    if (every := int(table.pop("every", 0))) > 1:
        table["dream_rate"] = float((Fraction(str(table["fps"])) if "fps" in table else fps()) / every)
    return replace(recipe, settings=table)


def _old_defaults(recipe: Recipe) -> dict[str, Value]:
    """What the recipe's version had for settings whose default is another now."""
    found: dict[str, Value] = {}
    for last, commands in OLD_DEFAULTS.items():
        if _numbers(recipe.version) <= _numbers(last):
            found = commands.get(recipe.command, {}) | found
    return found


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
    if isinstance(table.get("audio"), bool):  # what `sound` was called before
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
    """Refuses an unknown command, and settings that name files which are not among its inputs."""
    kind = COMMANDS.get(recipe.command)
    if kind is None:
        raise InputError(f"the recipe's command is {shortened(recipe.command)}; it must be one of "
                         f"{', '.join(COMMANDS)}")
    table = recipe.settings
    for key in _keys_for(kind, "output"):
        if key in table:
            raise InputError(f"the recipe's setting {key} names a file to be written; a recipe may not")
    for key, (_, item) in keys_of(kind).items():
        if spec_of(item).discards and table.get(key):
            raise InputError(f"the recipe's setting {key} throws work away; a recipe may not")
    graph = ["network"] if str(table.get("network")).endswith(".pb") else []
    for key in [*_keys_for(kind, "input"), *graph]:
        if key in table and (key not in recipe.inputs or recipe.inputs[key].name != table[key]):
            raise InputError(f"the recipe's setting {key} is {shortened(table[key])}, which is not among its inputs")
