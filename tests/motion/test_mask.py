"""How much of a dream is shown, and where."""

from itertools import islice

import numpy as np

from dreamvid.arrays import Size
from dreamvid.motion.show import mask_of, masks_of, shown

SOURCE = np.full((4, 6, 3), 0.2, np.float32)
DREAM = np.full((4, 6, 3), 0.8, np.float32)
HALF = np.zeros((8, 12, 3), np.float32)
HALF[:, 6:] = 1


def test_strength() -> None:
    assert shown(SOURCE, DREAM, 1, None) is DREAM
    np.testing.assert_allclose(shown(SOURCE, DREAM, 0.5, None), 0.5, atol=1e-6)
    np.testing.assert_allclose(shown(SOURCE, DREAM, 0, None), SOURCE)


def test_white_dreams_and_black_stays() -> None:
    mask = mask_of(HALF, Size(6, 4), invert=False)
    seen = shown(SOURCE, DREAM, 1, mask)
    np.testing.assert_allclose(seen[:, :3], SOURCE[:, :3], atol=1e-6)
    np.testing.assert_allclose(seen[:, 3:], DREAM[:, 3:], atol=1e-6)
    np.testing.assert_allclose(mask + mask_of(HALF, Size(6, 4), invert=True), 1, atol=1e-6)
    np.testing.assert_allclose(shown(SOURCE, DREAM, 0.5, mask)[:, 3:], 0.5, atol=1e-6)


def test_a_mask_that_ends_stays() -> None:
    masks = list(islice(masks_of([HALF, 1 - HALF], Size(6, 4), invert=False), 4))
    np.testing.assert_array_equal(masks[1], masks[3])
    assert not np.array_equal(masks[0], masks[1])
    assert next(masks_of([], Size(6, 4), invert=False)).min() == 1
