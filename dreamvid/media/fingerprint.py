"""The hash of an input, which identifies it in any folder."""

import hashlib
import os
import time
from pathlib import Path

from dreamvid.errors import InputError
from dreamvid.media import cache
from dreamvid.media.pictures import by_pattern, in_folder, is_pattern
from dreamvid.recipe import Input, name_of

LARGE = 8 * 2**20
"""Files of at least this many bytes have their hash cached, by path, size and time of modification."""

_SETTLED_AFTER = 2_000_000_000  # nanoseconds


def fingerprint(path: Path) -> str:
    """SHA-256, in hexadecimal, of a file; of a folder of pictures or of numbered ones, of their names and contents.

    Raises:
        InputError: it is missing or cannot be read, or holds no picture.
    """
    if os.path.isdir(path):
        return _of_all(in_folder(path))
    if is_pattern(path) and not os.path.exists(path):
        return _of_all(by_pattern(path, lambda _: None))
    return _of_file(path)


def _of_all(paths: list[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{_of_file(path)} {path.name}\n".encode(errors="replace"))
    return found.hexdigest()


def _of_file(path: Path) -> str:
    try:
        if not os.path.isfile(path):
            raise InputError(f"{path} does not exist")
        before = path.stat()
        if before.st_size < LARGE or not _is_settled(before):
            return _hash(path)
        key = _key(path, before)
        known = cache.get(key)
        if isinstance(known, str):
            return known
        found = _hash(path)
        if _key(path, path.stat()) == key:
            cache.put(key, found)
        return found
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def input_of(path: Path) -> Input:
    """A file, folder or pattern that is read, as a plan and a recipe name it.

    Raises:
        InputError: as `fingerprint`.
    """
    digest = fingerprint(path)
    return Input(name_of(path), digest, path.stat().st_size if path.is_file() else 0)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_settled(facts: os.stat_result) -> bool:
    """Whether a later change would get another modification time; some file systems round it to two seconds."""
    return time.time_ns() - facts.st_mtime_ns > _SETTLED_AFTER


def _key(path: Path, facts: os.stat_result) -> str:
    return f"sha256 {path.absolute()} {facts.st_size} {facts.st_mtime_ns} {facts.st_dev} {facts.st_ino}"
