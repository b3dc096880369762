"""Makes a result again from the recipe that it carries."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from dreamvid import __version__
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Observe, Warn, ignore
from dreamvid.pipeline.atlas import Atlas, atlas
from dreamvid.pipeline.clip import clip
from dreamvid.pipeline.film import Rendered
from dreamvid.pipeline.image import Dreamed, image
from dreamvid.pipeline.loop import loop
from dreamvid.pipeline.recipe import recipe_of
from dreamvid.pipeline.zoom import zoom
from dreamvid.recipe import Input, Recipe, file_keys
from dreamvid.settings import (
    COMMANDS,
    Settings,
    build,
    from_table,
    key_of,
    keys_of,
    leaves,
    near,
    option_of,
    parsed,
    spec_of,
    to_table,
)
from dreamvid.video.fingerprint import fingerprint
from dreamvid.video.formats import CONTAINERS
from dreamvid.video.still import STILL_SUFFIXES, pictures_in

Made = Rendered | Dreamed | Atlas

_MAIN = ("picture", "clip")  # the roles of what a command is given, not a setting


def rerun(
    file: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    *,
    source: str | os.PathLike[str] | None = None,
    changes: Mapping[str, str] | None = None,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Made:
    """Renders a result again: with the same versions and machine, its frames are the same.

    Args:
        file: a result that carries its recipe, or a .toml file that is one.
        output: as for the command that made the result; without it `NAME-rerun` in the current folder, in its format.
        source: the picture or clip; without it, one of its name in the current folder, or beside `file`.
        changes: settings that shall be others, by key, as text: {"frames": "600"}.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        InputError: there is no recipe, or an input of it is not found, or is another file than it was.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    recipe, path = recipe_of(Path(file)), Path(file)
    wanted = _parsed(COMMANDS[recipe.command], changes or {})
    settings = _settings(recipe, path, wanted, warn)
    start = _start(recipe, path, Path(source) if source is not None else None, warn)
    if recipe.version != __version__:
        warn(f"{path} was made by dreamvid {recipe.version}, and this is {__version__}; the frames may differ")
    made = _make(recipe.command, start, output or _name(path, recipe), settings,
                 overwrite=overwrite, observe=observe, warn=warn)
    if made.weights != recipe.weights:
        warn(f"the weights of {made.network} are others than those that {path} was made with; the frames differ")
    return made


def _make(command: str, start: Path | None, output: str | os.PathLike[str] | None, settings: Settings, *,
          overwrite: bool, observe: Observe, warn: Warn) -> Made:
    films: dict[str, Callable[..., Rendered]] = {"zoom": zoom, "clip": clip, "loop": loop}
    given: dict[str, Any] = {"overwrite": overwrite, "observe": observe, "warn": warn}
    if command == "layers":
        return atlas(start, output, cast(Any, settings), **given)
    if command == "image":
        return list(image([start] if start else [], output, cast(Any, settings), **given))[-1]
    return films[command](start, output, settings, **given)


def _parsed(kind: type[Settings], changes: Mapping[str, str]) -> dict[str, Any]:
    """The changes as values of their settings, by key."""
    known = keys_of(kind)
    wanted = {}
    for written, text in changes.items():
        key = written.replace("-", "_")
        if key not in known:
            raise SettingError(f"there is no setting {written!r} of this command{near(key, known)}")
        value_type, item = known[key]
        wanted[key] = parsed(option_of(item), value_type, text) if text or item.default is not None else ""
    return wanted


def _settings(recipe: Recipe, file: Path, wanted: dict[str, Any], warn: Warn) -> Settings:
    """The recipe's settings with the changes, and with the files that they name where they are found."""
    kind = COMMANDS[recipe.command]
    try:
        build(kind, from_table(kind, recipe.settings))
        aside = {name for key in wanted for name in spec_of(keys_of(kind)[key][1]).replaces}
        kept = {key: value for key, value in _chosen(kind, recipe.settings).items()
                if keys_of(kind)[key][1].name not in aside}
        table = {key: value for key, value in (kept | wanted).items() if value != ""}
    except SettingError as error:
        raise InputError(f"{file}: {error}") from error
    for role in file_keys(build(kind, from_table(kind, table))):
        if role not in wanted:
            table[role] = str(_found(role, recipe.inputs[role], file))
        elif role in recipe.inputs:
            _say_other(recipe.inputs[role], Path(str(wanted[role])), role, warn)
    return build(kind, from_table(kind, table))


def _chosen(kind: type[Settings], table: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without those that follow from others, as the steps do from the quality: a change fills them anew.

    Where this dreamvid would fill them otherwise than the one that wrote the recipe, they stay.
    """
    open_keys = {key_of(item) for _, item in leaves(kind) if item.default is None}
    fixed = {key: value for key, value in table.items() if key not in open_keys}
    followed = to_table(build(kind, from_table(kind, fixed)))
    return {key: value for key, value in table.items() if key in fixed or followed.get(key) != value}


def _start(recipe: Recipe, file: Path, given: Path | None, warn: Warn) -> Path | None:
    """The picture or clip to begin with; None for noise."""
    role = next((role for role in _MAIN if role in recipe.inputs), None)
    if role is None:
        if given is not None:
            raise SettingError(f"--input is {given}, but {file} was made of noise; leave it out")
        if recipe.command not in ("image", "layers"):
            raise InputError(f"{file}: the recipe names no picture or clip")
        return None
    if given is None:
        return _found(role, recipe.inputs[role], file)
    _say_other(recipe.inputs[role], given, role, warn)
    return given


def _say_other(known: Input, given: Path, role: str, warn: Warn) -> None:
    if fingerprint(given) != known.sha256:
        warn(f"{given} is another {role} than {known.name} was; the frames will differ")


def _found(role: str, known: Input, file: Path) -> Path:
    """An input by its name, in the current folder or beside the result, if it is the same still."""
    option = "--input PATH" if role in _MAIN else f"--set {role}=PATH"
    seen = None
    for folder in dict.fromkeys((Path(), file.parent)):
        path = folder / known.name
        try:
            if fingerprint(path) == known.sha256:
                return path
            seen = path
        except InputError:
            continue
    if seen is not None:
        raise InputError(f"{seen} is another {role} than {file} was made of; give the right one, or this, by {option}")
    raise InputError(f"the {role} {known.name} is neither in the current folder nor beside {file}; give it by {option}")


def _name(file: Path, recipe: Recipe) -> str | None:
    """The output's name, of the same format as a result; None for the command's own."""
    suffix = file.suffix.lower()
    if recipe.command in ("image", "layers"):
        return f"{file.stem}-rerun{file.suffix}" if suffix in STILL_SUFFIXES else None
    if suffix in STILL_SUFFIXES and (pictures_in(file) or 1) == 1:
        return f"{file.resolve().parent.name}-rerun/%06d{file.suffix}"
    return f"{file.stem}-rerun{file.suffix}" if suffix in CONTAINERS else None
