"""Opening work folders: begun, continued, in use, somebody else's, or done with."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from dreamvid.errors import ResumeError
from dreamvid.journal import files
from dreamvid.journal.log import RESTART, Entry, Log, read_log
from dreamvid.journal.manifest import MOST_BYTES, Manifest
from dreamvid.journal.work import FOLDERS, JOURNAL, LOCK, MANIFEST, OURS, Work

NAME = ".dreamvid"
"""The end of a work folder's name."""


def work_folder(output: Path) -> Path:
    """The work folder of an output: `film.mp4.dreamvid`, beside it."""
    return output.with_name(output.name + NAME)


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
        _refuse_links(folder)
        folder.mkdir(exist_ok=True)
    done = False
    try:
        with _locked(folder):
            if restart:
                _empty(folder)
            log = Log(folder / JOURNAL)
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
                    _unlock(folder)
    finally:
        if done:
            _remove(folder)


def glance(folder: Path) -> Work:
    """What a work folder holds, without opening it: a run may be working there.

    Raises:
        ResumeError: it is no work folder, or its manifest or its journal is damaged.
    """
    if not is_begun(folder):
        raise ResumeError(f"{folder} is no work folder of dreamvid")
    _refuse_links(folder)
    return _continued(folder, None, read_log(folder / JOURNAL), None)


def is_begun(folder: Path) -> bool:
    """Whether a render was begun in a work folder; in one whose name no file system takes, none was."""
    try:
        return (folder / JOURNAL).is_file()
    except OSError:
        return False


def _refuse_others(folder: Path) -> None:
    """A folder that has this name by chance is not touched."""
    if folder.exists():
        inside = {path.name for path in folder.iterdir()}
        if inside and not inside & set(OURS):
            raise ResumeError(f"{folder} is no work folder of dreamvid; move it away")


def _refuse_links(folder: Path) -> None:
    """What dreamvid writes is never a link; through one, a file elsewhere would be written."""
    if any((folder / name).is_symlink() for name in OURS):
        raise ResumeError(f"{folder} holds a link where a file or a folder was; move it away")


def is_locked(folder: Path) -> bool:
    """Whether a run works in a work folder."""
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # it may not be written here
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / LOCK, timeout=0)
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
    if any(any(path.iterdir()) for path in _inside(folder)):
        raise ResumeError(f"{folder} has lost its journal, but holds frames; {RESTART}")
    with files.writing(folder):
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
    digest = files.store(folder / MANIFEST, manifest.to_json())
    files.sync(folder)
    files.sync(folder.parent)
    log.add({"what": "manifest", "hash": digest})
    return Work(folder, manifest, [], log)


def _continued(folder: Path, manifest: Manifest | None, entries: list[Entry], log: Log | None) -> Work:
    path = folder / MANIFEST
    with files.writing(path):
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= MOST_BYTES else b""
    if not entries or files.digest(content) != entries[0].get("hash"):
        raise ResumeError(f"{path} is damaged or missing; {RESTART}")
    try:
        begun = Manifest.from_json(content)
    except ResumeError as error:
        raise ResumeError(f"{path} is not that of a render; {RESTART}") from error
    unlike = manifest.differences(begun) if manifest is not None else ""
    if unlike:
        raise ResumeError(f"{folder} holds another render: {unlike}; give the same settings, or {RESTART}")
    return Work(folder, begun, entries[1:], log)


def _inside(folder: Path) -> list[Path]:
    """Those of the folders in a work folder that exist."""
    return [folder / name for name in FOLDERS if (folder / name).is_dir()]


def _empty(folder: Path) -> None:
    """Removes all that a work folder holds but its lock, and the journal after what it vouches for."""
    last = ("", JOURNAL, MANIFEST)  # a journal without its manifest would be damage
    with files.writing(folder):
        for path in sorted(folder.iterdir(), key=lambda path: last.index(path.name) if path.name in last else 0):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()
            if path.name == JOURNAL:
                files.sync(folder)  # or a power cut might take the manifest alone


def _unlock(folder: Path) -> None:
    """Removes the lock while it is held: later it may be that of another run, which would lose it."""
    with suppress(OSError):  # Windows removes no file that is open
        (folder / LOCK).unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    # Another run may have begun there as soon as the lock was let go.
    if os.name == "nt":
        _unlock(folder)
    with suppress(OSError):
        folder.rmdir()
