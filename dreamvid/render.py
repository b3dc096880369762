"""The frame loop: some frames are dreamed, each from the previous dream; pictures are made from the dreams.

Every kind of film uses this loop. The start, the dream and the pictures are functions that the film passes in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from dreamvid.arrays import Image
from dreamvid.frame import Carry, Frame, Past

Start = Callable[[Frame, Carry | None], Image]
"""(frame, carry of the previous dream; None at the start of a film) → the image to dream."""

Dream = Callable[[Image, Frame, Past | None], Image]
"""(image, frame, its past) → dreamed image."""

Remember = Callable[[Frame, Carry | None], Past | None]
"""(frame, carry of the previous dream) → the frame's past; see `frame.Past`."""

Pictures = Callable[[Carry | None, Carry, Sequence[Frame]], Iterable[Image]]
"""(previous dream, next dream, the frames after the first up to and including the second) → one picture a frame."""


def no_past(_: Frame, __: Carry | None) -> None:
    """For films whose dreams need no past."""


def dreams(
    frames: Iterable[Frame], start: Start, dream: Dream, remember: Remember = no_past, *, carry: Carry | None = None
) -> Iterator[Carry]:
    """Yields the carry of each dreamed frame.

    Args:
        frames: in order, all of one size.
        start: makes the image that each dream starts from.
        dream: dreams that image.
        remember: makes the past of each frame.
        carry: the carry of the dream before the first frame; None at the start of a film.
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
    """Yields each picture of a film with the carry of the last dream at or before it. See `dreams` for other arguments.

    Args:
        frames: in order, all of one size; the last one must be dreamed.
        pictures: makes the pictures between two dreams.
    """
    group: list[Frame] = []

    def grouped() -> Iterator[Frame]:
        for frame in frames:
            group.append(frame)
            yield frame

    before = carry
    for after in dreams(grouped(), start, dream, remember, carry=carry):
        for frame, picture in zip(group, pictures(before, after, group), strict=True):
            yield picture, after if frame.n == after.n else before
        group.clear()
        before = after
