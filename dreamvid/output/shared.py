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
from secrets import token_hex
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from dreamvid.errors import DreamvidError, OutputError, ResumeError, SettingError
from dreamvid.output import disk
from dreamvid.output.store import FILES, RECORDS, Body, text_in, text_of
from dreamvid.output.target import part_of, take_name


class Place(Protocol):
    """Storage for files, with names such as `files/0f3a.mp4`."""

    def read(self, name: str) -> bytes | None:
        """A file's content; None if there is none."""
        ...

    def create(self, name: str, content: bytes) -> bool:
        """Writes a small file atomically; False if the name exists."""
        ...

    def size(self, name: str) -> int:
        """The size of a file in bytes; -1 if it does not exist."""
        ...

    def put(self, name: str, source: Path) -> None:
        """Uploads a file, replacing an existing one."""
        ...

    def get(self, name: str, target: Path) -> bool:
        """Downloads a file; False if it does not exist."""
        ...

    def remove(self, name: str) -> None:
        """Removes a file if it exists."""
        ...

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder, without the folder, in any order."""
        ...


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
        scheme = re.match(r"[a-z][a-z0-9+.-]+(?=://)", address)
        local = scheme is None or scheme[0] == "file"
        self._place: Place = _Folder(Path(unquote(urlsplit(address).path)) if scheme else Path(address)) \
            if local else _Remote(address)

    def __str__(self) -> str:
        return self.address

    def get(self, name: str) -> Body | None:
        """A record; None if there is none, or if it is damaged."""
        content = self._place.read(f"{RECORDS}/{name}.json")
        text = text_in(content) if content is not None else None
        return loads(text) if text is not None else None

    def add(self, name: str, body: Body) -> Body:
        """Writes a record unless it exists, and returns the stored one."""
        for _ in range(3):
            if self._place.create(f"{RECORDS}/{name}.json", text_of(dumps(body, sort_keys=True))):
                return loads(dumps(body))
            found = self.get(name)
            if found is not None:
                return found
            self.remove(name)  # it is damaged
        raise OutputError(f"{self.address} cannot hold the record {name}")

    def remove(self, name: str) -> None:
        """Removes a record, so that its content is made again."""
        self._place.remove(f"{RECORDS}/{name}.json")

    def names(self, prefix: str) -> list[str]:
        """The names of the records that begin with a prefix, in order."""
        return sorted(name.removesuffix(".json") for name in self._place.names(RECORDS)
                      if name.startswith(prefix) and name.endswith(".json"))

    def put(self, path: Path, name: str) -> None:
        """Uploads a file under its content name, unless a file of that name and size exists."""
        if self._place.size(f"{FILES}/{name}") != path.stat().st_size:
            self._place.put(f"{FILES}/{name}", path)

    def fetch(self, name: str, target: Path) -> None:
        """Downloads a file and checks its hash.

        Raises:
            ResumeError: it is missing or damaged.
        """
        if not self._place.get(f"{FILES}/{name}", target) or disk.digest_of(target) != Path(name).stem:
            target.unlink(missing_ok=True)
            raise ResumeError(f"{self.address} lacks the file {name}, or it is damaged")


class _Folder:
    """Storage in a folder. Files are flushed to the disk when a call returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        inside = {path.name for path in folder.iterdir()} if os.path.isdir(folder) else set[str]()
        if inside and not inside & {FILES, RECORDS}:
            raise ResumeError(f"{folder} holds something else; a store must be a folder of its own")
        with disk.writing(folder):
            for path in (folder, folder / FILES, folder / RECORDS):
                path.mkdir(exist_ok=True)

    def read(self, name: str) -> bytes | None:
        with disk.writing(self._folder / name), suppress(FileNotFoundError):
            return (self._folder / name).read_bytes()
        return None

    def create(self, name: str, content: bytes) -> bool:
        path = self._folder / name
        part = path.with_name(f".{path.name}-{token_hex(4)}.part")
        with disk.writing(path):
            try:
                disk.write_file(part, content, durable=True)
                take_name(part, path, overwrite=False)
            except FileExistsError:
                return False
            finally:
                part.unlink(missing_ok=True)
        disk.flush_names(path.parent)
        return True

    def size(self, name: str) -> int:
        path = self._folder / name
        return path.stat().st_size if path.exists() else -1

    def put(self, name: str, source: Path) -> None:
        path = self._folder / name
        with part_of(path, overwrite=True) as part:
            shutil.copyfile(source, part)
        disk.flush_names(path.parent)

    def get(self, name: str, target: Path) -> bool:
        with disk.writing(target), suppress(FileNotFoundError):
            shutil.copyfile(self._folder / name, target)
            return True
        return False

    def remove(self, name: str) -> None:
        with disk.writing(self._folder / name):
            (self._folder / name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        with disk.writing(self._folder):
            return [path.name for path in (self._folder / folder).iterdir()]


class _Remote:
    """Storage at an `fsspec` address. Incomplete files are detected by their hash."""

    def __init__(self, address: str) -> None:
        try:
            from fsspec import url_to_fs

            found: Any = url_to_fs(address)
        except ImportError as error:
            raise SettingError(f"{address} needs a package that is not installed ({error}); "
                               "pip install 'dreamvid[farm]' brings fsspec") from error
        except ValueError as error:
            raise SettingError(f"{address} is not an address that fsspec knows: {error}") from error
        self._address = address
        self._files, self._root = found
        with self._reached():
            for folder in (FILES, RECORDS):
                self._files.makedirs(f"{self._root}/{folder}", exist_ok=True)

    def read(self, name: str) -> bytes | None:
        with self._reached(), suppress(FileNotFoundError):
            return self._files.cat_file(f"{self._root}/{name}")
        return None

    def create(self, name: str, content: bytes) -> bool:
        with self._reached(), suppress(FileExistsError):
            self._files.pipe_file(f"{self._root}/{name}", content, mode="create")
            return True
        return False

    def size(self, name: str) -> int:
        with self._reached(), suppress(FileNotFoundError):
            return self._files.info(f"{self._root}/{name}")["size"]
        return -1

    def put(self, name: str, source: Path) -> None:
        with self._reached():
            self._files.put_file(str(source), f"{self._root}/{name}")

    def get(self, name: str, target: Path) -> bool:
        with self._reached(), suppress(FileNotFoundError):
            self._files.get_file(f"{self._root}/{name}", str(target))
            return True
        return False

    def remove(self, name: str) -> None:
        with self._reached(), suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}/{name}")

    def names(self, folder: str) -> list[str]:
        with self._reached(), suppress(FileNotFoundError):
            self._files.invalidate_cache()  # other machines may have added files
            return [name.rpartition("/")[2] for name in self._files.ls(f"{self._root}/{folder}", detail=False)]
        return []

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Turns errors of any storage library into an `OutputError`."""
        try:
            yield
        except (FileNotFoundError, FileExistsError, DreamvidError):
            raise
        except Exception as error:
            raise OutputError(f"{self._address} cannot be reached: {type(error).__name__}: {error}") from error
