"""Dreams by number, each made once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Image
from dreamvid.films.film import Dreams, HeldDreams, StoredDreams
from dreamvid.output.store import Store


def dream(n: int) -> Image:
    return np.full((2, 3, 3), n / 8, np.float32)


@pytest.mark.parametrize("make", [lambda folder: StoredDreams(Store(folder).begin()), lambda _: HeldDreams()])
def test_each_is_made_once(make: Callable[[Path], Dreams], tmp_path: Path) -> None:
    kept = make(tmp_path)
    for n in range(3):
        np.testing.assert_array_equal(kept.keep(n, lambda n=n: dream(n)), dream(n))
        assert len(kept) == n + 1
    for n in range(3):
        np.testing.assert_array_equal(kept.keep(n, pytest.fail), dream(n))
        np.testing.assert_array_equal(kept[n], dream(n))


def test_those_of_an_earlier_run_count_up_to_the_first_that_is_missing(tmp_path: Path) -> None:
    store = Store(tmp_path).begin()
    for n in (0, 1, 3):
        StoredDreams(store).keep(n, lambda n=n: dream(n))
    assert len(StoredDreams(store)) == 2
