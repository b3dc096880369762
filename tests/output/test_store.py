"""A store: records that are whole or not there, and files by their content."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamvid.errors import ResumeError
from dreamvid.output.store import FINISHED, Store, text_in, text_of


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path).begin()


def file_of(store: Store, content: bytes) -> str:
    path = store.new_path(".bin")
    path.write_bytes(content)
    return store.name_by_content(path)


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\n")), at=st.integers(0), bit=st.integers(0, 7))
def test_a_records_text_comes_back_and_no_bit_of_it_can_change(text: str, at: int, bit: int) -> None:
    content = bytearray(text_of(text))
    assert text_in(bytes(content)) == text
    content[at % len(content)] ^= 1 << bit
    assert text_in(bytes(content)) in (None, text)


@settings(max_examples=20)
@given(body=st.dictionaries(st.text(max_size=9), st.integers() | st.text(max_size=9) | st.lists(st.booleans())))
def test_records_come_back(store: Store, body: dict[str, object]) -> None:
    store.put("range-1", {"other": 1})
    store.put("range-1", body)
    assert store.get("range-1") == body
    assert store.names("range-") == ["range-1"]
    store.remove("range-1")
    assert store.get("range-1") is None


def test_files_are_named_by_their_content(store: Store) -> None:
    assert file_of(store, b"one") == file_of(store, b"one") != file_of(store, b"other")
    array = np.random.default_rng(0).random((3, 5, 3), np.float32)
    np.testing.assert_array_equal(store.array(store.put_array(array)), array)


def test_what_no_record_needs_is_removed(store: Store) -> None:
    name = file_of(store, b"one")
    store.put("range-1", {"files": [name]})
    file_of(store, b"other")
    store.new_path(".part").write_bytes(b"unfinished")
    for range_ in ("range-1", "range-2"):
        (store.folder / "progress" / f"{range_}.pictures").write_bytes(b"pictures")
    store.collect()
    assert [path.name for path in (store.folder / "files").iterdir()] == [name]
    assert [path.name for path in (store.folder / "progress").iterdir()] == ["range-2.pictures"]


def test_damage_is_found(store: Store) -> None:
    name = file_of(store, b"content")
    store.put("range-1", {"files": [name]})
    store.put("range-2", {"files": []})
    assert list(store.damaged(store.folder)) == []
    store.path(name).write_bytes(b"another")
    record = store.folder / "records" / "range-2.json"
    record.write_bytes(record.read_bytes()[:-9])
    assert list(store.damaged(store.folder)) == [("range-1", store.path(name)), ("range-2", record)]
    with pytest.raises(ResumeError, match="damaged"):
        store.get("range-2")
    with pytest.raises(ResumeError, match="damaged"):
        store.array(name)


def test_nothing_is_left_of_an_emptied_store(store: Store) -> None:
    store.put(FINISHED, {})
    store.put("range-1", {"files": [file_of(store, b"content")]})
    store.empty()
    assert list(store.folder.iterdir()) == []
