"""A cache on disk for small values, by key. Entries may be missing or damaged."""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs

VARIABLE = "DREAMVID_CACHE"
"""The environment variable for another folder than the user's cache folder. If it is empty, nothing is cached."""

MOST = 2000
"""Files that the cache may hold; beyond that, the older half is deleted."""


def get(key: str) -> Any | None:
    """The cached value of a key, as JSON gives it; None if it is missing or damaged."""
    path = _path(key)
    if path is None:
        return None
    try:
        checksum, _, text = path.read_text("utf-8").partition("\n")
        return json.loads(text)["value"] if checksum == _checksum(key, text) else None
    except (OSError, ValueError):
        return None


def put(key: str, value: object, *, most: int = MOST) -> None:
    """Caches a value that JSON can hold. Errors of writing are ignored."""
    path = _path(key)
    if path is None:
        return
    text = json.dumps({"value": value})
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _evict(path.parent, most)
        _write(path, f"{_checksum(key, text)}\n{text}")


def folder() -> Path | None:
    """The folder of the cache; None if nothing is cached."""
    named = os.environ.get(VARIABLE)
    if named == "":
        return None
    try:
        return Path(named) if named else platformdirs.user_cache_path("dreamvid", appauthor=False)
    except (OSError, RuntimeError):  # no home folder
        return None


def _path(key: str) -> Path | None:
    kept = folder()
    return None if kept is None else kept / f"{hashlib.sha256(key.encode(errors='replace')).hexdigest()}.json"


def _checksum(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\n{text}".encode(errors="replace")).hexdigest()


def _write(path: Path, text: str) -> None:
    """Writes a file atomically."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(text)
            file.close()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _evict(kept: Path, most: int) -> None:
    paths = list(kept.glob("*.json"))
    if len(paths) < most:
        return
    for path in sorted(paths, key=lambda path: path.stat().st_mtime)[: most // 2]:
        path.unlink(missing_ok=True)
