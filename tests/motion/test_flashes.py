"""Flashes, as WCAG 2.3.1 counts them, and what is said of them."""

from fractions import Fraction

import numpy as np
import pytest

from dreamvid.films.moving import flash_watch
from dreamvid.motion.flashes import Flashes
from dreamvid.settings import FrameValues
from dreamvid.timeline.table import Table


def picture(level: float, share: float = 1.0) -> np.ndarray:
    image = np.full((48, 64, 3), 0.2, np.float32)
    image[:, : round(64 * share)] = level
    return image


@pytest.mark.parametrize(("rate", "level", "share", "flashes"), [
    (5, 0.8, 1.0, True), (2, 0.8, 1.0, False), (5, 0.25, 1.0, False), (5, 0.8, 0.15, False), (5, 0.8, 0.4, True)])
def test_more_than_three_flashes_a_second_over_a_quarter(rate: int, level: float, share: float, flashes: bool) -> None:
    watch = Flashes()
    seen = [watch.seen(picture(level if int(2 * rate * n / 30) % 2 else 0.2, share), n / 30) for n in range(90)]
    assert any(seen) == flashes


def test_it_is_said_once_with_the_setting_that_moves() -> None:
    said: list[str] = []
    columns = {"drive": np.tile([0.0, 0.0, 0.0, 2.0, 2.0, 2.0], 15), "zoom": np.linspace(1, 2, 90)}
    still = FrameValues(steps=1, step_size=0.01)
    for table in (Table(still, columns), Table(still)):
        look = flash_watch(table, Fraction(30), said.append)
        for n in range(90):
            look(n, picture(0.8 if n // 3 % 2 else 0.2))
    assert len(said) == 1
    assert "it is strength that moves most" in said[0]
