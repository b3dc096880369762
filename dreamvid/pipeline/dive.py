"""The key pictures of a dive, and its frames."""

from collections.abc import Callable, Iterator
from math import tau

from dreamvid.arrays import Image, Size
from dreamvid.events import Begun, Frame, Observe
from dreamvid.filters import resize
from dreamvid.motion.anchor import anchored, palette_of
from dreamvid.motion.dive import Spiral, closed, key_size, nested, view
from dreamvid.settings import DiveSettings

Deepen = Callable[[Image, int, float], Image]
"""(image, number of the dream, share of the steps) → dreamed image."""

HEALING = 0.25
"""Share of the steps that a key is dreamed again after the next one was laid into it, so that they grow together."""
BEGINNING = -0.8
"""Where the film begins, in keys: where all of the first key is seen, and where frames differ least from the next,
since there one key alone fills them."""
_PULL = 0.6  # of the colours of every key to the picture's, or five dreams on end would burn them


def dive_frames(still: Image, frames: int, values: DiveSettings, deepen: Deepen, observe: Observe) -> Iterator[Image]:
    """The frames of an endless zoom into a picture.

    Args:
        still: the picture, at the size of the frames.
        frames: of one period.
        values: how many keys, and how the camera moves.
        deepen: dreams a key.
        observe: told of the keys.
    """
    size = Size(still.shape[1], still.shape[0])
    spiral = Spiral(values.zoom_per_key, tau * values.turns / values.keys)
    dive = closed(dream_keys(still, values.keys, spiral, deepen, observe), size, spiral)
    observe(Begun(frames))
    for n in range(frames):
        way = values.keys * n / frames
        yield dive.frame((BEGINNING - way if values.outward else BEGINNING + way) % values.keys)


def dream_keys(still: Image, count: int, spiral: Spiral, deepen: Deepen, observe: Observe) -> list[Image]:
    """Dreams keys, each from the centre of the one before; the last grows around the first.

    Then each is dreamed once more, a little, with its successor in its centre, and the two grow together.
    """
    size = key_size(Size(still.shape[1], still.shape[0]))
    base = resize(still, size)
    palette = palette_of(base)
    observe(Begun(2 * count, "key"))

    def dreamed(start: Image, number: int, share: float) -> Image:
        key = deepen(anchored(start, palette, _PULL).clip(0, 1), number, share)
        observe(Frame(number + 1, 2 * count))
        return key

    keys: list[Image] = []
    for n in range(count):
        start = view(keys[-1], size, spiral, 1) if keys else base
        if 0 < n == count - 1:
            start = nested(start, keys[0], spiral)
        keys.append(dreamed(start, n, 1.0))
    for n in range(count):
        keys[n] = dreamed(nested(keys[n], keys[(n + 1) % count], spiral), count + n, HEALING)
    return keys
