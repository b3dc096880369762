"""The folder of a studio. It holds the results; its subfolder `.studio` holds jobs, uploads and thumbnails."""

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dreamvid.errors import OutputError, write_error

INSIDE = ".studio"
"""The subfolder for everything that is not a result."""


@dataclass(frozen=True)
class Studio:
    """A studio's folder."""

    folder: Path

    @property
    def inside(self) -> Path:
        """The subfolder for everything that is not a result."""
        return self.folder / INSIDE

    @property
    def jobs(self) -> Path:
        """The folder of the jobs."""
        return self.inside / "jobs"

    @property
    def uploads(self) -> Path:
        """The folder of uploaded files."""
        return self.inside / "uploads"

    @property
    def small(self) -> Path:
        """The folder of the results' thumbnails; it may be deleted at any time."""
        return self.inside / "small"

    @property
    def trash(self) -> Path:
        """The folder of deleted results."""
        return self.inside / "trash"


def open_studio(folder: Path | None = None) -> Studio:
    """Opens the studio in a folder, which is created if missing. The default is `dreamvid` in the user's videos folder.

    Raises:
        OutputError, ResourceError: the folder cannot be made or written.
    """
    studio = Studio((folder if folder is not None else _usual()).absolute())
    try:
        for each in (studio.jobs, studio.uploads, studio.small, studio.trash):
            each.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(studio.folder, error) from error
    if not os.access(studio.jobs, os.W_OK):
        raise OutputError(f"{studio.folder} cannot be written")
    return studio


def _usual() -> Path:
    from platformdirs import user_videos_path

    return user_videos_path() / "dreamvid"


def put_json(path: Path, value: Any, *, mode: int = 0o666) -> None:
    """Writes JSON into a file atomically.

    Args:
        mode: the permissions of a new file, before the umask.

    Raises:
        OutputError, ResourceError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise write_error(path, error) from error


def get_json(path: Path) -> Any:
    """The JSON in a file; None if it is missing or damaged. It is cached until the file changes."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return _read(path, (found.st_ino, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=8192)
def _read(path: Path, _: object) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
