"""Results: the films and pictures in the studio's folder, identified by opaque ids."""

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

from dreamvid.errors import InputError, write_error
from dreamvid.studio.folder import Studio

TYPES = {
    ".mp4": "video/mp4", ".mov": "video/quicktime", ".mkv": "video/x-matroska", ".webm": "video/webm",
    ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".png": "image/png", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff",
}
"""Suffix → media type. Only files with these suffixes are served."""

_TRASHED = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Result:
    """A result.

    Attributes:
        id: its opaque id.
        path: its file.
        bytes, at: its size, and its time of modification in seconds since 1970.
    """

    id: str
    path: Path
    bytes: int
    at: float

    @property
    def type(self) -> str:
        """Its media type."""
        return TYPES[self.path.suffix.lower()]

    def summary(self) -> dict[str, Any]:
        """What the page shows of it, as plain data without paths."""
        return {"id": self.id, "name": self.path.name, "bytes": self.bytes, "at": self.at, "type": self.type,
                "version": f"{self.at:.3f}-{self.bytes}"}


def results(studio: Studio) -> list[Result]:
    """All results, the latest first. Links, folders and hidden files are left out."""
    with os.scandir(studio.folder) as entries:
        found = [one for entry in entries if (one := _result(studio, entry)) is not None]
    return sorted(found, key=lambda one: (-one.at, one.path.name))


def _result(studio: Studio, entry: os.DirEntry[str]) -> Result | None:
    path = studio.folder / entry.name
    if entry.name.startswith(".") or path.suffix.lower() not in TYPES:
        return None
    try:
        known = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return Result(_id(studio, entry.name), path, known.st_size, known.st_mtime) if S_ISREG(known.st_mode) else None


@lru_cache(maxsize=16384)
def _id(studio: Studio, name: str) -> str:
    return hashlib.sha256(f"{studio.folder}\0{name}".encode("utf-8", "surrogateescape")).hexdigest()[:20]


def find(studio: Studio, result_id: str) -> Result:
    """A result by its id.

    Raises:
        InputError: no result has this id.
    """
    with os.scandir(studio.folder) as entries:
        for entry in entries:
            if _id(studio, entry.name) == result_id and (one := _result(studio, entry)) is not None:
                return one
    raise InputError("this result no longer exists")


def discard(studio: Studio, result: Result) -> str:
    """Moves a result into the trash. Returns the id with which `restore` brings it back."""
    trashed = secrets.token_hex(8)
    folder = studio.trash / trashed
    try:
        folder.mkdir()
        (folder / "name.json").write_text(json.dumps(result.path.name), "utf-8")
        result.path.rename(folder / f"result{result.path.suffix}")
    except OSError as error:
        raise write_error(result.path, error) from error
    return trashed


def restore(studio: Studio, trashed: str) -> None:
    """Moves a result back from the trash.

    Raises:
        InputError: it is not in the trash, or another result has its name.
    """
    folder = studio.trash / trashed if _TRASHED.fullmatch(trashed) else None
    if folder is None or not folder.is_dir():
        raise InputError("this is not in the trash")
    target = studio.folder / json.loads((folder / "name.json").read_text("utf-8"))
    if target.exists():
        raise InputError(f"{target.name} is taken by another result")
    next(folder.glob("result.*")).rename(target)
    (folder / "name.json").unlink()
    folder.rmdir()
