"""Names of ImageNet's classes."""

import pytest

from dreamvid.dream.networks.classes import CLASSES, class_index, class_names
from dreamvid.errors import SettingError


def test_there_are_a_thousand_with_names() -> None:
    assert all(class_names(index) for index in range(CLASSES))


@pytest.mark.parametrize(("text", "index"), [
    ("281", 281), ("tabby cat", 281), ("Tabby", 281), ("Egyptian cat", 285), ("goldfish", 1), ("tench", 0),
    ("jellyfish", 107), ("golden retriever", 207), ("tiger", 292), ("espresso", 967), ("coral reef", 973),
    ("daisy", 985), ("missile", 657), ("toilet tissue", 999),
])
def test_names_and_numbers_are_found(text: str, index: int) -> None:
    assert class_index(text) == index


@pytest.mark.parametrize("index", range(0, CLASSES, 37))
def test_first_names_lead_back_or_are_said_to_be_shared(index: int) -> None:
    name = class_names(index).split(", ")[0]
    try:
        found = class_index(name)
    except SettingError as error:
        found = index if f"{index} ({name}" in str(error) else None
    assert found == index


@pytest.mark.parametrize(("text", "says"), [
    ("tabbi cat", "near names are tabby cat"), ("crane", r"134 \(crane\) or 517 \(crane\)"), ("1000", "0 to 999"),
    ("qqqqqqqq", "no name is near"), ("", "no name is near"), ("-1", "near"),
])
def test_what_is_no_class_is_told(text: str, says: str) -> None:
    with pytest.raises(SettingError, match=rf"--class is .*{says}"):
        class_index(text)
