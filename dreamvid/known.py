"""Library functions that list presets, networks and classes, and read the recipe of a result."""

import os
from dataclasses import dataclass
from pathlib import Path
from re import fullmatch

from dreamvid.errors import OutputError, SettingError, write_error
from dreamvid.recipe import Recipe
from dreamvid.settings import COMMANDS, EncoderSettings, MachineSettings, keys_of, to_table, without_derived
from dreamvid.settings.presets import find, names, users_presets
from dreamvid.stills.given import PathName


@dataclass(frozen=True)
class KnownNetwork:
    """A network that can dream.

    Attributes:
        name: the value of the setting `network`.
        layers: recommended layers, each with a description of what it grows.
        megabytes: the size of its weights.
        here: whether the weights are on this machine; otherwise they are downloaded when needed.
    """

    name: str
    layers: dict[str, str]
    megabytes: float
    here: bool


NO_LOOK = ("size", "fps", "frames", "seconds", "start", "end", "seed", "number", "noise", "bits", "columns", "most",
           "layer", "crossfade", "kind", *(key for part in (MachineSettings, EncoderSettings) for key in keys_of(part)))
"""Settings that are not part of a look: sizes, lengths, times, inputs and encoding."""


def save_preset(file: PathName, name: str) -> str:
    """Saves the look of a result as a preset: the settings in its recipe, without those in `NO_LOOK`.

    Args:
        file: a film or picture made by dreamvid.
        name: the preset's name, of letters, digits and dashes; or a path that ends in .toml.

    Returns:
        The path of the preset's file.

    Raises:
        InputError: the file cannot be read, or holds no recipe; or its guide or mask is missing.
        OutputError: the preset already exists, or the file cannot be written.
        SettingError: the name has other characters.
    """
    import tomli_w

    from dreamvid.films.source import find_input

    recipe = show(file)
    kind = COMMANDS[recipe.command]
    usual = to_table(kind())
    table = {key: value for key, value in without_derived(kind, recipe.settings).items()
             if key not in NO_LOOK and usual.get(key) != value}
    for key in table.keys() & recipe.inputs.keys():
        table[key] = str(find_input(recipe.inputs[key], key, Path(file), "its name").absolute())
    return _write_preset(name, tomli_w.dumps({"about": f"as {Path(file).name}", "settings": table}))


def _write_preset(name: str, text: str) -> str:
    if not name.endswith(".toml") and not fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise SettingError("name", name, "it must be of letters, digits and dashes, or a file that ends in .toml")
    path = Path(name) if name.endswith(".toml") else users_presets() / f"{name}.toml"
    if os.path.lexists(path) or name in names():
        raise OutputError(f"there is a preset {name}; give another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise write_error(path, error) from error
    return str(path)


def presets() -> dict[str, str]:
    """The presets that come with dreamvid: name → description."""
    return {name: find(name).about for name in names()}


def networks() -> list[KnownNetwork]:
    """The networks in the catalogue."""
    from dreamvid.dream.networks import CATALOGUE, weights_are_here

    return [KnownNetwork(entry.name, dict(entry.grows), entry.megabytes, weights_are_here(entry))
            for entry in CATALOGUE.values()]


def classes(word: str = "") -> dict[int, str]:
    """ImageNet's classes, index → names: all of them, or those with a name that has a word beginning with `word`."""
    from dreamvid.dream.networks.classes import class_names, classes_with

    return {index: class_names(index) for index in classes_with(word)}


def show(file: PathName) -> Recipe:
    """The recipe that a film or picture made by dreamvid carries.

    Raises:
        InputError: the file cannot be read, or holds no recipe.
    """
    from dreamvid.stills.recipe import recipe_of

    return recipe_of(Path(file))
