"""The names of ImageNet's thousand classes."""

from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from dreamvid.errors import SettingError

NAMES = Path(__file__).with_name("imagenet_classes.txt")
CLASSES = 1000


def class_index(text: str) -> int:
    """The index of a class, from its index or any of its names: '281', 'tabby', 'tabby cat'.

    A class whose first name it is comes before those that are also called so.

    Raises:
        SettingError: there is no such class, with near names; or several have the name, with their indices.
    """
    if text.isdecimal():
        if int(text) < CLASSES:
            return int(text)
        raise SettingError(f"--class is {text}; it must be 0 to {CLASSES - 1}, or a name")
    name, known = text.strip().lower(), _by_name()
    called = known.get(name, ())
    found = [index for index in called if class_names(index).lower().split(", ")[0] == name] or called
    if len(found) == 1:
        return found[0]
    if found:
        raise SettingError(f"--class is {text!r}, which {len(found)} classes are called: give {_either(found)}")
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    raise SettingError(f"--class is {text!r}; {'near names are ' + ', '.join(near) if near else 'no name is near it'}")


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
