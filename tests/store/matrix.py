"""A render that comes to grief at its steps, one at a time, and is continued: what must be there, and what must not."""

import os
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from dreamvid.events import ignore
from dreamvid.media.still import read_still
from dreamvid.output.progress import frames_in_progress, frames_of
from dreamvid.output.store import Store
from dreamvid.output.work_folder import NAME
from tests.media import hashes
from tests.store.faults import Fault
from tests.store.stage import KILLED, Outcome, Play, perform

WHOLE = "DREAMVID_WHOLE_MATRIX"
"""The environment variable with which every step is tried; else of some kinds, and some outputs, one in a few."""

WAITING = 8
"""Frames that are done and may wait for the disk: of each of two ranges three in the queue and one being written."""

WORKERS = 2
CODES = {"kill": (KILLED,), "torn": (KILLED,), "power": (KILLED,), "full": (0, 6), "EIO": (0, 4)}
"""How a render may end that met a fault of this kind."""


def committed(root: Path) -> int:
    """How many frames a later run can go on from."""
    stores = [Store(folder) for folder in root.rglob(f"*{NAME}")]
    return sum(frames_of(store) + frames_in_progress(store) for store in stores)


def names(root: Path) -> list[str]:
    """All that lies below a folder."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def decoded(path: Path) -> str | bytes:
    """A hash of every frame of a film, and of its sound; or the pixels of a picture."""
    if path.suffix in (".png", ".jpg"):
        return np.asarray(read_still(path, ignore).image).tobytes()
    return hashes(path)


def same(root: Path, reference: Path) -> None:
    """Asserts that both hold the same files, which show, and sound, the same; and nothing besides."""
    assert names(root) == names(reference)
    for name in names(reference):
        one, other = root / name, reference / name
        if one.is_file() and one.read_bytes() != other.read_bytes():
            assert decoded(one) == decoded(other), name


def attempt(fault: Fault, play: Play, reference: Path, folder: Path) -> Outcome:
    """Lets a render meet a fault, continues it, and asserts that nothing is lost and the result is the reference."""
    root = folder / f"{fault.kind}-{fault.at}"
    root.mkdir()
    stopped = perform(root, play, fault)
    assert stopped.code in (CODES[fault.kind] if stopped.at else (0,)), (fault, stopped)
    if names(root) != names(reference):  # else it was killed after its last step
        if stopped.code != 0:
            go_on(root, play, stopped, reference)
        else:  # the film is whole, and only its work folder could not be removed
            assert perform(root, play).code == 0
    same(root, reference)
    shutil.rmtree(root)
    return stopped


def go_on(root: Path, play: Play, stopped: Outcome, reference: Path) -> None:
    """Continues a render that was stopped, and asserts that no frame is lost that was kept.

    Frames are lost if fewer are gone on from than the store holds, or than were said to be done but for those that wait
    for the disk.
    """
    there = committed(root)
    gone_on = perform(root, play)
    assert gone_on.code == 0, (stopped, gone_on)
    assert gone_on.first >= max(there, stopped.done - WAITING), (there, stopped, gone_on)


def try_steps(kind: str, play: Play, reference: Path, folder: Path, *, steps: int, each: int = 1) -> Counter[str]:
    """Attempts every step of so many, or one in `each`, and says how often each kind of call was met.

    The steps go on until a run comes to its end without one.
    """
    every = 1 if os.environ.get(WHOLE) else each
    chosen = range(1 + len(kind) % every, steps + every + 1, every)
    with ThreadPoolExecutor(WORKERS) as pool:
        tried = list(pool.map(lambda at: attempt(Fault(at, kind, seed=at % 3), play, reference, folder), chosen))
    assert not tried[-1].at, "there are further steps"
    return Counter(outcome.at for outcome in tried if outcome.at)
