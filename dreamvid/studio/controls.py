"""The page's controls, made from the declarations of the settings; the looks; and drafts: what is chosen with them.

All of a draft is untrusted and checked here.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings import (
    COMMANDS,
    Curve,
    Settings,
    Time,
    WorkSettings,
    is_open,
    key_named,
    key_of,
    keys_of,
    leaves,
    parsed,
    resolve,
    spec_of,
    to_table,
    type_of,
)
from dreamvid.settings.presets import find, names
from dreamvid.studio.folder import Studio
from dreamvid.studio.uploads import find as uploaded

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


@dataclass(frozen=True)
class Draft:
    """A checked draft.

    Attributes:
        command: zoom, clip, loop or image.
        preset: a look's name; empty for none.
        given: settings by key; files as paths.
        source: the picture or clip; None if none is chosen.
        shown: the draft as the page sent it, with ids instead of paths.
    """

    command: str
    preset: str
    given: dict[str, Any]
    source: Path | None
    shown: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """As plain data for a task."""
        return {"command": self.command, "preset": self.preset, "given": self.given,
                "source": str(self.source) if self.source else ""}

    def resolved(self) -> dict[str, Any]:
        """The settings in force by key, and the origin of each; files by name only.

        Raises:
            SettingError: a value is not allowed, or values cannot be used together.
        """
        settings, origins = resolve(self.command, self.given, preset=self.preset)
        known = keys_of(COMMANDS[self.command])
        table = {key: Path(str(value)).name if spec_of(known[key][1]).file else value
                 for key, value in to_table(settings).items()}
        return {"values": table, "origins": origins}

    def command_line(self, output: str) -> str:
        """The equivalent command line."""
        words = ["dreamvid", self.command, *([self.source.name] if self.source else [])]
        words += ["--preset", self.preset] if self.preset else []
        for key, value in self.given.items():
            option = key.replace("_", "-")
            if isinstance(value, bool):
                words.append(f"--{option}" if value else f"--no-{option}")
            else:
                is_file = spec_of(keys_of(COMMANDS[self.command])[key][1]).file
                words += [f"--{option}", Path(str(value)).name if is_file else str(value)]
        return shlex.join([*words, "-o", output])


def draft_of(studio: Studio, body: Mapping[str, Any]) -> Draft:
    """Checks the JSON body of a request.

    Raises:
        SettingError: an unknown command, look or setting, or a value of the wrong type.
        InputError: a file does not exist.
    """
    command, preset, settings = body.get("command"), body.get("preset") or "", body.get("settings") or {}
    if command not in SHOWN:
        raise SettingError("command", str(command)[:40], f"it must be one of {', '.join(SHOWN)}")
    if preset and preset not in names():
        raise SettingError("preset", str(preset)[:40], "there is no such look")
    if not isinstance(settings, dict):
        raise SettingError("the settings must be a table")
    given, known = {}, keys_of(COMMANDS[command])
    for written, value in settings.items():
        key = key_named(known, written)
        given[key] = _value(studio, key, *known[key], value)
    source = uploaded(studio, body["source"]) if body.get("source") else None
    shown = {"command": command, "preset": preset, "settings": settings, "source": body.get("source") or ""}
    return Draft(command, preset, given, source, shown)


def _value(studio: Studio, key: str, value_type: Any, item: Any, value: object) -> Any:
    if value is None or not isinstance(value, bool | int | float | str):
        raise SettingError(key, value, "it must be text, a number, or true or false")
    if spec_of(item).file == "input":
        return str(uploaded(studio, value))
    if spec_of(item).file or spec_of(item).discards:
        raise SettingError(key, value, "it is not set in the studio")
    if key == "network" and (not isinstance(value, str) or re.search(r"[^\w-]", value)):
        raise SettingError(key, value, "it must be the name of a network here")
    return parsed(key, value_type, value) if isinstance(value, str) and value_type is not str else value
