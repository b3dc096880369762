"""The work folder of one render: its frames, what the last one carries on, and the stretches that are finished."""

from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from dreamvid.arrays import Bytes, Image
from dreamvid.errors import ResumeError
from dreamvid.journal import files
from dreamvid.journal.entries import is_sound
from dreamvid.journal.log import RESTART, Entry, Log
from dreamvid.journal.manifest import Manifest

FOLDERS = ("frames", "segments", "kept")
LOCK, MANIFEST, JOURNAL = "lock", "manifest.json", "journal"
OURS = (LOCK, MANIFEST, JOURNAL, *FOLDERS)
"""The names of what is in a work folder."""


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
                raise ResumeError(f"{folder / JOURNAL} is not the journal of a render; {RESTART}")
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
    def dreams(self) -> int:
        """How many arrays are kept for `recall`."""
        return sum(name.startswith("kept/") for name in self._hashes)

    @property
    def bytes(self) -> int:
        """What the raw frames and the states take on the disk."""
        shapes = self._shapes.copy()  # a stretch that is committed meanwhile takes away what it needs no more
        return sum(prod(shape) * (1 if name.startswith("frames/") else 4) for name, shape in shapes.items()
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
        for folder in FOLDERS:
            inside = {name.partition("/")[2] for name in self._hashes if name.startswith(f"{folder}/")}
            with files.writing(self.folder):
                (self.folder / folder).mkdir(exist_ok=True)
            files.sweep(self.folder / folder, inside)
        with files.writing(self.folder):
            for path in list(self.folder.iterdir()):
                if path.name not in (*OURS, *self._hashes):
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
