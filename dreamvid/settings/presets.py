"""Presets: named looks that ship with dreamvid, and files like them.

A preset is a TOML file with a table `settings` and a line `about`. A recipe can be used as a preset.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings.files import SETTINGS, as_table, check_keys, read_table, users_folder, written
from dreamvid.settings.table import near

_LOOKS = files("dreamvid") / "looks"
_KEYS = ("about", "settings")
_KEYS_OF_A_RECIPE = ("dreamvid", "command", "network", "inputs")


@dataclass(frozen=True)
class Preset:
    """Settings that make a look.

    Attributes:
        name: the name of a look, or the path of a file.
        about: one line that describes the look.
        settings: values by key, as written; not checked yet.
        folder: the folder that paths in the settings are relative to.
    """

    name: str
    about: str
    settings: Mapping[str, object]
    folder: Path


def names() -> list[str]:
    """The names of the looks that ship with dreamvid, and of the user's own."""
    shipped = sorted(entry.name.removesuffix(".toml") for entry in _LOOKS.iterdir() if entry.name.endswith(".toml"))
    return shipped + sorted(path.stem for path in users_presets().glob("*.toml") if path.stem not in shipped)


def users_presets() -> Path:
    """The folder of the user's own presets."""
    return users_folder() / "presets"


def text_of(name: str) -> str:
    """The TOML of a look.

    Raises:
        SettingError: no look has this name. The message suggests similar names.
    """
    known = names()
    if name not in known:
        raise SettingError(f"there is no preset {name!r}{near(name, dict.fromkeys(known)) or _all(known)}")
    shipped = _LOOKS / f"{name}.toml"
    return (shipped if shipped.is_file() else users_presets() / f"{name}.toml").read_text("utf-8")


def _all(known: Iterable[str]) -> str:
    return f"; the presets are {', '.join(known)}, and any file that ends in .toml"


def find(name: str, folder: Path = Path()) -> Preset:
    """Reads a preset. A name that ends in .toml or contains a slash is a file, relative to `folder`.

    Raises:
        SettingError: there is no such look, or its keys are unknown.
        InputError: the file cannot be read, is too large, or is not TOML.
    """
    if not name.endswith(".toml") and not {"/", "\\"} & set(name):
        text = text_of(name)
        own = not (_LOOKS / f"{name}.toml").is_file()
        return _preset(name, read_table(users_presets() / f"{name}.toml") if own else tomllib.loads(text), Path())
    path = folder / name
    return _preset(str(path), read_table(path), path.parent)


def _preset(name: str, table: Mapping[str, Any], folder: Path) -> Preset:
    check_keys(name, table, (*_KEYS, *_KEYS_OF_A_RECIPE))
    about, settings = table.get("about", ""), table.get("settings", {})
    if not isinstance(about, str):
        raise SettingError(f"about is {about!r}; it must be text", origin=name)
    for key, value in as_table(name, "settings", settings).items():
        spec = SETTINGS.get(written(key))
        if spec is not None and spec.file == "output":
            raise SettingError(f"{key} names an output file; a preset may not", origin=name)
        if spec is not None and spec.discards and value:
            raise SettingError(f"{key} deletes work; a preset may not set it", origin=name)
    return Preset(name, about, settings, folder)
