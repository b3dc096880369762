"""Cuts are found, and what only looks like one is not."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

import numpy as np
import pytest

from dreamvid.arrays import Bytes, Image, Size, to_uint8
from dreamvid.motion.scenes import Scene, scan
from tests.benchmarks.known_motion import Move, photograph, under_camera

SIZE = Size(160, 96)


def shot(name: str, frames: int, pan: float = 1.5) -> list[Image]:
    return under_camera(photograph(name), SIZE, frames, Move(pan=(pan, 0))).frames


def scenes(frames: Sequence[Image], *, find: bool = True) -> tuple[Scene, ...]:
    """The scenes of a clip: they follow each other without a gap, and are those that are found on the way."""
    found = scan(map(to_uint8, frames), find=find)
    ends = [0, *(scene.stop for scene in found)]
    assert [(scene.first, scene.stop) for scene in found] == list(pairwise(ends))
    assert ends[-1] == len(frames)
    assert all(scene.first < n < scene.stop for scene in found for n in scene.held)
    return found


def cuts(found: Sequence[Scene]) -> list[int]:
    return [scene.first for scene in found]


def test_one_scene() -> None:
    assert scenes(shot("coffee", 30)) == (Scene(0, 30),)


@pytest.mark.parametrize("at", [1, 2, 3, 10, 17, 18, 19])
def test_a_cut_is_found_wherever_it_is(at: int) -> None:
    found = scenes([*shot("coffee", at), *shot("astronaut", 20 - at)])
    assert found == (Scene(0, at), Scene(at, 20))


def test_several_cuts() -> None:
    frames = [*shot("coffee", 8), *shot("astronaut", 8), *shot("chelsea", 8), *shot("rocket", 8)]
    assert cuts(scenes(frames)) == [0, 8, 16, 24]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_flash_is_held_and_is_no_cut(length: int) -> None:
    frames = shot("coffee", 24)
    for n in range(10, 10 + length):
        frames[n] = np.clip(frames[n] * 0.2 + 0.8, 0, 1)
    assert scenes(frames) == (Scene(0, 24, held=tuple(range(10, 11 + length))),)


def test_flashes_belong_to_their_scenes() -> None:
    frames = [*shot("coffee", 20), *shot("astronaut", 20), *shot("chelsea", 20)]
    for n in (9, 50):
        frames[n] = np.clip(frames[n] * 0.2 + 0.8, 0, 1)
    assert scenes(frames) == (Scene(0, 20, (9, 10)), Scene(20, 40), Scene(40, 60, (50, 51)))


def test_a_fade_is_no_cut() -> None:
    frames = [frame * np.float32(light) for frame, light in zip(
        shot("coffee", 30), np.r_[np.ones(8), np.linspace(1, 0, 14), np.zeros(8)], strict=True)]
    assert cuts(scenes(frames)) == [0]


def test_a_quick_pan_is_no_cut() -> None:
    assert cuts(scenes(shot("coffee", 20, pan=9))) == [0]


def test_without_looking_all_is_one_scene() -> None:
    assert scenes([*shot("coffee", 5), *shot("astronaut", 5)], find=False) == (Scene(0, 10),)


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 5])
def test_short_clips(frames: int) -> None:
    assert cuts(scenes(shot("coffee", frames) if frames else [])) == [0][:frames]


def test_every_cut_of_a_long_clip() -> None:
    first, second = (to_uint8(shot(name, 1)[0]) for name in ("coffee", "astronaut"))

    def many() -> Iterator[Bytes]:
        for _ in range(30):
            yield from chain([first] * 50, [second] * 50)

    assert cuts(scan(many())) == list(range(0, 3000, 50))
