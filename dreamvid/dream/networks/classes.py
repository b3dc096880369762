"""ImageNet's thousand classes by their names, and by everyday words for several of them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dreamvid.errors import SettingError
from dreamvid.settings.spec import near

GROUPS: dict[str, str] = {
    "fish": "0-6 389-397",
    "shark": "2-4",
    "bird": "7-24 80-100 127-146",
    "parrot": "87-90",
    "owl": "24",
    "salamander": "25-29",
    "frog": "30-32",
    "turtle": "33-37",
    "lizard": "38-48",
    "reptile": "33-68",
    "crocodile": "49-50",
    "snake": "52-68",
    "spider": "72-77",
    "crab": "118-121",
    "lobster": "122-123",
    "whale": "147-148",
    "dog": "151-268",
    "wolf": "269-272",
    "fox": "277-280",
    "cat": "281-285",
    "big cat": "286-293",
    "bear": "294-297",
    "beetle": "300-307",
    "insect": "300-326",
    "butterfly": "321-326",
    "rabbit": "330-332",
    "sheep": "348-350",
    "camel": "354",
    "horse": "339",
    "cow": "345-347",
    "monkey": "365-382",
    "elephant": "385-386",
    "panda": "387-388",
    "flower": "985-986",
    "mushrooms": "947 991-997",
    "fruit": "948-957",
    "vegetable": "936-946",
    "food": "924-935 959-965",
    "drink": "966-967 969",
    "car": "407 436 468 511 609 627 656 661 751 817",
    "truck": "555 569 675 717 864 867",
    "boat": "472 554 576 625 814 871 914",
    "ship": "403 510 628 724 780",
    "airplane": "404 895",
    "train": "466 547 820",
    "bicycle": "444 671",
    "building": "425 483 497 663 668 698 832",
    "bridge": "718 821 839",
    "tower": "437 900",
    "mountain": "970 972 979-980",
    "sea": "973 975-976 978",
    "clock": "409 530 892",
    "guitar": "402 546",
    "instrument": "401-402 420 432 486 513 541 546 558 566 579 593-594 683-684 699 776 875 889",
    "shoe": "502 514 630 770 774",
    "hat": "439 452 515 793 808",
}
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
