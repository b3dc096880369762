"""What a worker keeps between tasks: files that were sent or fetched from a shared store, and its last dreamer.

One dreamer is kept, since building one takes seconds, and each takes much memory.
"""

import platform
from collections.abc import Callable, Hashable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dreamvid.errors import InputError
from dreamvid.media.fingerprint import fingerprint
from dreamvid.output.shared import SharedStore

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

D = TypeVar("D", bound="Dreamer | None")
_dreamers: dict[Hashable, "Dreamer | None"] = {}


def kept_dreamer(key: Hashable, build: Callable[[], D]) -> D:
    """The kept dreamer if it has this key; otherwise a new one, which is kept instead.

    Args:
        key: everything that the dreamer depends on.
        build: makes a dreamer; None for a film without dreams.
    """
    if key not in _dreamers:
        _dreamers.clear()
        _dreamers[key] = build()
    return cast("D", _dreamers[key])


def folder() -> Path:
    """The folder of received files. It is deleted with the worker."""
    from distributed import get_worker

    return Path(get_worker().local_directory) / "dreamvid"


def found(file: list[str]) -> Path | None:
    """A received file, or the same file at the client's path if this machine has it there; None if neither exists."""
    digest, name, elsewhere = file
    path = folder() / digest / name
    if path.exists():
        return path
    try:
        return Path(elsewhere) if fingerprint(Path(elsewhere)) == digest else None
    except InputError:
        return None


def here(file: list[str], shared: SharedStore | None = None) -> Path:
    """The path of a file on this machine. It is copied from the shared store, if one is given and it is missing."""
    path = found(file)
    if path is not None:
        return path
    if shared is None:
        raise InputError(f"{file[1]} is not on the worker {platform.node()}")
    digest, name, _ = file
    path = folder() / digest / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{name}.part")
    shared.fetch(f"{digest}{path.suffix}", part)
    return part.replace(path)


def receive(task: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """Writes the next part of a file: `file` (hash, name, client's path), `at` (offset), `last` (true for the last)."""
    digest, name, _ = task["file"]
    path = folder() / digest / name
    part = path.with_name(f"{name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("r+b" if task["at"] else "wb") as file:
        file.seek(task["at"])
        file.write(content)
    if task["last"]:
        with part.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != digest:
                raise InputError(f"{name} did not arrive whole at {platform.node()}")
        part.replace(path)
    return {}
