"""The frame loop: some frames are dreamed, each from what the last dream left; pictures are made of the dreams.

What a start is, how it is dreamed, and how pictures are made of dreams are arguments: every film is this loop.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import tee

from dreamvid.arrays import Image
from dreamvid.frame import Carry, Frame, Past

Start = Callable[[Frame, Carry | None], Image]
"""(frame, what the dream before it left; None at a film's beginning) → the image that is to be dreamed."""

Dream = Callable[[Image, Frame, Past | None], Image]
"""(image, frame, its past) → dreamed image."""

Remember = Callable[[Frame, Carry | None], Past | None]
"""(frame, what the dream before it left) → the frame's past; see `Carry`."""

Pictures = Callable[[Carry | None, Carry, Sequence[Frame]], Iterable[Image]]
"""(the dream before, a dream, the frames after the first up to and with the second) → their pictures, one for each."""


def no_past(_: Frame, __: Carry | None) -> None:
    """The past of dreams in a film where it does not matter."""


def dreams(
    frames: Iterable[Frame], start: Start, dream: Dream, remember: Remember = no_past, *, carry: Carry | None = None
) -> Iterator[Carry]:
    """The dream of each frame that is dreamed, which is what it leaves to the next.

    Args:
        frames: in order, all of one size.
        start: what each frame begins from.
        dream: dreams it.
        remember: the past of each frame.
        carry: what the dream before the first frame left; None for a beginning.
    """
    for frame in frames:
        if frame.dreamed:
            past = remember(frame, carry)
            carry = Carry(frame.n, frame.source, dream(start(frame, carry), frame, past), past)
            yield carry


def render(
    frames: Iterable[Frame], start: Start, dream: Dream, pictures: Pictures, remember: Remember = no_past, *,
    carry: Carry | None = None,
) -> Iterator[tuple[Image, Carry | None]]:
    """Each picture of a film, with the last dream at or before it; the arguments are those of `dreams`.

    Args:
        frames: the last of them is dreamed.
        pictures: makes the pictures from one dream to the next.
    """
    to_dream, to_show = tee(frames)
    before = carry
    for after in dreams(to_dream, start, dream, remember, carry=carry):
        group = _until(to_show, after.n)
        for frame, picture in zip(group, pictures(before, after, group), strict=True):
            yield picture, after if frame.n == after.n else before
        before = after


def _until(frames: Iterator[Frame], n: int) -> list[Frame]:
    """The next frames, up to and with number n."""
    group: list[Frame] = []
    while not group or group[-1].n < n:
        group.append(next(frames))
    return group
