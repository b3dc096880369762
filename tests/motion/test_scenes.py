"""Cuts are found, and what only looks like one is not."""

from collections.abc import Sequence

import numpy as np
import pytest
from benchmarks.known_motion import Move, photograph, under_camera

from dreamvid.arrays import Image, Size
from dreamvid.motion.scenes import Link, Scenes

SIZE = Size(160, 96)


def shot(name: str, frames: int, pan: float = 1.5) -> list[Image]:
    return under_camera(photograph(name), SIZE, frames, Move(pan=(pan, 0))).frames


def links(frames: Sequence[Image], *, find: bool = True) -> list[Link]:
    scenes = Scenes(find=find)
    found = []
    for n, frame in enumerate(scenes.watch(frames)):
        assert frame is frames[n]
        found.append(scenes.link(n))
    assert len(found) == len(frames)
    return found


def cuts(found: list[Link]) -> list[int]:
    return [n for n, link in enumerate(found) if link is Link.CUT]


def test_one_scene() -> None:
    assert links(shot("coffee", 30)) == [Link.CUT] + [Link.FLOW] * 29


@pytest.mark.parametrize("at", [1, 2, 3, 10, 17, 18, 19])
def test_a_cut_is_found_wherever_it_is(at: int) -> None:
    found = links([*shot("coffee", at), *shot("astronaut", 20 - at)])
    assert cuts(found) == [0, at]
    assert Link.HOLD not in found


def test_several_cuts() -> None:
    frames = [*shot("coffee", 8), *shot("astronaut", 8), *shot("chelsea", 8), *shot("rocket", 8)]
    assert cuts(links(frames)) == [0, 8, 16, 24]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_flash_is_held_and_is_no_cut(length: int) -> None:
    frames = shot("coffee", 24)
    for n in range(10, 10 + length):
        frames[n] = np.clip(frames[n] * 0.2 + 0.8, 0, 1)
    found = links(frames)
    assert cuts(found) == [0]
    assert found[10 : 11 + length] == [Link.HOLD] * (length + 1)
    assert found[11 + length :] == [Link.FLOW] * (13 - length)


def test_a_fade_is_no_cut() -> None:
    frames = [frame * np.float32(light) for frame, light in zip(
        shot("coffee", 30), np.r_[np.ones(8), np.linspace(1, 0, 14), np.zeros(8)], strict=True)]
    assert cuts(links(frames)) == [0]


def test_a_quick_pan_is_no_cut() -> None:
    assert cuts(links(shot("coffee", 20, pan=9))) == [0]


def test_without_looking() -> None:
    assert cuts(links([*shot("coffee", 5), *shot("astronaut", 5)], find=False)) == [0]


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 5])
def test_short_clips(frames: int) -> None:
    assert cuts(links(shot("coffee", frames) if frames else [])) == [0][:frames]


def test_only_a_few_frames_are_held_back() -> None:
    taken = 0

    def counted() -> Sequence[Image]:
        nonlocal taken
        for frame in shot("coffee", 30):
            taken += 1
            yield frame

    for n, _ in enumerate(Scenes().watch(counted())):
        assert taken <= n + 5
