"""Pulse and sway: a few dreams of one picture, mixed in turn; in a sway the camera moves too."""

from collections.abc import Callable, Generator
from math import cos, exp, sin, tau
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image
from dreamvid.films.dive import deep_dream, deep_frames, loop_length
from dreamvid.films.film import Film, Kind, Material, StoredFilm
from dreamvid.films.source import open_still
from dreamvid.filters import resize
from dreamvid.motion.dive import Spiral, key_size, view
from dreamvid.timeline.clock import Values

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan

DREAMS = 3
_GAIN = 1.4  # averaging independent dreams lowers their contrast
# Amplitude of the camera's zoom (as a logarithm) and of its rotation (in radians). They are a quarter period apart, so
# the camera never stops.
_SWAY = 0.05

Mix = Callable[[float, float], Image]
"""(phase in the period, in radians; strength of the dream) → the picture mixed with the dreams."""


def _pulse(material: Material) -> Film:
    """A dream that grows out of a picture and fades again, while its shapes change."""
    base = open_still(material.plan, material.paths)
    return _film(material, base, lambda mix, angle, depth: mix(angle, depth * (1 - cos(angle)) / 2))


def _sway(material: Material) -> Film:
    """A dream of constant strength whose shapes change, while the camera zooms and turns back and forth."""
    size = material.plan.size
    base = resize(open_still(material.plan, material.paths), key_size(size))

    def picture(mix: Mix, angle: float, depth: float) -> Image:
        way = _SWAY * depth
        camera = Spiral(exp(way * (1.5 + sin(angle))), way * cos(angle))
        return view(mix(angle, 1.0), size, camera, 1).clip(0, 1)

    return _film(material, base, picture)


def _film(material: Material, base: Image, picture: Callable[[Mix, float, float], Image]) -> StoredFilm:
    count = material.plan.frames

    def pictures(first: int) -> Generator[Image, None, None]:
        details = [material.dreams[n] - base for n in range(DREAMS)]  # the change that each dream makes
        for n in range(first, count):
            depth = material.prepared.values[n].depth
            yield picture(lambda angle, strength: mixed(base, details, angle, strength), tau * n / count, depth)

    return StoredFilm(
        dreams=DREAMS, frames=deep_frames(material, base, lambda _: 1.0, DREAMS), source=lambda _: base,
        start=lambda frame, _: frame.source, dream=deep_dream(material), pictures=pictures,
    )


def mixed(still: Image, details: list[Image], angle: float, strength: float) -> Image:
    """Adds the dreams' details to the picture. Each dream's share peaks at its own phase; the shares sum to 1."""
    shares = [(1 + cos(angle - tau * n / len(details))) / len(details) for n in range(len(details))]
    total = sum(np.float32(share) * detail for share, detail in zip(shares, details, strict=True))
    return np.clip(still + np.float32(strength * _GAIN) * total, 0, 1)


def _times(plan: "Plan") -> Values:
    """The times, in seconds, at which each dream has its largest share."""
    return np.arange(DREAMS) / DREAMS * float(plan.frames / plan.fps)


PULSE = Kind(length=loop_length, times=_times, film=_pulse, stored=True)
SWAY = Kind(length=loop_length, times=_times, film=_sway, stored=True, dreamed=key_size)
