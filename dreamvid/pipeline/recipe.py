"""The recipe of a render, made when everything is loaded, and looked for in its results."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dreamvid import __version__
from dreamvid.errors import InputError
from dreamvid.events import Warn, ignore
from dreamvid.recipe import LARGEST, Input, Recipe, file_keys, from_toml, name_of, recorded, to_toml
from dreamvid.settings import AtlasSettings, ClipSettings, ImageSettings, LoopSettings, ZoomSettings, to_table
from dreamvid.video.fingerprint import fingerprint
from dreamvid.video.folder import is_pattern
from dreamvid.video.metadata import read
from dreamvid.video.pictures import by_pattern, in_folder
from dreamvid.video.target import is_folder, is_there

if TYPE_CHECKING:
    from dreamvid.dream.networks.network import Network

CommandSettings = ZoomSettings | ClipSettings | LoopSettings | ImageSettings | AtlasSettings


def recipe_for(
    command: str, settings: CommandSettings, inputs: Mapping[str, Path], network: "Network | None"
) -> Recipe:
    """The recipe of a render.

    Args:
        command: a name in `recipe.COMMANDS`.
        inputs: what is read, by its role, beside the files that the settings name.
        network: the network, loaded; None if nothing is dreamed.

    Raises:
        InputError: an input cannot be read any more.
    """
    table = to_table(settings)
    files = dict(inputs) | {key: Path(str(table[key])) for key in file_keys(settings)}
    return Recipe(
        command=command, settings=recorded(settings), network=network.name if network else "none",
        weights=network.digest if network else "",
        inputs={role: Input(name_of(path), fingerprint(path)) for role, path in files.items()}, version=__version__,
    )


def carried(recipe: Recipe, settings: CommandSettings, warn: Warn) -> str | None:
    """The text of the recipe that a result of these settings carries; None if it shall carry none, or it is too long.

    Args:
        warn: is told if it is too long to be carried.
    """
    if not settings.result.recipe:
        return None
    text = to_toml(recipe)
    if len(text.encode()) <= LARGEST:
        return text
    warn(f"the recipe has more than {LARGEST:,} bytes and is left out of the result")
    return None


def recipe_text(
    command: str, settings: CommandSettings, inputs: Mapping[str, Path], network: "Network", warn: Warn
) -> str | None:
    """`carried` of `recipe_for`, for results of which nothing else needs the recipe."""
    return carried(recipe_for(command, settings, inputs, network), settings, warn)


def recipe_of(file: Path) -> Recipe:
    """The recipe that a result carries, or that a .toml file is; of a folder of pictures, the first one's.

    Raises:
        InputError: the file is missing or cannot be read, or holds no recipe.
    """
    if is_folder(file):
        file = in_folder(file)[0]
    text = _written(file) if file.suffix.lower() == ".toml" else read(file)
    try:
        return from_toml(text)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error


def handed_on(source: Path) -> str | None:
    """The text of the recipe that frames carry which are encoded anew; None if they carry none."""
    try:
        pattern = is_pattern(source) and not is_there(source)
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
