"""The frame loop: for each frame, start from what the last dream left, dream the start, write it.

What a start is, and how it is dreamed, are arguments. So a zoom, a clip and a test are the same loop.
"""

from collections.abc import Callable, Iterable, Iterator

from dreamvid.arrays import Carry, Image

Start = Callable[[Image, Carry | None, int], Image]
"""(source frame, what the frame before left, number of the frame) → the image that is to be dreamed."""

Dream = Callable[[Image, int], Image]
"""(image, number of the frame) → dreamed image."""


def dreams(
    frames: Iterable[Image], start: Start, dream: Dream, *, first: int = 0, carry: Carry | None = None
) -> Iterator[Carry]:
    """Each frame with its dream, which is what it leaves to the next; the arguments are those of `render`."""
    for n, source in enumerate(frames, first):
        carry = Carry(source, dream(start(source, carry, n), n))
        yield carry


def render(
    frames: Iterable[Image],
    start: Start,
    dream: Dream,
    write: Callable[[Image], None],
    done: Callable[[int], None],
    *,
    first: int = 0,
    carry: Carry | None = None,
) -> Carry | None:
    """Renders frames one after the other and returns what the last one leaves to a next.

    Args:
        frames: source frames, all of one size.
        start: what each frame begins from.
        dream: dreams it.
        write: takes the dreamed frames in order.
        done: called after each frame with the number of frames that are written.
        first: the number of the first frame, from 0.
        carry: what the frame before the first left; None for a beginning.
    """
    left = carry
    for n, left in enumerate(dreams(frames, start, dream, first=first, carry=carry), first + 1):
        write(left.dreamed)
        done(n)
    return left
