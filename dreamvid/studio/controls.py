"""The page's controls, made from the declarations of the settings; and the looks."""

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from importlib.resources import files
from typing import Any

from dreamvid.settings import (
    COMMANDS,
    Curve,
    Settings,
    Time,
    WorkSettings,
    is_open,
    key_of,
    keys_of,
    leaves,
    spec_of,
    type_of,
)
from dreamvid.settings.presets import find, names

SHOWN = ("image", "zoom", "clip", "loop")
"""The commands that the page offers."""

_PICTURES = files("dreamvid.studio") / "static" / "looks"
_HIDDEN = {key_of(item) for item in fields(WorkSettings)}
_TYPES: dict[Any, str] = {bool: "switch", int: "whole", float: "number", str: "text", Fraction: "rate", Time: "time",
                          Curve: "curve"}


def controls(first: Mapping[str, tuple[str, ...]]) -> dict[str, list[dict[str, Any]]]:
    """Command → its settings, as plain data.

    Args:
        first: command → the fields that are shown first.
    """
    return {command: [_control(COMMANDS[command], owner, item, first.get(command, ()))
                      for owner, item in leaves(COMMANDS[command]) if _is_shown(item)] for command in SHOWN}


def _is_shown(item: Any) -> bool:
    spec = spec_of(item)
    return not spec.discards and spec.file != "output" and key_of(item) not in _HIDDEN


def _control(kind: type[Settings], owner: type[Settings], item: Any, first: tuple[str, ...]) -> dict[str, Any]:
    spec, key = spec_of(item), key_of(item)
    named = {one.name: key_of(one) for _, one in leaves(kind)}
    by_quality = {name: table[item.name] for name, table in kind.qualities.items() if item.name in table}
    return {
        "key": key, "group": owner.panel if owner is not kind else "Main", "help": spec.help,
        "type": "file" if spec.file else _TYPES[type_of(owner, item)], "low": spec.low, "high": spec.high,
        "unit": spec.unit, "choices": list(spec.choices), "unset": spec.unset, "fades": spec.fades,
        "default": None if is_open(item) else str(item.default) if isinstance(item.default, Fraction) else item.default,
        "by_quality": by_quality, "replaces": [named[name] for name in spec.replaces if name in named],
        "first": first.index(item.name) if item.name in first else None,
    }


def looks() -> list[dict[str, Any]]:
    """The looks: name, description, settings, and whether any setting changes over time."""
    found = []
    for name in names():
        look = find(name)
        curves = {key for kind in COMMANDS.values() for key, (type_, _) in keys_of(kind).items() if type_ == Curve}
        moves = any(isinstance(value, str) and (key in curves or ";" in value) for key, value in look.settings.items())
        found.append({"name": name, "about": look.about, "moves": moves, "settings": dict(look.settings),
                      "picture": (_PICTURES / f"{name}.webp").is_file()})
    return found
