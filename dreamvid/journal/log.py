"""The journal: a file to which lines are only ever added, each of which vouches for all before it."""

import json
import os
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from dreamvid.errors import ResumeError
from dreamvid.journal import files

Entry = dict[str, Any]

_HASH = 32  # hexadecimal digits at the beginning of a line


class Log:
    """The lines of a journal. Adding one is a commit: it is on the disk when `add` returns.

    A line holds a hash of itself and of the line before. The last line may be torn, by a crash while it was written: it
    was no commit, and is cut off. Any other damage is an error. Lines may be added from several threads. After one that
    failed, and may be torn, no other is added.

    Args:
        path: the file; it is made if it does not exist.

    Raises:
        ResumeError: a line before the last is damaged.
        OutputError, ResourceError: the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._failure: OSError | None = None
        with files.writing(path):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        try:
            with files.writing(path):
                content = path.read_bytes()
            self.entries, whole, self._last = _read(content, path)
            """What the journal held when it was opened."""
            if whole < len(content):
                with files.writing(path):
                    os.ftruncate(self._descriptor, whole)
                    files.flush(self._descriptor)
        except BaseException:
            self.close()
            raise

    def add(self, entry: Entry) -> None:
        """Commits an entry.

        Raises:
            ResourceError: the disk is full.
            OutputError: the journal cannot be written.
        """
        with self._lock, files.writing(self._path):
            if self._failure is not None:
                raise self._failure
            body = json.dumps(entry, sort_keys=True, separators=(",", ":"))
            mark = _mark(self._last, body)
            try:
                files.write_all(self._descriptor, f"{mark} {body}\n".encode())
                files.flush(self._descriptor)
            except OSError as error:
                self._failure = error
                raise
            self._last = mark

    def close(self) -> None:
        """Lets go of the file. Harmless when repeated."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def read_log(path: Path) -> list[Entry]:
    """What a journal holds that another run may be writing to.

    Raises:
        ResumeError: a line before the last is damaged.
        OutputError: it cannot be read.
    """
    with files.writing(path):
        return _read(path.read_bytes(), path)[0]


def _mark(before: str, body: str) -> str:
    return sha256(f"{before} {body}".encode()).hexdigest()[:_HASH]


def _read(content: bytes, path: Path) -> tuple[list[Entry], int, str]:
    """The entries, how many bytes of the file they are, and the last line's mark."""
    entries: list[Entry] = []
    whole, last = 0, ""
    for line in content.splitlines(keepends=True):
        mark, _, body = line.decode("utf-8", errors="replace").rstrip("\n").partition(" ")
        if not line.endswith(b"\n") or mark != _mark(last, body):
            break
        entries.append(_entry(body, path))
        whole, last = whole + len(line), mark
    if b"\n" in content[whole:].rstrip(b"\n"):
        raise ResumeError(f"{path} is damaged in line {len(entries) + 1}; {RESTART}")
    return entries, whole, last


def _entry(body: str, path: Path) -> Entry:
    """An entry whose mark is right; whoever made that mark need not be dreamvid."""
    try:
        entry = json.loads(body)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        raise ResumeError(f"{path} is not the journal of a render; {RESTART}")
    return entry


RESTART = "--restart begins the film anew"
