"""A film there and back."""

from collections.abc import Iterable, Iterator

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


def backward(kept: Kept) -> Iterator[Image]:
    """The way back from the last frame to the first, without those two."""
    for n in range(kept.count - 2, 0, -1):
        yield kept[n]


def length_there_and_back(frames: int) -> int:
    """How many frames a film of so many has there and back."""
    return max(frames, 2 * frames - 2)
