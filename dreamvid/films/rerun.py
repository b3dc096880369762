"""Makes a result again from the recipe that it carries."""

from pathlib import Path
from typing import Any, Unpack

from dreamvid import __version__
from dreamvid.calls import calling, settings_in
from dreamvid.errors import InputError, SettingError, named
from dreamvid.events import Caller, Warn, ignore
from dreamvid.films.commands import make
from dreamvid.films.making import Rendered
from dreamvid.films.source import MAIN, checked, find_input
from dreamvid.media.source import open_source
from dreamvid.media.still import STILL_SUFFIXES, pictures_in
from dreamvid.output.formats import CONTAINERS
from dreamvid.recipe import Recipe, dreams_a_second, file_keys
from dreamvid.settings import (
    COMMANDS,
    Settings,
    SourceSettings,
    build,
    effective,
    from_table,
    from_text,
    keys_of,
    preset_rank,
    ranked,
    to_table,
    without_derived,
)
from dreamvid.settings.options import AnyOptions
from dreamvid.settings.precedence import GIVEN, marked
from dreamvid.stills.atlas import Atlas, atlas
from dreamvid.stills.given import PathName
from dreamvid.stills.image import Dreamed, dream_pictures
from dreamvid.stills.recipe import recipe_of

_RECIPE = "recipe"

Made = Rendered | Dreamed | Atlas


def rerun(
    file: PathName, output: PathName | None = None, *, source: PathName | None = None,
    **changes: Unpack[AnyOptions],
) -> Made:
    """Renders a result again: with the same versions and machine, its frames are the same.

    Args:
        file: a result that carries its recipe, or a .toml file that is one.
        output: as for the command that made the result; without it `NAME-rerun` in the current folder, in its format.
        source: the picture or clip; without it, one of its name in the current folder, or beside `file`.
        **changes: settings to change, such as `frames=600` or `quality="fine"`, and `preset`. Text is read
            as on the command line; an empty one unsets. And `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        InputError: there is no recipe, or an input of it is not found, or is another file than it was.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    recipe, path = recipe_of(Path(file)), Path(file)
    with calling(changes) as caller:
        start = _start(recipe, path, Path(source) if source is not None else None, caller.warn)
        recipe = dreams_a_second(recipe, lambda: open_source(start or Path(), SourceSettings(), ignore).fps)
        settings = _settings(recipe, path, settings_in(changes), caller.warn)
        if recipe.version != __version__:
            caller.warn(f"{path} was made by dreamvid {recipe.version}, and this is {__version__}; the frames may "
                        "differ")
        made = _make(recipe.command, start, output or _name(path, recipe), settings, caller)
        if made.weights != recipe.weights:
            caller.warn(f"the weights of {made.network} differ from those that {path} was made with; the frames "
                        "differ")
    return made


def _make(command: str, start: Path | None, output: PathName | None, settings: Any, caller: Caller) -> Made:
    if command == "layers":
        return atlas(start, output, settings, **vars(caller))
    if command == "image":
        return next(dream_pictures([start] if start else [], output, settings, caller))
    assert start is not None  # a film is made of something
    return make(command, start, output, settings, caller)


def _settings(recipe: Recipe, file: Path, changes: dict[str, Any], warn: Warn) -> Settings:
    """The recipe's settings with the changes, and with the files that they name where they are found."""
    kind = COMMANDS[recipe.command]
    look = changes.pop("preset", "")
    wanted = from_text(kind, changes)
    own = {key: value for key, value in _recorded(kind, recipe, file).items() if key not in wanted}
    given = {key: value for key, value in wanted.items() if value != ""}
    ranks = [ranked(from_table(kind, given), GIVEN), preset_rank(kind, look), ranked(from_table(kind, own), _RECIPE)]
    chosen = effective(kind, ranks)
    table = to_table(build(kind, {name: found.value for name, found in chosen.items()}))
    for role in file_keys(build(kind, from_table(kind, table))):
        name = keys_of(kind)[role][1].name
        if name not in chosen or chosen[name].origin == _RECIPE:
            table[role] = str(find_input(recipe.inputs[role], role, file, f"{named('set')} {role}=PATH"))
        elif role in recipe.inputs:
            checked(recipe.inputs[role], Path(str(table[role])), role, warn)
    return marked(build(kind, from_table(kind, table)), chosen)


def _recorded(kind: type[Settings], recipe: Recipe, file: Path) -> dict[str, Any]:
    """The settings that the recipe asks for, checked."""
    try:
        build(kind, from_table(kind, recipe.settings))
        return without_derived(kind, recipe.settings)
    except SettingError as error:
        raise InputError(f"{file}: {error}") from error


def _start(recipe: Recipe, file: Path, given: Path | None, warn: Warn) -> Path | None:
    """The picture or clip to begin with; None for noise."""
    role = next((role for role in MAIN if role in recipe.inputs), None)
    if role is None:
        if given is not None:
            raise SettingError("input", str(given), f"{file} was made of noise; leave it out")
        if recipe.command not in ("image", "layers"):
            raise InputError(f"{file}: the recipe names no picture or clip")
        return None
    if given is None:
        return find_input(recipe.inputs[role], role, file, f"{named('input')} PATH")
    return checked(recipe.inputs[role], given, role, warn)


def _name(file: Path, recipe: Recipe) -> str | None:
    """The output's name, of the same format as a result; None for the command's own."""
    suffix = file.suffix.lower()
    if recipe.command in ("image", "layers"):
        return f"{file.stem}-rerun{file.suffix}" if suffix in STILL_SUFFIXES else None
    if suffix in STILL_SUFFIXES and (pictures_in(file) or 1) == 1:
        return f"{file.resolve().parent.name}-rerun/%06d{file.suffix}"
    return f"{file.stem}-rerun{file.suffix}" if suffix in CONTAINERS else None
