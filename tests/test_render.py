"""The frame loop, with stages of plain arithmetic."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from weakref import ref

import numpy as np

from dreamvid.arrays import Image, Map
from dreamvid.frame import Carry, Frame, Motion
from dreamvid.render import dreams, render
from dreamvid.settings import FrameValues

VALUES = FrameValues(steps=1, step_size=0.01)
FRAMES = [Frame(n, Fraction(n, 30), np.full((2, 2, 3), n / 10, np.float32), VALUES) for n in range(5)]


def start(frame: Frame, carry: Carry | None) -> Image:
    return frame.source if carry is None else frame.source + carry.dreamed - carry.source


def dream(image: Image, frame: Frame, _: Map | None) -> Image:
    return image + np.float32(0.01 * frame.n)


def pictures(_: Carry | None, after: Carry, frames: Sequence[Frame]) -> Iterable[Image]:
    assert [frame.n for frame in frames] == [after.n]
    return [after.dreamed]


def test_every_frame_is_dreamed_once_and_in_order() -> None:
    added = [carry.dreamed[0, 0, 0] - carry.source[0, 0, 0] for carry in dreams(FRAMES, start, dream)]
    np.testing.assert_allclose(added, [0, 0.01, 0.03, 0.06, 0.1], atol=1e-6)  # 0.01 times 0, 0 + 1, 0 + 1 + 2 …


def test_a_dream_leaves_its_number_its_source_and_itself() -> None:
    last = list(dreams(FRAMES, start, dream))[-1]
    assert last.n == 4
    assert last.source is FRAMES[4].source


def test_pictures_come_with_the_dream_that_they_are_made_of() -> None:
    made = list(render(FRAMES, start, dream, pictures))
    assert [carry.n for _, carry in made if carry] == [0, 1, 2, 3, 4]
    for picture, carry in made:
        assert carry is not None
        np.testing.assert_array_equal(picture, carry.dreamed)


def frames_with_gaps(*dreamed: int) -> list[Frame]:
    """The frames, of which only some are dreamed."""
    motion = Motion(np.zeros((2, 2, 2), np.float32), np.ones((2, 2), np.float32))
    return [replace(frame, onward=None if frame.n in dreamed else motion) for frame in FRAMES]


def test_frames_between_two_dreams_have_pictures_of_both() -> None:
    seen = []

    def spread(before: Carry | None, after: Carry, frames: Sequence[Frame]) -> Iterable[Image]:
        seen.append((before.n if before else None, after.n, [frame.n for frame in frames]))
        return [after.dreamed for _ in frames]

    made = list(render(frames_with_gaps(0, 3, 4), start, dream, spread))
    assert seen == [(None, 0, [0]), (0, 3, [1, 2, 3]), (3, 4, [4])]
    assert [carry.n for _, carry in made if carry] == [0, 0, 0, 3, 4]  # the last dream at or before each picture


def test_what_is_kept_of_a_carry_is_all_of_it() -> None:
    for past in (None, np.full((2, 2), 3, np.float32), np.full((2, 2, 3), 0.25, np.float32)):
        carry = Carry(1, FRAMES[1].source, FRAMES[2].source, past)
        again = Carry.of_kept(1, carry.source, carry.kept)
        np.testing.assert_array_equal(again.dreamed, carry.dreamed)
        assert (again.past is None) == (carry.past is None)
        assert past is None or np.array_equal(again.past, past)


def test_pictures_know_the_dream_before() -> None:
    seen = []

    def pair(before: Carry | None, after: Carry, frames: Sequence[Frame]) -> Iterable[Image]:
        seen.append((before.n if before else None, after.n))
        return [after.dreamed]

    list(render(FRAMES[:3], start, dream, pair))
    assert seen == [(None, 0), (0, 1), (1, 2)]


def test_a_render_that_goes_on_makes_the_same_frames() -> None:
    whole = list(render(FRAMES, start, dream, pictures))
    carry = whole[1][1]
    rest = list(render(FRAMES[2:], start, dream, pictures, carry=carry))
    for (picture, _), (again, _) in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(picture, again)


def test_nothing_is_dreamed_before_it_is_asked_for() -> None:
    dreamed = []

    def noted(image: Image, frame: Frame, _: Map | None) -> Image:
        dreamed.append(frame.n)
        return image

    made = render(FRAMES, start, noted, pictures)
    assert dreamed == []
    next(made)
    assert dreamed == [0]


def test_no_frames_make_no_pictures() -> None:
    assert list(render([], start, dream, pictures)) == []


def test_frames_are_let_go_when_their_pictures_are_made() -> None:
    """A frame of a large film takes many megabytes."""
    seen: list[ref[Frame]] = []

    def frames() -> Iterator[Frame]:
        for frame in frames_with_gaps(0, 2, 4):
            copy = replace(frame)
            seen.append(ref(copy))
            yield copy

    def each(_: Carry | None, after: Carry, group: Sequence[Frame]) -> Iterable[Image]:
        return [after.dreamed for _ in group]

    for n, _ in enumerate(render(frames(), start, dream, each)):
        if n == 3:  # in the group of 3 and 4
            assert [one() is None for one in seen] == [True, True, True, False, False]
