"""Names of ImageNet's classes."""

import pytest

from dreamvid.dream.networks.classes import (
    CLASSES,
    GROUPS,
    class_names,
    classes_called,
    classes_with,
    group,
)
from dreamvid.errors import SettingError


def test_there_are_a_thousand_with_names() -> None:
    assert all(class_names(index) for index in range(CLASSES))


@pytest.mark.parametrize(("text", "index"), [
    ("281", 281), ("tabby cat", 281), ("Tabby", 281), ("Egyptian cat", 285), ("goldfish", 1), ("tench", 0),
    ("jellyfish", 107), ("golden retriever", 207), ("tiger", 292), ("espresso", 967), ("coral reef", 973),
    ("daisy", 985), ("missile", 657), ("toilet tissue", 999),
])
def test_names_and_numbers_are_found(text: str, index: int) -> None:
    assert classes_called(text) == (index,)


@pytest.mark.parametrize("index", range(0, CLASSES, 37))
def test_first_names_lead_back_or_are_said_to_be_shared(index: int) -> None:
    name = class_names(index).split(", ")[0]
    try:
        (found,) = classes_called(name)
    except SettingError as error:
        found = index if f"{index} ({name}" in str(error) else None
    assert found == index


@pytest.mark.parametrize(("text", "says"), [
    ("tabbi cat", "did you mean tabby cat"), ("crane", r"134 \(crane\) or 517 \(crane\)"), ("1000", "0 to 999"),
    ("qqqqqqqq", "dreamvid classes"), ("", "dreamvid classes"), ("-1", "no such class"),
])
def test_what_is_no_class_is_told(text: str, says: str) -> None:
    with pytest.raises(SettingError, match=rf"class is .*{says}"):
        classes_called(text)


@pytest.mark.parametrize("word", GROUPS)
def test_everyday_words_stand_for_classes_and_hide_no_name(word: str) -> None:
    found = classes_called(word)
    assert found == group(word) == tuple(dict.fromkeys(found))
    assert all(0 <= index < CLASSES for index in found)


def test_everyday_words_stand_for_what_they_say() -> None:
    for word, name in (("dog", "golden retriever"), ("cat", "Persian cat"), ("bird", "robin"), ("snake", "sidewinder"),
                       ("spider", "tarantula"), ("car", "minivan"), ("fruit", "lemon"), ("food", "pizza"),
                       ("building", "castle"), ("boat", "gondola"), ("flower", "daisy"), ("panda", "giant panda")):
        assert classes_called(name)[0] in classes_called(word)


def test_classes_are_found_by_words_in_their_names() -> None:
    assert len(classes_with("")) == CLASSES
    assert 281 in classes_with("Tabby")
    assert set(group("dog")) <= set(classes_with("dog"))
    assert classes_with("iger") == []
