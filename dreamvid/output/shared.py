"""A shared store: the finished ranges of one film, in a place that several machines can reach.

It is a folder, or an `fsspec` address such as `s3://bucket/film`. As in a `Store`, a *record* names files by the hash
of their content and is written after them. A record is never replaced: if two processes make the same range, the second
compares its result with the stored one.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dreamvid.errors import DreamvidError, OutputError, ResourceError, ResumeError, SettingError, write_error
from dreamvid.output import disk
from dreamvid.output.store import FILES, RECORDS, Body, text_in, text_of
from dreamvid.output.target import part_of


class SharedStore:
    """Records, and the files that they name.

    Args:
        address: a folder or an `fsspec` address; created if it does not exist.

    Raises:
        SettingError: the kind of address is unknown, or its package is not installed.
        ResumeError: the folder holds other files.
        OutputError, ResourceError: it cannot be reached or written.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._files, self._root, self._is_local = _opened(address)
        with self._reached():
            if self._is_local:
                _refuse_others(Path(self._root))
            for folder in (FILES, RECORDS):
                self._files.makedirs(f"{self._root}/{folder}", exist_ok=True)

    def __str__(self) -> str:
        return self.address

    def get(self, name: str) -> Body | None:
        """A record; None if there is none, or if it is damaged."""
        with self._reached(), suppress(FileNotFoundError):
            text = text_in(self._files.cat_file(self._record(name)))
            return loads(text) if text is not None else None
        return None

    def add(self, name: str, body: Body) -> Body:
        """Writes a record unless it exists, and returns the stored one."""
        for _ in range(3):
            if self._create(name, text_of(dumps(body, sort_keys=True))):
                return loads(dumps(body))
            found = self.get(name)
            if found is not None:
                return found
            self.remove(name)  # it is damaged
        raise OutputError(f"{self.address} cannot hold the record {name}")

    def _create(self, name: str, content: bytes) -> bool:
        """Writes a record atomically; False if it exists."""
        if self._is_local:
            return disk.write_whole(Path(self._record(name)), content, durable=True, overwrite=False)
        with self._reached(), suppress(FileExistsError):
            self._files.pipe_file(self._record(name), content, mode="create")
            return True
        return False

    def remove(self, name: str) -> None:
        """Removes a record, so that its content is made again."""
        with self._reached(), suppress(FileNotFoundError):
            self._files.rm_file(self._record(name))

    def names(self, prefix: str) -> list[str]:
        """The names of the records that begin with a prefix, in order."""
        with self._reached(), suppress(FileNotFoundError):  # stores of objects know no empty folder
            self._files.invalidate_cache()  # other machines may have added files
            paths = map(Path, self._files.ls(f"{self._root}/{RECORDS}", detail=False))
            return sorted(path.stem for path in paths if path.name.startswith(prefix) and path.suffix == ".json")
        return []

    def put(self, path: Path, name: str) -> None:
        """Uploads a file under its content name, unless a file of that name and size exists."""
        stored = self._file(name)
        with self._reached():
            with suppress(FileNotFoundError):
                if self._files.info(stored)["size"] == path.stat().st_size:
                    return
            if self._is_local:
                with part_of(Path(stored), overwrite=True) as part:
                    shutil.copyfile(path, part)
                disk.flush_path(part.parent)
            else:
                self._files.put_file(str(path), stored)

    def fetch(self, name: str, target: Path) -> None:
        """Downloads a file and checks its hash.

        Raises:
            ResumeError: it is missing or damaged.
        """
        with self._reached(), suppress(FileNotFoundError):
            self._files.get_file(self._file(name), str(target))
        if disk.digest_of(target) != Path(name).stem:
            target.unlink(missing_ok=True)
            raise ResumeError(f"{self.address} lacks the file {name}, or it is damaged")

    def _record(self, name: str) -> str:
        return f"{self._root}/{RECORDS}/{name}.json"

    def _file(self, name: str) -> str:
        return f"{self._root}/{FILES}/{name}"

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Turns errors of any storage library into a `DreamvidError`."""
        try:
            yield
        except (FileNotFoundError, FileExistsError, DreamvidError):
            raise
        except Exception as error:
            if isinstance(error, OSError) and isinstance(full := write_error(self.address, error), ResourceError):
                raise full from error
            raise OutputError(f"{self.address} cannot be reached: {type(error).__name__}: {error}") from error


def _opened(address: str) -> tuple[Any, str, bool]:
    """The file system of an address, the path in it, and whether it is this machine's own."""
    import fsspec

    scheme = re.match(r"[a-z][a-z0-9+.-]+(?=://)", address)
    if scheme is None or scheme[0] == "file":
        path = Path(unquote(urlsplit(address).path) if scheme else address)
        return fsspec.filesystem("file"), path.absolute().as_posix(), True
    try:
        return *fsspec.url_to_fs(address), False
    except ImportError as error:
        raise SettingError(f"{address} needs a package that is not installed: {error}") from error
    except ValueError as error:
        raise SettingError(f"{address} is not an address that fsspec knows: {error}") from error


def _refuse_others(folder: Path) -> None:
    inside = {path.name for path in folder.iterdir()} if os.path.isdir(folder) else set[str]()
    if inside and not inside & {FILES, RECORDS}:
        raise ResumeError(f"{folder} holds something else; a store must be a folder of its own")
