"""An endless dive: each key picture is dreamed from the centre of the previous one; frames are resampled from keys."""

from collections.abc import Callable, Generator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import tau
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, size_of
from dreamvid.films.film import Dreams, Film, Kind, Material, StoredFilm
from dreamvid.films.source import open_still
from dreamvid.filters import resize
from dreamvid.frame import Carry, Frame
from dreamvid.motion.camera import anchored, palette_of
from dreamvid.motion.dive import Dive, Spiral, closed, key_size, nested, view
from dreamvid.render import Dream, Start
from dreamvid.settings import FrameValues, LoopSettings
from dreamvid.timeline.clock import Values

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan

HEALING = 0.25
"""Share of the steps in a key's second dream, after the next key was pasted into it, which blends the two."""
BEGINNING = -0.8
"""Where the film begins, in keys. There the first key is fully visible and alone fills the frame, so consecutive
frames differ least."""
_PULL = 0.6  # how far each key's colours are pulled to the picture's; otherwise five dreams in a row oversaturate them


def _film(material: Material) -> Film:
    plan, values = material.plan, material.settings.dive
    base = resize(open_still(plan, material.paths), key_size(plan.size))
    spiral = Spiral(values.zoom_per_key, tau * values.turns / values.keys)
    keys = values.keys

    @cache
    def dive() -> Dive:
        return closed([material.dreams[keys + n] for n in range(keys)], plan.size, spiral)

    def pictures(first: int) -> Generator[Image, None, None]:
        for n in range(first, plan.frames):
            way = keys * n / plan.frames
            yield dive().frame((BEGINNING - way if values.outward else BEGINNING + way) % keys)

    return StoredFilm(
        dreams=2 * keys, frames=deep_frames(material, base, lambda n: 1.0 if n < keys else HEALING, 2 * keys),
        source=lambda _: base, start=key_start(base, keys, spiral, material.dreams), dream=deep_dream(material),
        pictures=pictures,
    )


def key_start(base: Image, count: int, spiral: Spiral, dreams: Dreams) -> Start:
    """The start image of each key's dream. The last key gets the first one in its centre, which closes the loop.

    After all keys, each is dreamed a second time with few steps, with the next key pasted into its centre.

    Args:
        base: the picture, at the size of the keys.
        count: number of keys; there are twice as many dreams.
        spiral: how each key is nested in the previous one.
        dreams: the earlier dreams.
    """
    size, palette = size_of(base), palette_of(base)

    def first_time(n: int, carry: Carry | None) -> Image:
        start = base if carry is None else view(carry.dreamed, size, spiral, 1)
        return nested(start, dreams[0], spiral) if 0 < n == count - 1 else start

    def second_time(n: int) -> Image:
        after = (n + 1) % count
        return nested(dreams[n], dreams[count + after] if after < n else dreams[after], spiral)

    def start(frame: Frame, carry: Carry | None) -> Image:
        begun = first_time(frame.n, carry) if frame.n < count else second_time(frame.n - count)
        return anchored(begun, palette, _PULL).clip(0, 1)

    return start


def deep_frames(
    material: Material, base: Image, share: Callable[[int], float], count: int
) -> Callable[[int], Generator[Frame, None, None]]:
    """Makes the frames of stored dreams; `share` gives each one's share of the steps."""
    def values_of(n: int) -> FrameValues:
        values = material.prepared.values[n]
        return replace(values, steps=max(1, round(share(n) * values.steps)))

    def frames(first: int) -> Generator[Frame, None, None]:
        for n in range(first, count):
            yield Frame(n, n / material.plan.fps, base, values_of(n))

    return frames


def deep_dream(material: Material) -> Dream:
    """The dream stage of stored films, with steps of constant length."""
    seed = material.settings.seed
    return lambda image, frame, _: material.dream(image, [seed, frame.n], frame.values)


def loop_length(settings: LoopSettings, _: int, fps: Fraction) -> int:
    """The number of frames in one period."""
    return max(2, round(float(settings.seconds) * fps))


def _times(plan: "Plan") -> Values:
    """The time in the film of each dream: when its key fills the frame. Each key has two dreams."""
    assert isinstance(plan.settings, LoopSettings)
    dive = plan.settings.dive
    way = np.arange(dive.keys) / dive.keys
    once = (1 - way) % 1 if dive.outward else way
    return np.tile(once, 2) * float(plan.frames / plan.fps)


DIVE = Kind(length=loop_length, times=_times, film=_film, stored=True, dreamed=key_size)
