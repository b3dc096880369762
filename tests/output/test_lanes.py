"""Curves in lanes: larger values are drawn higher, and each lane has its place."""

import numpy as np
import pytest

from dreamvid.output.lanes import HEIGHT, LEFT, RIGHT, TITLE, WIDTH, Lane, draw_lanes


def lane(*values: float, **others: object) -> Lane:
    return Lane("curve", [("", np.array(values, float))], **others)  # type: ignore[arg-type]


def heights(picture: np.ndarray) -> np.ndarray:
    """The row of the curve in each column of the first lane."""
    inside = picture[TITLE + 1:TITLE + HEIGHT - 1, LEFT + 2:WIDTH - RIGHT - 2]
    return inside.sum(axis=-1).argmax(axis=0)


def test_a_rising_curve_rises() -> None:
    rows = heights(draw_lanes("title", [lane(0, 1)], 10.0))
    assert rows[0] > rows[len(rows) // 2] > rows[-1]
    assert abs(rows[0] + rows[-1] - HEIGHT) < 6, "from edge to edge"


def test_values_outside_stay_inside_their_lane() -> None:
    below, above = (draw_lanes("", [lane(-5, -5), lane(0, 0)], 1.0), draw_lanes("", [lane(5, 5), lane(0, 0)], 1.0))
    assert heights(below).min() > HEIGHT / 2 > heights(above).max()


@pytest.mark.parametrize("lanes", [1, 2, 5])
@pytest.mark.parametrize("seconds", [0.0, 0.5, 7200.0])
def test_any_number_of_lanes_and_any_length(lanes: int, seconds: float) -> None:
    picture = draw_lanes("", [lane(0, 1, note="a note that is too long " * 5)] * lanes, seconds)
    assert picture.shape[1:] == (WIDTH, 3)
    assert picture.shape[0] == draw_lanes("", [lane(0, 1)], 1.0).shape[0] + (lanes - 1) * (
        draw_lanes("", [lane(0, 1)] * 2, 1.0).shape[0] - draw_lanes("", [lane(0, 1)], 1.0).shape[0])


def test_beats_are_marked() -> None:
    plain, marked = (draw_lanes("", [lane(0, 0)], 4.0, beats) for beats in ([], [2.0]))
    columns = np.nonzero(np.abs(plain - marked).max(axis=(0, 2)))[0]
    assert abs(columns.mean() - (LEFT + WIDTH - RIGHT) / 2) < 2
    assert np.ptp(columns) <= 4
