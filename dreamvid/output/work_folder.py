"""Work folders: a folder beside the output with the store of an unfinished film, and the job that it belongs to."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dreamvid.errors import ResumeError, named
from dreamvid.output import disk
from dreamvid.output.store import FINISHED, FOLDERS, PROGRESS, RECORDS, Store

_MOST_NAMED = 4


@dataclass(frozen=True)
class Job:
    """The description of a render.

    Attributes:
        decides: everything the pictures depend on, as JSON data: settings, hashes of inputs, versions, devices,
            threads, the encoder's arguments. A render is resumed only if all of it is equal.
        place: what is needed to resume but does not affect the pictures: the plan, and where files are.
    """

    decides: Mapping[str, Any]
    place: Mapping[str, Any]

    @property
    def edition(self) -> object:
        """The edition of the store; 1 where none is named."""
        return self.decides.get("edition", 1)

    @property
    def version(self) -> str:
        """The version of dreamvid that began the render, if known."""
        machine = self.decides.get("machine")
        return _short(machine.get("dreamvid")) if isinstance(machine, dict) else "of another version"

    def differences(self, begun: "Job") -> str:
        """Describes how `decides` differs from that of a render that was begun; '' if all is equal.

        Values under `film` are derived from others, so they are named only if nothing else differs.
        """
        now, then = _leaves(loads(dumps(self.decides))), _leaves(begun.decides)
        unlike = [name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]
        unlike = [name for name in unlike if not name.startswith("film.")] or unlike
        words = list(dict.fromkeys(f"{name.rpartition('.')[2]} was {_short(then.get(name))} and is "
                                   f"{_short(now.get(name))}" for name in unlike))
        more = f", and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
        return ", ".join(words[:_MOST_NAMED]) + more


def _leaves(tree: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(tree, Mapping):
        return {name: tree}
    return {key: value for word, branch in tree.items()
            for key, value in _leaves(branch, f"{name}.{word}" if name else word).items()}


def _short(value: Any) -> str:
    text = "not set" if value is None else str(value)
    return text if len(text) <= 40 else text[:16] + "…"


NAME = ".dreamvid"
"""The suffix of a work folder's name."""

RESTART = f"{named('restart')} starts the film over"

_JOB, _LOCK = "job", "lock"
_OURS = {_LOCK, *FOLDERS}


def work_folder(output: Path) -> Path:
    """The work folder of an output: `film.mp4.dreamvid`, beside it."""
    return output.with_name(output.name + NAME)


@contextmanager
def open_work(
    folder: Path, job: Job, *, restart: bool = False, keep: bool = False
) -> Iterator[Store]:
    """Opens the store of a render, and creates it if it does not exist.

    At the end, the folder is removed if the film is finished or the store is empty.

    Args:
        folder: see `work_folder`.
        job: the description of the render.
        restart: whether to remove an earlier run's work first.
        keep: whether to keep the store of a finished film.

    Raises:
        ResumeError: another process renders the film; the folder is a link, not a work folder, or damaged; or it
            belongs to a render that differs, and the message says how.
        OutputError, ResourceError: it cannot be written.
    """
    _refuse_others(folder)
    with disk.writing(folder):
        folder.mkdir(exist_ok=True)
    try:
        with open_alone(folder, restart=restart) as store:
            _begin(store, job)
            try:
                yield store
            finally:
                if _is_bare(store) or (FINISHED in store.names() and not keep):
                    remove(folder)
    finally:
        with suppress(OSError):  # it is not empty, or another run has started in it
            folder.rmdir()


@contextmanager
def open_alone(folder: Path, *, restart: bool = False) -> Iterator[Store]:
    """Locks a work folder and yields its store, emptied if `restart`.

    Raises:
        ResumeError: another process has the lock.
        OutputError, ResourceError: the folder cannot be written.
    """
    with ExitStack() as stack:
        with disk.writing(folder):
            try:
                stack.enter_context(FileLock(folder / _LOCK, timeout=0))
            except Timeout as error:  # which is an OSError
                raise ResumeError(f"{folder} is in use by a render that is running") from error
        if restart:
            Store(folder).empty()
        yield Store(folder).begin()


def _is_bare(store: Store) -> bool:
    """Whether the store has no pictures or dreams, finished or in progress."""
    return store.names() == [_JOB] and not any((store.folder / PROGRESS).glob("*.[01]"))


def is_left_empty(folder: Path) -> bool:
    """Whether a work folder has no file except its lock: it is what a finished render leaves if killed at the end."""
    return os.path.isdir(folder) and not any(path.is_file() for path in folder.rglob("*") if path.name != _LOCK)


def remove(folder: Path) -> None:
    """Removes a work folder, whose lock the caller holds. On Windows the open lock, and so the folder, is left."""
    Store(folder).empty()
    with suppress(OSError):
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()


def open_to_read(folder: Path) -> tuple[Store, Job]:
    """Opens a store without a lock, while another process may be using it; returns the store and its job.

    Raises:
        ResumeError: it is not a work folder, it is damaged, or an incompatible version of dreamvid began it.
    """
    _refuse_others(folder)
    if not is_begun(folder):
        raise ResumeError(f"{folder} is not a work folder of dreamvid" if os.path.lexists(folder) else
                          f"there is no unfinished render here: {folder} does not exist")
    store = Store(folder)
    return store, _job(store)


def is_begun(folder: Path) -> bool:
    """Whether a render was begun in a work folder."""
    return os.path.isfile(folder / RECORDS / f"{_JOB}.json")


def is_locked(folder: Path) -> bool:
    """Whether a process renders the film of a work folder."""
    if not os.path.lexists(folder / _LOCK):
        return False
    try:
        with FileLock(folder / _LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # no write permission
        return False


def _refuse_others(folder: Path) -> None:
    """Refuses folders that are not work folders, and symbolic links, which would write to files elsewhere."""
    if os.path.islink(folder) or (os.path.lexists(folder) and not os.path.isdir(folder)):
        raise ResumeError(f"{folder} is not a folder; move it away")
    inside = {path.name for path in folder.iterdir()} if os.path.isdir(folder) else set[str]()
    if inside - _OURS and not is_begun(folder):
        raise ResumeError(f"{folder} is not a work folder of this version of dreamvid; finish its film with the "
                          "version that began it, or move it away")
    if any((folder / name).is_symlink() for name in inside):
        raise ResumeError(f"{folder} holds a link where a file or a folder was; move it away")


def other_version(folder: Path, version: str) -> ResumeError:
    """The error for a work folder of an incompatible version of dreamvid."""
    return ResumeError(f"{folder} was begun by dreamvid {version}, whose work folders this version cannot read; "
                       "finish the film with that version, or remove the folder")


def _begin(store: Store, job: Job) -> None:
    """Stores the job of a new render; or checks that an existing one is equal."""
    if not is_begun(store.folder):
        if store.names() and FINISHED not in store.names():
            raise ResumeError(f"{store.folder} has lost the record of its job; {RESTART}")
        disk.flush_path(store.folder)
        disk.flush_path(store.folder.parent)
        put_job(store, job)
        return
    begun = _job(store)
    if begun.edition != loads(dumps(job.edition)):
        raise other_version(store.folder, begun.version)
    unlike = job.differences(begun)
    if unlike and FINISHED in store.names():
        film = store.folder.name.removesuffix(NAME)
        raise ResumeError(f"{film} is finished, and another film: {unlike}; give this one another name, or make that "
                          "one longer with `dreamvid extend`")
    if unlike:
        raise ResumeError(f"{store.folder} holds another render: {unlike}; give the same settings, or {RESTART}")


def put_job(store: Store, job: Job) -> None:
    """Stores the job of a render, replacing an earlier one."""
    store.put(_JOB, {"decides": job.decides, "place": job.place})


def _job(store: Store) -> Job:
    try:
        found = store.get(_JOB) or {}
        decides, place = found["decides"], found["place"]
    except (ResumeError, KeyError) as error:
        raise ResumeError(f"{store.folder / RECORDS / _JOB}.json is damaged or missing; {RESTART}") from error
    assert isinstance(decides, Mapping)
    return Job(decides, place)
