"""Uploaded files. Each has its own folder, whose name is the file's id."""

import re
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from dreamvid.errors import InputError, ResourceError, write_error
from dreamvid.studio.folder import Studio

LARGEST = 4 << 30
"""The largest upload, in bytes."""

ROOM = 500_000_000
"""Bytes of disk space that uploads leave free."""

_ID = re.compile(r"[0-9a-f]{16}")
_ODD = re.compile(r"[^\w.,()+ -]")


def name_of(wanted: str) -> str:
    """A safe name for an uploaded file: no folder, not hidden, no `%`, at most 100 bytes."""
    last = re.split(r"[\\/]", wanted)[-1]
    plain = _ODD.sub("_", last).strip(" .-") or "file"
    stem, dot, suffix = plain.rpartition(".")
    stem, suffix = (stem, dot + suffix[:10]) if stem else (plain, "")
    while len((stem + suffix).encode()) > 100:
        stem = stem[:-1]
    return (stem or "file") + suffix


def find(studio: Studio, file_id: object) -> Path:
    """A file by its id.

    Raises:
        InputError: no file has this id.
    """
    found = _file_in(studio.uploads / file_id) if isinstance(file_id, str) and _ID.fullmatch(file_id) else None
    if found is None:
        raise InputError("this file no longer exists; drop it again")
    return found


def files(studio: Studio) -> list[Path]:
    """All uploaded files."""
    found = (_file_in(folder) for folder in studio.uploads.iterdir() if _ID.fullmatch(folder.name))
    return [path for path in found if path is not None]


def _file_in(folder: Path) -> Path | None:
    """The uploaded file in its folder, which may also hold hidden files such as thumbnails; None if it is missing."""
    here = folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ()
    return next((path for path in here if not path.name.startswith(".") and path.is_file() and not path.is_symlink()),
                None)


async def receive(
    studio: Studio, name: str, length: int, parts: AsyncIterator[bytes], *, largest: int = LARGEST, room: int = ROOM
) -> str:
    """Stores an upload, part by part, and returns its id.

    Args:
        name: the name from the request, untrusted.
        length: the announced length in bytes; 0 if unknown.
        parts: the content.
        largest: the largest upload, in bytes.
        room: bytes of disk space that are left free.

    Raises:
        InputError: the file is empty or too large.
        ResourceError: there is not enough disk space.
        OutputError: the file cannot be written.
    """
    free = shutil.disk_usage(studio.uploads).free - room
    if length > largest:
        raise InputError(f"the file has {length / 1e9:.1f} GB, and the page takes {largest / 1e9:.1f} GB; "
                         "the command line takes any")
    if length > free:
        raise ResourceError(f"the disk has no room for {length / 1e6:.0f} MB more")
    folder = studio.uploads / secrets.token_hex(8)
    part, size = folder / ".part", 0
    try:
        folder.mkdir()
        with part.open("wb") as file:
            async for data in parts:
                size += len(data)
                if size > min(largest, free):
                    raise ResourceError(f"the file is larger than {min(largest, free) / 1e6:.0f} MB")
                file.write(data)
        if not size:
            raise InputError("the file is empty")
        part.rename(folder / name_of(name))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise write_error(folder / name_of(name), error) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder.name


def keep(studio: Studio, path: Path) -> str:
    """Adds a result to the uploads, and returns its id. It is a hard link where possible, otherwise a copy."""
    folder = studio.uploads / secrets.token_hex(8)
    folder.mkdir()
    try:
        (folder / path.name).hardlink_to(path)
    except OSError:
        shutil.copyfile(path, folder / path.name)
    return folder.name
