"""A range in progress: a later run goes on from what was flushed last and is whole."""

from pathlib import Path

import numpy as np
import pytest

from dreamvid.output.progress import Progress, frames_in_progress
from dreamvid.output.store import Store

SHAPE = (4, 6, 3)
NAME = "range-00000000-00000009"
PICTURES = np.random.default_rng(0).integers(0, 256, (9, *SHAPE), dtype=np.uint8)
DREAMS = np.random.default_rng(1).random((9, *SHAPE), np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path).begin()


def begun(store: Store, *flushed: int) -> None:
    """Appends pictures, and flushes after these numbers of them; the last of them is all."""
    progress = Progress(store, NAME, SHAPE)
    for n in range(flushed[-1]):
        progress.append(PICTURES[n], DREAMS[n])
        if n + 1 in flushed:
            progress.flush()
    progress.close()


def goes_on(store: Store, frames: int) -> None:
    """Asserts that a later run has so many pictures, and the dream of the last."""
    assert frames_in_progress(store) == frames
    progress = Progress(store, NAME, SHAPE)
    assert progress.frames == frames
    np.testing.assert_array_equal(list(progress.pictures()), PICTURES[:frames].reshape(-1, *SHAPE) if frames else [])
    if frames:
        np.testing.assert_array_equal(progress.carry, DREAMS[frames - 1])
    progress.close()


def test_it_goes_on_again_and_again(store: Store) -> None:
    goes_on(store, 0)
    begun(store, 2, 5)
    goes_on(store, 5)
    progress = Progress(store, NAME, SHAPE)
    for n in range(5, 9):
        progress.append(PICTURES[n], DREAMS[n])
    progress.flush()
    progress.close()
    goes_on(store, 9)


@pytest.mark.parametrize("damage", [lambda mark: mark[:-1], lambda mark: b"x" + mark[1:], lambda mark: b""])
def test_a_mark_that_was_interrupted_leaves_the_one_before(store: Store, damage) -> None:
    begun(store, 2, 5)
    mark = store.folder / "progress" / f"{NAME}.1"
    mark.write_bytes(damage(mark.read_bytes()))
    goes_on(store, 2)


@pytest.mark.parametrize(("pictures", "left"), [(4, 2), (1, 0)])
def test_pictures_that_are_lost_leave_the_mark_before_them(store: Store, pictures: int, left: int) -> None:
    begun(store, 2, 5)
    path = store.folder / "progress" / f"{NAME}.pictures"
    path.write_bytes(path.read_bytes()[: pictures * PICTURES[0].size])
    goes_on(store, left)


def test_what_is_removed_or_not_durable_leaves_no_file(store: Store, tmp_path: Path) -> None:
    begun(store, 3)
    Progress(store, NAME, SHAPE).remove()
    begun(Store(tmp_path, durable=False), 3)
    assert list((tmp_path / "progress").iterdir()) == []
