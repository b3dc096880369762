"""Finds the input files of a plan or a recipe by name and content."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from dreamvid.errors import InputError, SettingError, named
from dreamvid.events import Warn
from dreamvid.media.fingerprint import fingerprint
from dreamvid.recipe import Input

MAIN = ("picture", "clip")
"""Roles of a command's main input, which is an argument rather than a setting."""


def find_inputs(
    wanted: Mapping[str, Input], given: Mapping[str, Path], file: Path
) -> dict[str, Path]:
    """Finds all inputs; returns role → path.

    Args:
        wanted: the inputs of a plan or a recipe.
        given: role → path, for inputs whose path was given.
        file: the plan, or the result with the recipe; inputs are also looked for beside it.

    Raises:
        InputError: one is neither in the current folder nor beside the file, or differs from what was planned.
        SettingError: a role is given that the plan does not have.
    """
    for role in given.keys() - wanted.keys():
        raise SettingError("input", role, f"{file} has the inputs {', '.join(wanted)}")
    return {role: _same(known, given[role], role) if role in given
            else find_input(known, role, file, f"{named('input')} {role}=PATH")
            for role, known in wanted.items()}


def _same(known: Input, given: Path, role: str) -> Path:
    """The given file; refuses one that differs from the planned file, since the frames would differ."""
    if fingerprint(given) != known.sha256:
        raise InputError(f"{given} differs from the {role} {known.name} that was planned; plan the film again")
    return given


def checked(known: Input, given: Path, role: str, warn: Warn) -> Path:
    """The given file; warns if its content differs from the recorded one."""
    if fingerprint(given) != known.sha256:
        warn(f"{given} differs from the {role} {known.name} that was used; the frames will differ")
    return given


def find_input(known: Input, role: str, file: Path, option: str) -> Path:
    """Finds an input by name in the current folder or beside `file`, and checks that its content is unchanged."""
    seen = None
    for folder in _folders(file):
        path = folder / known.name
        try:
            if fingerprint(path) == known.sha256:
                return path
            seen = path
        except InputError:
            continue
    if seen is not None:
        raise InputError(f"{seen} differs from the {role} that {file} was made of; give the right one, or this, "
                         f"by {option}")
    raise InputError(f"the {role} {known.name} is neither in the current folder nor beside {file}; give it by {option}")


def _folders(file: Path) -> Iterable[Path]:
    return dict.fromkeys((Path(), file.parent))
