"""Contact sheets: every picture is on them, as it is or smaller, and no label leads out of its cell."""

import numpy as np
import pytest

from dreamvid.arrays import Size, from_uint8, to_uint8
from dreamvid.output.sheet import GUTTER, contact_sheet
from tests.media import noise

PICTURES = [from_uint8(noise(Size(40, 30), n)) for n in range(5)]


def places_of(sheet: np.ndarray, picture: np.ndarray) -> list[tuple[int, int]]:
    """Where a picture lies on a sheet, (x, y)."""
    height, width = picture.shape[:2]
    rows, columns = np.nonzero((sheet[: 1 - height, : 1 - width] == picture[0, 0]).all(axis=-1))
    return [(x, y) for x, y in zip(columns, rows, strict=True)
            if np.array_equal(sheet[y:y + height, x:x + width], picture)]


@pytest.mark.parametrize("columns", [1, 2, 9])
def test_every_picture_is_there_once_in_order(columns: int) -> None:
    sheet = to_uint8(contact_sheet([(f"{n}", one) for n, one in enumerate(PICTURES)], "title", columns=columns))
    places = [places_of(sheet, to_uint8(one)) for one in PICTURES]
    assert [len(place) for place in places] == [1] * 5
    rows = sorted((y, x) for [(x, y)] in places)
    assert rows == [(y, x) for [(x, y)] in places]
    assert len({x for [(x, _)] in places}) == min(columns, 5)


def test_large_pictures_are_reduced_and_small_ones_not_enlarged() -> None:
    assert contact_sheet([("", PICTURES[0])], "", columns=1, side=20).shape[1] == 20 + 2 * GUTTER
    assert contact_sheet([("", PICTURES[0])], "", columns=1, side=500).shape[1] == 40 + 2 * GUTTER


def test_long_words_are_wrapped_within_their_cell() -> None:
    short, long = (to_uint8(contact_sheet([(label, PICTURES[0]), ("", PICTURES[1])], "a title that is too long " * 9,
                                          columns=2)) for label in ("a", "a-very-long-label-without-a-space in it"))
    assert long.shape[0] > short.shape[0]
    assert long.shape[1] == short.shape[1]
    paper, right = long[0, 0], 2 * GUTTER + 40
    [(_, top)] = places_of(long, to_uint8(PICTURES[0]))
    assert (long[top + 31:, right - GUTTER + 2:right] == paper).all(), "nothing is written between the cells"
