"""The store of one film: finished parts on disk, kept until the film is complete.

A *record* is a small file that is written atomically. It names other files by the hash of their content, and these are
on the disk before it. So records may be written in any order and by several processes.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np

from dreamvid.errors import OutputError, ResumeError
from dreamvid.output import disk

Body = dict[str, Any]

FOLDERS = FILES, PROGRESS, RECORDS = "files", "progress", "records"
FINISHED = "finished"
"""The record of a complete film: path of each result → its hash. It is removed last."""


class Store:
    """Records, and the files that they name.

    Args:
        folder: folder of the store.
        durable: whether the store is kept after this process, so that files must be flushed to the disk.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable

    def begin(self) -> "Store":
        """Makes the folders of the store, and returns it."""
        with disk.writing(self.folder):
            for name in FOLDERS:
                (self.folder / name).mkdir(exist_ok=True)
        return self

    def put(self, name: str, body: Body) -> None:
        """Writes a record atomically.

        Raises:
            ResourceError: the disk is full.
            OutputError: it cannot be written.
        """
        disk.write_whole(self._record(name), text_of(json.dumps(body, sort_keys=True)), durable=self.durable)

    def get(self, name: str) -> Body | None:
        """A record, or None if it does not exist.

        Raises:
            ResumeError: it is damaged.
        """
        path = self._record(name)
        try:
            text = text_in(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ResumeError(f"{path} cannot be read") from error
        if text is None:
            raise ResumeError(f"{path} is damaged")
        return dict(json.loads(text))

    def remove(self, name: str) -> None:
        """Removes a record."""
        with disk.writing(self._record(name)):
            self._record(name).unlink(missing_ok=True)

    def names(self, prefix: str = "") -> list[str]:
        """The names of the records that begin with a prefix, in order."""
        with disk.writing(self.folder):
            return sorted(path.stem for path in (self.folder / RECORDS).glob(f"{prefix}*.json"))

    def _record(self, name: str) -> Path:
        return self.folder / RECORDS / f"{name}.json"

    def new_path(self, suffix: str) -> Path:
        """A unique path for a new file, since ffmpeg of a killed run may still be writing to its own."""
        return self.folder / FILES / f"new_{token_hex(4)}{suffix}"

    def name_by_content(self, path: Path) -> str:
        """Renames a finished file to the hash of its content, and returns the new name."""
        if self.durable:
            disk.flush_path(path)
        digest = disk.digest_of(path)
        if not digest:
            raise OutputError(f"{path} cannot be read again")
        name = f"{digest}{path.suffix}"
        with disk.writing(path):
            path.replace(self.path(name))
        self._flush_names(FILES)
        return name

    def collect(self) -> None:
        """Removes what no record needs: files that none names, and the progress of ranges that are finished."""
        names = self.names()
        needed = {file for name in names for file in (self.get(name) or {}).get("files", ())}
        with disk.writing(self.folder):
            unneeded = [path for path in (self.folder / FILES).iterdir() if path.name not in needed]
            unneeded += [path for path in (self.folder / PROGRESS).iterdir() if path.name.partition(".")[0] in names]
            for path in unneeded:
                with suppress(PermissionError):  # on Windows, ffmpeg of a killed run may still have it open
                    path.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """The path of a file."""
        return self.folder / FILES / name

    def put_array(self, array: np.ndarray) -> str:
        """Stores an array, and returns the name of its file."""
        path, content = self.new_path(".npy"), BytesIO()
        np.save(content, array)
        with disk.writing(path):
            disk.write_file(path, content.getbuffer(), durable=False)
        return self.name_by_content(path)

    def array(self, name: str) -> np.ndarray:
        """An array that was stored.

        Raises:
            ResumeError: it is damaged or missing.
        """
        path = self.path(name)
        if disk.digest_of(path) != path.stem:
            raise ResumeError(f"{path} is damaged or missing; it is made again when the render continues")
        return np.load(path)

    def damaged(self, results: Path) -> Iterator[tuple[str, Path]]:
        """Each damaged record, with the file that is damaged or missing.

        Args:
            results: the folder of numbered pictures that records name.
        """
        for name in self.names():
            try:
                body = self.get(name) or {}
            except ResumeError:
                yield name, self._record(name)
                continue
            wanted = {self.path(file): Path(file).stem for file in body.get("files", ())}
            wanted |= {results / file: digest for file, digest in body.get("pictures", {}).items()}
            cause = next((path for path, digest in wanted.items() if disk.digest_of(path) != digest), None)
            if cause is not None:
                yield name, cause

    def bytes(self) -> int:
        """The size of the store in bytes."""
        sizes = 0
        for path in self.folder.rglob("*"):
            try:
                sizes += path.stat().st_size if path.is_file() else 0
            except OSError:  # a running render removes files
                continue
        return sizes

    def empty(self) -> None:
        """Removes everything except the folder itself. The record of a finished film is removed last."""
        with disk.writing(self.folder):
            for name in (FILES, PROGRESS):
                if (self.folder / name).is_dir():
                    shutil.rmtree(self.folder / name)
            records = self.folder / RECORDS
            if records.is_dir():
                for path in sorted(records.iterdir(), key=lambda path: path.stem == FINISHED):
                    if path.stem == FINISHED:  # so that after a power failure no other record reappears without it
                        self._flush_names(RECORDS)
                    path.unlink()
                records.rmdir()

    def _flush_names(self, folder: str) -> None:
        if self.durable:
            disk.flush_path(self.folder / folder)


@contextmanager
def scratch(beside: Path | None = None) -> Iterator[Store]:
    """A store that is removed at the end.

    Args:
        beside: an output, beside which it is made, so that results can be renamed into place; None for the system's
            folder of temporary files.
    """
    folder, name = (beside.parent, beside.name[:40]) if beside else (Path(tempfile.gettempdir()), "dreamvid")
    with ExitStack() as stack:
        with disk.writing(folder):
            made = stack.enter_context(tempfile.TemporaryDirectory(prefix=f".{name}.", suffix=".part", dir=folder))
        yield Store(Path(made), durable=False).begin()


def is_finished(store: Store, wanted: Sequence[Path] = ()) -> bool:
    """Whether an earlier run finished the film, its results are unchanged, and include all of `wanted`."""
    try:
        found = store.get(FINISHED)
    except ResumeError:
        return False
    return found is not None and {str(path.absolute()) for path in wanted} <= found.keys() and all(
        disk.digest_of(Path(path)) == digest for path, digest in found.items())


def array_bytes(array: np.ndarray) -> memoryview:
    """The raw bytes of an array."""
    return np.ascontiguousarray(array).data.cast("B")


def text_of(text: str) -> bytes:
    """The content of a record's file: hash and text."""
    return f"{sha256(text.encode()).hexdigest()} {text}\n".encode()


def text_in(content: bytes) -> str | None:
    """The text of a record's file; None if it is damaged."""
    digest, _, text = content.decode(errors="replace").rstrip("\n").partition(" ")
    return text if digest == sha256(text.encode()).hexdigest() else None
