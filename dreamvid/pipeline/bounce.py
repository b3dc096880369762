"""A film there and back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from dreamvid.arrays import Image
from dreamvid.pipeline.kept import Kept


def there_and_back(film: Iterable[Image]) -> Iterator[Image]:
    """The frames of a film, and then backward all but its two ends, so that no frame is seen twice running.

    On the way there they are kept on the disk.
    """
    with Kept() as kept:
        for n, image in enumerate(film):
            yield image
            kept[n] = image
        yield from backward(kept)


@contextmanager
def bouncing(
    write: Callable[[Image], None], done: Callable[[int], None], *, wanted: bool
) -> Iterator[Callable[[Image], None]]:
    """Gives a `write` that keeps the frames; when the block ends well, the way back is written.

    Args:
        write: takes the frames, there and back.
        done: called after each frame of the way back with the number of frames that are written.
        wanted: whether to bounce at all; if not, `write` itself is given.
    """
    if not wanted:
        yield write
        return
    with Kept() as kept:

        def keep(image: Image) -> None:
            write(image)
            kept[kept.count] = image

        yield keep
        for n, image in enumerate(backward(kept), kept.count + 1):
            write(image)
            done(n)


def backward(kept: Kept) -> Iterator[Image]:
    """The way back from the last frame to the first, without those two."""
    for n in range(kept.count - 2, 0, -1):
        yield kept[n]


def length_there_and_back(frames: int) -> int:
    """How many frames a film of so many has there and back."""
    return max(frames, 2 * frames - 2)
