"""A dream and its source in one picture."""

import numpy as np
import pytest

from dreamvid.arrays import Size, size_of
from dreamvid.motion.show import COMPARISONS, WIPE_SECONDS, side_by_side, size_beside, wipe

SOURCE = np.full((4, 40, 3), 0.2, np.float32)
DREAM = np.full((4, 40, 3), 0.6, np.float32)


def test_side_by_side() -> None:
    seen = side_by_side(SOURCE, DREAM, 0)
    np.testing.assert_array_equal(seen[:, :40], SOURCE)
    np.testing.assert_array_equal(seen[:, 40:], DREAM)


@pytest.mark.parametrize(("share", "line"), [(0, 0), (0.25, 20), (0.5, 40), (0.75, 20), (1, 0)])
def test_the_line_goes_to_the_right_and_back(share: float, line: int) -> None:
    seen = wipe(SOURCE, DREAM, share * WIPE_SECONDS)
    assert (seen[:, : max(0, line - 1)] == SOURCE[0, 0]).all()
    assert (seen[:, line + 1 :] == DREAM[0, 0]).all()


@pytest.mark.parametrize("kind", [*COMPARISONS, "off"])
def test_the_size_is_known_before(kind: str) -> None:
    seen = COMPARISONS[kind](SOURCE, DREAM, 0.3) if kind != "off" else DREAM
    assert size_of(seen) == size_beside(Size(40, 4), kind)
