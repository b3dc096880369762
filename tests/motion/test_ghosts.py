"""A slow mix of two pictures is seen as a ghost; motion, a morph and a film that fades all the time are not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamvid.arrays import Image, Size, to_uint8
from dreamvid.films.crossfade import gentle
from dreamvid.motion.ghosts import ghosts
from dreamvid.motion.measure import GHOSTS, measure_closing
from dreamvid.motion.morph import Morph
from tests.benchmarks.known_motion import Move, one_over_another, photograph, under_camera

SIZE = Size(128, 72)
SEAM = 12


def over_a_wall(speed: float) -> list[Image]:
    """A round picture that passes over another one."""
    back = under_camera(photograph("coffee"), SIZE, 48, Move(pan=(0.2, 0.0)))
    return one_over_another(back, photograph("chelsea"), (speed, 0.3)).frames


def closed(frames: list[Image], quick: float | None) -> list[Image]:
    """The loop of these frames whose end turns into its beginning; without `quick`, by a plain mix."""
    seam = []
    for k, (last, head) in enumerate(zip(frames[-SEAM:], frames[:SEAM], strict=True), 1):
        share = gentle(k / (SEAM + 1))
        plain = last + (head - last) * np.float32(share)
        seam.append(plain if quick is None else Morph(last, head).mixed(last, head, share, quick))
    return [*frames[SEAM:-SEAM], *seam]


def shares_of(frames: list[Image]) -> NDArray[np.float64]:
    return ghosts((to_uint8(frame) for frame in frames), len(frames))


def test_a_plain_mix_is_a_ghost_and_what_moves_is_none() -> None:
    moving = over_a_wall(1.5)
    mixed = shares_of(closed(moving, None))
    assert mixed.max() > GHOSTS
    assert np.argmax(mixed) in range(24, 36)  # where it was mixed
    assert shares_of(closed(moving, 3 / (SEAM + 1))).max() < 0.6 * mixed.max()


def test_a_loop_with_a_ghost_does_not_close() -> None:
    found = measure_closing(lambda: closed(over_a_wall(1.5), None))
    assert found.has_ghosts
    assert found.ghost in range(24, 36)
    assert not found.closes


def test_a_film_that_fades_all_the_time_has_no_ghost() -> None:
    found = measure_closing(lambda: closed(over_a_wall(1.5), None))
    assert not replace(found, usual_ghosts=0.6 * found.ghosts).has_ghosts


@pytest.mark.parametrize("frames", [3, 5, 9])
def test_the_shortest_films_are_judged_too(frames: int) -> None:
    assert len(shares_of(over_a_wall(1.0)[:frames])) == frames
