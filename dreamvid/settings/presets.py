"""Presets: named looks that ship with dreamvid, and files like them.

A preset is a TOML file with a table `settings` and a line `about`. A recipe can be used as a preset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dreamvid.errors import SettingError
from dreamvid.settings.files import SETTINGS, as_table, check_keys, read_table, users_folder, written
from dreamvid.settings.spec import near, spec_of

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
        file: its TOML file.
    """

    name: str
    about: str
    settings: Mapping[str, object]
    folder: Path
    file: Traversable


def names() -> list[str]:
    """The names of the looks that ship with dreamvid, and of the user's own."""
    shipped = sorted(entry.name.removesuffix(".toml") for entry in _LOOKS.iterdir() if entry.name.endswith(".toml"))
    return shipped + sorted(path.stem for path in users_presets().glob("*.toml") if path.stem not in shipped)


def users_presets() -> Path:
    """The folder of the user's own presets."""
    return users_folder() / "presets"


def find(name: str, folder: Path = Path()) -> Preset:
    """Reads a preset. A name that ends in .toml or contains a slash is a file, relative to `folder`.

    Raises:
        SettingError: there is no such look, or its keys are unknown.
        InputError: the file cannot be read, is too large, or is not TOML.
    """
    if name.endswith(".toml") or {"/", "\\"} & set(name):
        return _preset(str(folder / name), folder / name, (folder / name).parent)
    if name not in (known := names()):
        every = f"; the presets are {', '.join(known)}, and any file that ends in .toml"
        raise SettingError(f"there is no preset {name!r}{near(name, known) or every}")
    shipped = _LOOKS / f"{name}.toml"
    return _preset(name, shipped if shipped.is_file() else users_presets() / shipped.name, Path())


def _preset(name: str, file: Traversable, folder: Path) -> Preset:
    table = read_table(file)
    check_keys(name, table, (*_KEYS, *_KEYS_OF_A_RECIPE))
    about, settings = table.get("about", ""), table.get("settings", {})
    if not isinstance(about, str):
        raise SettingError(f"about is {about!r}; it must be text", origin=name)
    for key, value in as_table(name, "settings", settings).items():
        spec = spec_of(SETTINGS[written(key)][1]) if written(key) in SETTINGS else None
        if spec is not None and spec.file == "output":
            raise SettingError(f"{key} names an output file; a preset may not", origin=name)
        if spec is not None and spec.discards and value:
            raise SettingError(f"{key} deletes work; a preset may not set it", origin=name)
    return Preset(name, about, settings, folder, file)
