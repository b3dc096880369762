"""What is cached is found again, and whatever happens to the cache does no harm."""

import os
import time
from pathlib import Path

import pytest

from dreamvid.media import cache
from dreamvid.media.fingerprint import LARGE, fingerprint


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own cache folder, which does not exist yet."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "some" / "cache"))
    return tmp_path / "some" / "cache"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A large file that was changed a minute ago."""
    path = tmp_path / "large"
    path.write_bytes(b"a" * LARGE)
    age(path)
    return path


def age(path: Path, seconds: float = 60) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def rewrite(path: Path, letter: bytes) -> None:
    """Changes the content, and nothing by which a change is recognised."""
    facts = path.stat()
    path.write_bytes(letter * facts.st_size)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize("value", [1, "text", [1, [2, []]], {"a": [None, 0.5]}])
def test_a_value_is_found_by_its_key(folder: Path, value: object) -> None:
    assert cache.get("key") is None
    cache.put("key", value)
    assert cache.get("key") == value
    assert cache.get("other key") is None
    cache.put("key", "new")
    assert cache.get("key") == "new"
    assert [path.suffix for path in folder.iterdir()] == [".json"]


def test_any_damage_is_no_value(folder: Path) -> None:
    cache.put("key", "a" * 30)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    for at in range(0, len(whole), 3):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at] + b"\xff"):
            file.write_bytes(damaged)
            assert cache.get("key") is None
    file.unlink()
    file.mkdir()
    assert cache.get("key") is None
    cache.put("key", 1)


def test_a_value_is_not_taken_for_that_of_another_key(folder: Path) -> None:
    cache.put("one", 1)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    cache.put("two", 2)
    for path in folder.iterdir():
        path.write_bytes(content)
    assert (cache.get("one"), cache.get("two")) == (1, None)


def test_nothing_is_kept_where_nothing_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    for folder in ("", "/proc/none", str(tmp_path / "file"), str(tmp_path / "file" / "cache")):
        monkeypatch.setenv(cache.VARIABLE, folder)
        cache.put("key", 1)
        assert cache.get("key") is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_without_the_variable_it_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.put("key", 1)
    assert len(list((tmp_path / "dreamvid").iterdir())) == 1


def test_the_cache_does_not_grow_for_ever(folder: Path) -> None:
    for n in range(25):
        cache.put(str(n), n, most=10)
    assert len(list(folder.iterdir())) <= 10
    assert cache.get("24") == 24


def test_a_large_file_is_hashed_once(folder: Path, large: Path) -> None:
    before = fingerprint(large)
    rewrite(large, b"b")
    assert fingerprint(large) == before
    age(large, 30)
    after = fingerprint(large)
    assert after != before
    large.write_bytes(large.read_bytes() + b"c")
    age(large, 30)
    assert fingerprint(large) not in (before, after)


def test_a_file_that_takes_anothers_place_is_hashed(folder: Path, large: Path) -> None:
    before = fingerprint(large)
    other = large.with_name("other")
    other.write_bytes(b"b" * LARGE)
    os.utime(other, ns=(large.stat().st_atime_ns, large.stat().st_mtime_ns))
    other.replace(large)
    assert fingerprint(large) != before


def test_small_files_are_always_read(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "small"
    path.write_bytes(b"a" * (LARGE - 1))
    age(path)
    before = fingerprint(path)
    rewrite(path, b"b")
    assert fingerprint(path) != before
    assert not folder.exists()


@pytest.mark.parametrize("seconds", [0, 1, -60])
def test_a_file_that_was_just_changed_is_not_remembered(folder: Path, large: Path, seconds: float) -> None:
    age(large, seconds)
    before = fingerprint(large)
    rewrite(large, b"b")
    assert fingerprint(large) != before


def test_a_damaged_cache_does_not_change_a_hash(folder: Path, large: Path) -> None:
    before = fingerprint(large)
    for file in folder.iterdir():
        file.write_text(file.read_text().replace(before, "0" * 64))
    assert fingerprint(large) == before
