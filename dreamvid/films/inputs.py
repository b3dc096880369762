"""Finds the files that a plan or a recipe names again, by their names and contents."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from dreamvid.errors import InputError, SettingError, named
from dreamvid.events import Warn
from dreamvid.media.fingerprint import fingerprint
from dreamvid.recipe import Input

MAIN = ("picture", "clip")
"""The roles of what a command is given, which is not a setting."""


def find_inputs(
    wanted: Mapping[str, Input], given: Mapping[str, Path], file: Path
) -> dict[str, Path]:
    """Where the inputs are, by their role.

    Args:
        wanted: the inputs of a plan or a recipe.
        given: where some of them are, as a person says.
        file: the plan, or the result that carries the recipe; inputs may lie beside it.

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
    """The given file, if it has the planned content: a plan of other content has other frames."""
    if fingerprint(given) != known.sha256:
        raise InputError(f"{given} differs from the {role} {known.name} that was planned; plan the film again")
    return given


def checked(known: Input, given: Path, role: str, warn: Warn) -> Path:
    """The file that a person gave; warns if its content differs."""
    if fingerprint(given) != known.sha256:
        warn(f"{given} is another {role} than {known.name} was; the frames will differ")
    return given


def find_input(known: Input, role: str, file: Path, option: str) -> Path:
    """An input by its name, in the current folder or beside a file, if it is the same still."""
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
        raise InputError(f"{seen} is another {role} than {file} was made of; give the right one, or this, by {option}")
    raise InputError(f"the {role} {known.name} is neither in the current folder nor beside {file}; give it by {option}")


def _folders(file: Path) -> Iterable[Path]:
    return dict.fromkeys((Path(), file.parent))
