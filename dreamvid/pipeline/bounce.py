"""A film there and back."""

import tempfile
from collections.abc import Iterator

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8


def there_and_back(film: Iterator[Image]) -> Iterator[Image]:
    """The frames of a film, and then backward all but its two ends, so that no frame is seen twice running.

    On the way there they are kept on the disk, as bytes, since memory would not hold a long film.
    """
    with tempfile.TemporaryFile() as kept:
        count, shape = 0, (0, 0, 0)
        for image in film:
            yield image
            shape = image.shape
            kept.write(to_uint8(image).tobytes())
            count += 1
        length = int(np.prod(shape))
        for n in range(count - 2, 0, -1):
            kept.seek(n * length)
            yield from_uint8(np.frombuffer(kept.read(length), np.uint8).reshape(shape))
