"""A clip whose end dissolves into its beginning, along the motion from one to the other."""

from collections.abc import Iterable, Iterator

from dreamvid.arrays import Carry, Image
from dreamvid.errors import InputError
from dreamvid.motion.morph import Morph
from dreamvid.pipeline.kept import Kept

_RAMP = 0.3  # part of the way in which it gathers speed, and in which it loses it


def crossfaded(film: Iterable[Carry], count: int) -> Iterator[Image]:
    """The film without its first `count` frames, which its last ones turn into: so its end leads to its beginning.

    The motion is measured on the source frames, where no dream hides it. Head and tail are kept on the disk, so that
    memory and disk do not grow with the film, nor need its length be known.

    Args:
        film: the frames of a clip, each with its dream.
        count: at most half of them.

    Raises:
        InputError: there are fewer frames than twice as many.
    """
    with Kept() as heads, Kept() as head_dreams, Kept() as tails, Kept() as tail_dreams:
        n = -1
        for n, (source, dreamed) in enumerate(film):
            if n < count:
                heads[n], head_dreams[n] = source, dreamed
                continue
            place = n % count
            if n >= 2 * count:
                yield tail_dreams[place]  # the oldest one, in whose place the newest goes
            tails[place], tail_dreams[place] = source, dreamed
        if n + 1 < 2 * count:
            raise InputError(f"only {n + 1} frames could be read; for a dissolve of {count} frames there must be "
                             f"{2 * count}")
        for step in range(count):
            place = (n + 1 + step) % count
            morph = Morph(tails[place], heads[step])
            yield morph.mixed(tail_dreams[place], head_dreams[step], gentle((step + 1) / (count + 1)))


def gentle(way: float) -> float:
    """The share of the beginning after a part of the way, both from 0 to 1: it sets off and comes to rest gently.

    So the steps into and out of the dissolve are those of the film itself.
    """
    ramped, rest = min(way, 1 - way), 1 - _RAMP
    risen = ramped**2 / (2 * _RAMP * rest) if ramped < _RAMP else (ramped - _RAMP / 2) / rest
    return risen if way <= 1 / 2 else 1 - risen
