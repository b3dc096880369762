"""A film there and back."""

from collections.abc import Callable, Iterable, Iterator

from dreamvid.arrays import Image
from dreamvid.pipeline.kept import Kept
from dreamvid.pipeline.output import Output


def there_and_back(film: Iterable[Image]) -> Iterator[Image]:
    """The frames of a film, and then backward all but its two ends, so that no frame is seen twice running.

    On the way there they are kept on the disk.
    """
    with Kept() as kept:
        for n, image in enumerate(film):
            yield image
            kept[n] = image
        yield from backward(kept)


def write_back(sink: Output, there: int, done: Callable[[int], None]) -> None:
    """Writes what is not written yet of the way back.

    Args:
        sink: has the frames of the way there, and can look back at them.
        there: how many those are.
        done: called after each frame with the number of frames that are written.
    """
    total = length_there_and_back(there)
    for n in range(max(there, sink.written), total):
        sink.write(sink.shown(total - n))
        done(n + 1)


def backward(kept: Kept) -> Iterator[Image]:
    """The way back from the last frame to the first, without those two."""
    for n in range(kept.count - 2, 0, -1):
        yield kept[n]


def length_there_and_back(frames: int) -> int:
    """How many frames a film of so many has there and back."""
    return max(frames, 2 * frames - 2)
