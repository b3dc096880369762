"""ImageNet's thousand classes by their names, and by everyday words for several of them."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dreamvid.errors import SettingError
from dreamvid.settings.spec import near

GROUPS: dict[str, str] = tomllib.loads(Path(__file__).with_name("class_groups.toml").read_text("utf-8"))
"""Word → its classes, as numbers and ranges of numbers."""


@cache
def group(word: str) -> tuple[int, ...]:
    """The indices of the classes that a word stands for; none if it is no such word."""
    ranges = [part.split("-") for part in GROUPS.get(word, "").split()]
    return tuple(index for bounds in ranges for index in range(int(bounds[0]), int(bounds[-1]) + 1))


NAMES = Path(__file__).with_name("imagenet_classes.txt")
CLASSES = 1000


def classes_called(text: str) -> tuple[int, ...]:
    """The classes that a text names: an index, any of a class's names, or an everyday word: '281', 'tabby', 'cat'.

    A class whose first name it is comes before those that are also called so, and before an everyday word.

    Raises:
        SettingError: there is no such class, and the message suggests similar names; or several classes have the name.
    """
    if text.isdecimal():
        if int(text) < CLASSES:
            return (int(text),)
        raise SettingError("class", int(text), f"it must be 0 to {CLASSES - 1}, or a name")
    name, known = text.lower(), _by_name()
    called = known.get(name, ())
    found = [index for index in called if class_names(index).lower().split(", ")[0] == name] or called
    if len(found) == 1:
        return (found[0],)
    if of_word := group(name):
        return of_word
    if found:
        raise SettingError("class", text, f"{len(found)} classes have that name: give {_either(found)}")
    hint = near(name, [*GROUPS, *known], 0.5) or "; `dreamvid classes` lists them"
    raise SettingError("class", text, f"there is no such class{hint}")


def classes_with(word: str) -> list[int]:
    """The classes with a name in which a word begins so, and those of the everyday word that it is."""
    begins = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE)
    return [index for index, names in enumerate(_lines()) if begins.search(names) or index in group(word.lower())]


def class_names(index: int) -> str:
    """All names of a class, separated by commas."""
    return _lines()[index]


@cache
def _lines() -> tuple[str, ...]:
    return tuple(line for line in NAMES.read_text("utf-8").splitlines() if not line.startswith("#"))


@cache
def _by_name() -> dict[str, tuple[int, ...]]:
    """Name, in small letters → the classes that are called so."""
    indices: defaultdict[str, list[int]] = defaultdict(list)
    for index, names in enumerate(_lines()):
        for name in names.lower().split(", "):
            indices[name].append(index)
    return {name: tuple(found) for name, found in indices.items()}


def _either(indices: Sequence[int]) -> str:
    return " or ".join(f"{index} ({class_names(index)})" for index in indices)
