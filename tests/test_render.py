"""The frame loop, with stages of plain arithmetic."""

import numpy as np

from dreamvid.arrays import Carry, Image
from dreamvid.render import render

FRAMES = [np.full((2, 2, 3), n / 10, np.float32) for n in range(5)]


def start(source: Image, carry: Carry | None, n: int) -> Image:
    return source if carry is None else source + carry.dreamed - carry.source


def dream(image: Image, n: int) -> Image:
    return image + np.float32(0.01 * n)


def collect(frames: list[Image], **state) -> tuple[list[Image], list[int], Carry | None]:
    written, done = [], []
    carry = render(frames, start, dream, written.append, done.append, **state)
    return written, done, carry


def test_every_frame_is_dreamed_once_and_in_order() -> None:
    written, done, _ = collect(FRAMES)
    assert done == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(written[0], FRAMES[0])
    assert len(written) == len(FRAMES)


def test_the_carry_holds_the_last_source_and_its_dream() -> None:
    written, _, carry = collect(FRAMES)
    assert carry is not None
    assert carry.source is FRAMES[-1]
    assert carry.dreamed is written[-1]


def test_a_film_in_two_parts_is_the_film_in_one() -> None:
    whole, _, _ = collect(FRAMES)
    head, _, carry = collect(FRAMES[:2])
    tail, done, _ = collect(FRAMES[2:], first=2, carry=carry)
    np.testing.assert_array_equal(whole, head + tail)
    assert done == [3, 4, 5]


def test_no_frames_leave_no_carry() -> None:
    assert collect([]) == ([], [], None)
