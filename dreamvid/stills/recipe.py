"""Makes the recipes that results carry, and reads them back."""

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
    """A recipe as text; None, with a warning, if it is too long."""
    text = to_toml(recipe)
    if len(text.encode()) <= LARGEST:
        return text
    warn(f"the recipe has more than {LARGEST:,} bytes and is left out of the result")
    return None


def recipe_text(
    command: str, settings: ImageSettings | AtlasSettings, inputs: Mapping[str, Path], weights: str, warn: Warn
) -> str | None:
    """The text of a picture's recipe; None if the settings exclude recipes, or it is too long.

    Args:
        command: a name in `settings.COMMANDS`.
        inputs: role → input file, besides the files named in the settings.
        weights: SHA-256 of the network's weights, in hexadecimal.
        warn: called if the recipe is too long.

    Raises:
        InputError: an input can no longer be read.
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
    """The name of the network in a command's settings."""
    return str(recorded(settings)["network"])


def recipe_of(file: Path) -> Recipe:
    """Reads the recipe of a result, of a .toml file, or of the first picture in a folder.

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


def copied_recipe(source: Path) -> str | None:
    """The text of the recipe of frames that are encoded again; None if they have none."""
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
        raise InputError(f"{file} is not text") from error
