"""The work folder of one render: its frames, what the last one carries on, and the stretches that are finished."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from dreamvid.arrays import Bytes, Image
from dreamvid.errors import ResumeError
from dreamvid.journal import files
from dreamvid.journal.entries import is_sound
from dreamvid.journal.log import RESTART, Entry, Log, read_log
from dreamvid.journal.manifest import MOST_BYTES, Manifest

NAME = ".dreamvid"
"""The end of a work folder's name."""

_FOLDERS = ("frames", "segments", "kept")
_LOCK, _MANIFEST, _JOURNAL = "lock", "manifest.json", "journal"


def work_folder(output: Path) -> Path:
    """The work folder of an output: `film.mp4.dreamvid`, beside it."""
    return output.with_name(output.name + NAME)


class Work:
    """What a render has committed. Made by `open_work`, or by `glance`, which only looks.

    Every `commit_…` is on the disk when it returns. Frames and segments may be committed from two threads.

    Args:
        folder: where it lies.
        manifest: what the render is.
        entries: what its journal holds.
        log: the journal, if more is to be committed.

    Raises:
        ResumeError: an entry is none that a render would have added.

    Attributes:
        frames: how many frames are committed.
        segments: the last frame, exclusive, of each finished stretch.
        finished: whether an earlier run saw all results in their places, and was about to remove the folder.
        done: to be set when that is so now, and the folder is not needed any more.
    """

    def __init__(self, folder: Path, manifest: Manifest, entries: list[Entry], log: Log | None = None) -> None:
        self.folder = folder
        self.manifest = manifest
        self.finished = self.done = False
        self._log = log
        self.frames = 0
        self.segments: list[int] = []
        self._hashes: dict[str, str] = {}
        """Name of each file that counts → its hash."""
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._state: str | None = None
        self._results: dict[str, int] = {}
        """Hash of each film that was put in the output's place → its frames."""
        for entry in entries:
            if not is_sound(entry, self.frames, self.segments[-1] if self.segments else 0):
                raise ResumeError(f"{folder / _JOURNAL} is not the journal of a render; {RESTART}")
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        """Learns what an entry of the journal says."""
        match entry["what"]:
            case "frame":
                self._hashes[_frame(entry["n"])] = entry["hash"]
                self._shapes[_frame(entry["n"])] = tuple(entry["shape"])
                if entry["state"] is not None:
                    self._forget(self._state)
                    self._state = str(entry["state"]["name"])
                    self._hashes[self._state] = entry["state"]["hash"]
                    self._shapes[self._state] = tuple(entry["state"]["shape"])
                self.frames = entry["n"] + 1
            case "segment":
                self._hashes[entry["name"]] = entry["hash"]
                begin = self.segments[-1] if self.segments else 0
                self.segments.append(entry["end"])
                for n in set(range(begin, entry["end"])) - set(entry["kept"]):
                    self._forget(_frame(n))
            case "kept":
                self._hashes[entry["name"]] = entry["hash"]
                self._shapes[entry["name"]] = tuple(entry["shape"])
            case "result":
                self._results[entry["hash"]] = entry["frames"]
            case "finished":
                self.finished = True

    def _forget(self, name: str | None) -> None:
        if name is not None:
            self._hashes.pop(name, None)
            self._shapes.pop(name, None)

    def _commit(self, entry: Entry) -> None:
        assert self._log is not None, "a glance commits nothing"
        self._log.add(entry)
        self._take(entry)

    def commit_frame(self, picture: Bytes, state: Image | None) -> None:
        """Commits the next frame: what is seen of it, and what it leaves to the one after it, if anything."""
        name = _frame(self.frames)
        entry: Entry = {"what": "frame", "n": self.frames, "shape": picture.shape, "state": None}
        if state is not None:
            # Not over the last one, which still counts.
            slot = "state-1" if self._state == "state-0" else "state-0"
            written = files.store(self.folder / slot, _bytes(state))
            entry["state"] = {"name": slot, "hash": written, "shape": state.shape}
            files.sync(self.folder)
        entry["hash"] = files.store(self.folder / name, _bytes(picture))
        files.sync(self.folder / "frames")
        self._commit(entry)

    def picture(self, n: int) -> Bytes:
        """A committed frame as it is seen, uint8; only while its stretch is not finished, or if it was to be kept."""
        return self._array(_frame(n), np.uint8)

    @property
    def state(self) -> Image | None:
        """What the last frame that left anything left to the next."""
        return None if self._state is None else self._array(self._state, np.float32)

    def commit_segment(self, end: int, name: str, keep: Callable[[int], bool]) -> None:
        """Commits the file `segments/NAME`, which holds the next stretch of frames, up to frame `end`, exclusive.

        The pictures of its frames go, but for those that `keep` says are needed still.
        """
        begin = self.segments[-1] if self.segments else 0
        stretch = range(begin, end)
        path = self.folder / "segments" / name
        digest = files.settle(path)
        files.sync(path.parent)
        kept = [n for n in stretch if keep(n)]
        self._commit({"what": "segment", "end": end, "name": f"segments/{name}", "hash": digest, "kept": kept})
        for n in sorted(set(stretch) - set(kept)):
            with files.writing(self.folder):
                (self.folder / _frame(n)).unlink(missing_ok=True)

    def segment_files(self) -> list[Path]:
        """The files of the finished stretches, in order."""
        return [self.folder / name for name in self._hashes if name.startswith("segments/")]

    def recall(self, name: str, make: Callable[[], Image]) -> Image:
        """An array that is made only once: what an earlier run committed under this name, or what `make` returns."""
        name = f"kept/{name}"
        if name not in self._hashes:
            made = np.ascontiguousarray(make())
            digest = files.store(self.folder / name, _bytes(made))
            files.sync(self.folder / "kept")
            self._commit({"what": "kept", "name": name, "hash": digest, "shape": made.shape})
            return made
        return self._array(name, np.float32)

    def commit_result(self, path: Path, frames: int) -> None:
        """Notes the hash of a result, made of so many frames, that is about to take an output's name."""
        digest = files.settle(path)
        files.sync(path.parent)
        self._commit({"what": "result", "hash": digest, "frames": frames})

    def shown_in(self, output: Path) -> int | None:
        """How many frames a result was made of that this render put there; None if it is not one of its results."""
        return self._results.get(files.digest_of(output)) if self._results else None

    def made(self, path: Path) -> bool:
        """Whether a file is a result of this render."""
        digest = files.digest_of(path)
        return digest in self._results or digest in self._hashes.values()

    def finish(self) -> None:
        """Notes that all results are in their places, so that the folder may go, and whatever is left of it."""
        self._commit({"what": "finished"})
        self.done = True

    @property
    def bytes(self) -> int:
        """What the raw frames and the states take on the disk."""
        return sum(prod(shape) * (1 if name.startswith("frames/") else 4) for name, shape in self._shapes.items()
                   if not name.startswith("kept/"))

    @property
    def empty(self) -> bool:
        """Whether nothing was committed."""
        return not self._hashes

    def damaged(self) -> Iterator[str]:
        """The names of the files that count and are missing or not what they were."""
        for name, digest in self._hashes.items():
            if files.digest_of(self.folder / name) != digest:
                yield name

    def sweep(self) -> None:
        """Removes what was not committed."""
        for folder in _FOLDERS:
            inside = {name.partition("/")[2] for name in self._hashes if name.startswith(f"{folder}/")}
            with files.writing(self.folder):
                (self.folder / folder).mkdir(exist_ok=True)
            files.sweep(self.folder / folder, inside)
        with files.writing(self.folder):
            for path in list(self.folder.iterdir()):
                if path.name not in (_LOCK, _MANIFEST, _JOURNAL, *_FOLDERS, *self._hashes):
                    path.unlink()

    def check(self) -> None:
        """Checks every file that counts.

        Raises:
            ResumeError: one is damaged or missing.
        """
        for name in self.damaged():
            raise ResumeError(f"{self.folder / name} is damaged or missing; {RESTART}")

    def _array(self, name: str, kind: type[Any]) -> Any:
        path, shape = self.folder / name, self._shapes[name]
        with files.writing(path):
            values = np.fromfile(path, kind)
        if values.size != prod(shape):
            raise ResumeError(f"{path} does not hold {shape} values; {RESTART}")
        return values.reshape(shape)


def _frame(n: int) -> str:
    return f"frames/{n:08d}"


def _bytes(array: np.ndarray) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B")


@contextmanager
def open_work(folder: Path, manifest: Manifest | None, *, restart: bool = False) -> Iterator[Work]:
    """Opens a work folder for one render, which no other run may touch meanwhile; begins it if it does not exist.

    Args:
        folder: see `work_folder`.
        manifest: what the render is; None for whatever was begun there.
        restart: whether what was begun there is thrown away first.

    Raises:
        ResumeError: another run works there, it is a link or no work folder, it is damaged, or it belongs to a render
            that differs; what differs is named.
        OutputError, ResourceError: it cannot be written.
    """
    with files.writing(folder):
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise ResumeError(f"{folder} is not a folder; move it away")
        if manifest is None and not folder.exists():
            raise ResumeError(f"{folder} does not exist")
        _refuse_others(folder)
        folder.mkdir(exist_ok=True)
    done = False
    try:
        with _locked(folder):
            if restart:
                _empty(folder)
            log = Log(folder / _JOURNAL)
            try:
                work = _begun(folder, manifest, log)
                try:
                    yield work
                finally:
                    done = work.done or work.empty
            finally:
                log.close()
                if done:
                    _empty(folder)
    finally:
        if done:
            _remove(folder)


def glance(folder: Path) -> Work:
    """What a work folder holds, without opening it: a run may be working there.

    Raises:
        ResumeError: it is no work folder, or its manifest or its journal is damaged.
    """
    if not is_begun(folder):
        raise ResumeError(f"there is no work folder of dreamvid at {folder}")
    return _continued(folder, None, read_log(folder / _JOURNAL), None)


def is_begun(folder: Path) -> bool:
    """Whether a render was begun in a work folder; in one whose name no file system takes, none was."""
    try:
        return (folder / _JOURNAL).is_file()
    except OSError:
        return False


def _refuse_others(folder: Path) -> None:
    """A folder that has this name by chance is not touched."""
    ours = {_LOCK, _MANIFEST, _JOURNAL, *_FOLDERS}
    if folder.exists():
        inside = {path.name for path in folder.iterdir()}
        if inside and not inside & ours:
            raise ResumeError(f"{folder} is no work folder of dreamvid; move it away")


def is_locked(folder: Path) -> bool:
    """Whether a run works in a work folder."""
    try:
        with FileLock(folder / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # it may not be written here
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / _LOCK, timeout=0)
    with files.writing(folder):
        try:
            lock.acquire()
        except Timeout as error:  # which is an OSError
            raise ResumeError(f"{folder} is in use by a render that is running") from error
    try:
        yield
    finally:
        lock.release()


def _begun(folder: Path, manifest: Manifest | None, log: Log) -> Work:
    """The work of this manifest: the one that was begun, if it was begun."""
    if log.entries:
        return _continued(folder, manifest, log.entries, log)
    if manifest is None:
        raise ResumeError(f"{folder} holds no render that was begun")
    if any(path.is_symlink() or any(path.iterdir()) for path in _inside(folder)):
        raise ResumeError(f"{folder} has lost its journal, but holds frames; {RESTART}")
    with files.writing(folder):
        for name in _FOLDERS:
            (folder / name).mkdir(exist_ok=True)
    digest = files.store(folder / _MANIFEST, manifest.to_json())
    files.sync(folder)
    files.sync(folder.parent)
    log.add({"what": "manifest", "hash": digest})
    return Work(folder, manifest, [], log)


def _continued(folder: Path, manifest: Manifest | None, entries: list[Entry], log: Log | None) -> Work:
    path = folder / _MANIFEST
    with files.writing(path):
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= MOST_BYTES else b""
    if not entries or files.digest(content) != entries[0].get("hash"):
        raise ResumeError(f"{path} is damaged or missing; {RESTART}")
    try:
        begun = Manifest.from_json(content)
    except ResumeError as error:
        raise ResumeError(f"{path} is not that of a render; {RESTART}") from error
    if any(path.is_symlink() for path in _inside(folder)):
        raise ResumeError(f"{folder} holds a link where a folder was; {RESTART}")
    unlike = manifest.differences(begun) if manifest is not None else ""
    if unlike:
        raise ResumeError(f"{folder} holds another render: {unlike}; give the same settings, or {RESTART}")
    return Work(folder, begun, entries[1:], log)


def _inside(folder: Path) -> list[Path]:
    """Those of the folders in a work folder that exist."""
    return [folder / name for name in _FOLDERS if (folder / name).is_dir()]


def _empty(folder: Path) -> None:
    """Removes all that a work folder holds but its lock, and the journal after what it vouches for."""
    last = ("", _JOURNAL, _MANIFEST)  # a journal without its manifest would be damage
    with files.writing(folder):
        for path in sorted(folder.iterdir(), key=lambda path: last.index(path.name) if path.name in last else 0):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != _LOCK:
                path.unlink()


def _remove(folder: Path) -> None:
    # Another run may have begun there as soon as the lock was let go.
    with suppress(OSError):
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()
