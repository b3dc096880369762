"""ImageNet's thousand classes by their names, and by everyday words for several of them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from math import isfinite
from pathlib import Path

from dreamvid.dream.networks.class_groups import GROUPS, group
from dreamvid.errors import SettingError

NAMES = Path(__file__).with_name("imagenet_classes.txt")
CLASSES = 1000


def class_weights(text: str) -> dict[int, float]:
    """'tiger:0.7,cow' → {292: 0.7, 345: 0.333, 346: 0.333, 347: 0.333}: an everyday word is the mean of its classes.

    Raises:
        SettingError: see `classes_called`; or a weight is no number.
    """
    weights: dict[int, float] = {}
    for part in text.split(","):
        name, _, weight = part.partition(":")
        found = classes_called(name.strip())
        for index in found:
            weights[index] = weights.get(index, 0) + _number(weight, text) / len(found)
    return weights


def _number(weight: str, text: str) -> float:
    try:
        if isfinite(number := float(weight or "1")):
            return number
    except ValueError:
        pass
    raise SettingError("class", text, f"the weight {weight!r} must be a number")


def classes_called(text: str) -> tuple[int, ...]:
    """The classes that a text names: an index, any of a class's names, or an everyday word: '281', 'tabby', 'cat'.

    A class whose first name it is comes before those that are also called so, and before an everyday word.

    Raises:
        SettingError: there is no such class, with near names; or several have the name, with their indices.
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
    near = get_close_matches(name, [*GROUPS, *known], n=3, cutoff=0.5)
    raise SettingError("class", text, f"near names are {', '.join(near)}" if near else "no name is near it")


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
