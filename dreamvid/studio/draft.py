"""What is chosen on the page: a command, a look, settings and a file. All of it is untrusted and checked here."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings import COMMANDS, key_named, keys_of, parsed, resolve, spec_of, to_table
from dreamvid.settings.presets import names
from dreamvid.studio.controls import SHOWN
from dreamvid.studio.folder import Studio
from dreamvid.studio.uploads import find


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
    given = {}
    for written, value in settings.items():
        known = keys_of(COMMANDS[command])
        key = key_named(known, written)
        given[key] = _value(studio, key, *known[key], value)
    source = find(studio, body["source"]) if body.get("source") else None
    shown = {"command": command, "preset": preset, "settings": settings, "source": body.get("source") or ""}
    return Draft(command, preset, given, source, shown)


def _value(studio: Studio, key: str, value_type: Any, item: Any, value: object) -> Any:
    if value is None or not isinstance(value, bool | int | float | str):
        raise SettingError(key, value, "it must be text, a number, or true or false")
    if spec_of(item).file == "input":
        return str(find(studio, value))
    if spec_of(item).file or spec_of(item).discards:
        raise SettingError(key, value, "it is not set in the studio")
    if key == "network" and (not isinstance(value, str) or re.search(r"[^\w-]", value)):
        raise SettingError(key, value, "it must be the name of a network here")
    return parsed(key, value_type, value) if isinstance(value, str) and value_type is not str else value
