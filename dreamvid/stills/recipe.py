"""The recipe of a render, made when everything is loaded, and looked for in its results."""

import os
from collections.abc import Mapping
from pathlib import Path

from dreamvid import __version__
from dreamvid.errors import InputError
from dreamvid.events import Warn, ignore
from dreamvid.media.fingerprint import input_of
from dreamvid.media.metadata import read
from dreamvid.media.pictures import by_pattern, in_folder, is_pattern
from dreamvid.recipe import LARGEST, Recipe, file_keys, from_toml, recorded, to_toml
from dreamvid.settings import AtlasSettings, ImageSettings, Settings, to_table


def text_of(recipe: Recipe, warn: Warn) -> str | None:
    """The text of a recipe that a result carries; None, with a warning, if it is too long."""
    text = to_toml(recipe)
    if len(text.encode()) <= LARGEST:
        return text
    warn(f"the recipe has more than {LARGEST:,} bytes and is left out of the result")
    return None


def recipe_text(
    command: str, settings: ImageSettings | AtlasSettings, inputs: Mapping[str, Path], weights: str, warn: Warn
) -> str | None:
    """The text of the recipe that a picture carries; None if it is to carry none.

    Args:
        command: a name in `settings.COMMANDS`.
        inputs: what is read, by its role, beside the files that the settings name.
        weights: SHA-256 of the network's weights, in hexadecimal.
        warn: called if the recipe is too long to be carried.

    Raises:
        InputError: an input cannot be read any more.
    """
    if not settings.result.recipe:
        return None
    table = to_table(settings)
    files = dict(inputs) | {key: Path(str(table[key])) for key in file_keys(settings)}
    return text_of(Recipe(
        command=command, settings=recorded(settings), network=network_of(settings), weights=weights,
        inputs={role: input_of(path) for role, path in files.items()}, version=__version__,
    ), warn)


def network_of(settings: Settings) -> str:
    """The name of the network that the settings of a command name."""
    return str(recorded(settings)["network"])


def recipe_of(file: Path) -> Recipe:
    """The recipe that a result carries, or that a .toml file is; of a folder of pictures, the first one's.

    Raises:
        InputError: the file is missing or cannot be read, or holds no recipe.
    """
    if os.path.isdir(file):
        file = in_folder(file)[0]
    text = _written(file) if file.suffix.lower() == ".toml" else read(file)
    try:
        return from_toml(text)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error


def handed_on(source: Path) -> str | None:
    """The text of the recipe that frames carry which are encoded anew; None if they carry none."""
    try:
        pattern = is_pattern(source) and not os.path.exists(source)
        file = by_pattern(source, ignore)[0] if pattern else source
        text = to_toml(recipe_of(file))
    except InputError:
        return None
    return text if len(text.encode()) <= LARGEST else None


def _written(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1).decode()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"{file} is no text") from error
