"""An endless drift: a picture and its mirror image, dreamed as one strip, move from right to left."""

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.films.dive import deep_dream, deep_frames, loop_length
from dreamvid.films.film import Kind, Material, StoredFilm
from dreamvid.films.source import open_still
from dreamvid.motion.warp import positions, sample


def _film(material: Material) -> StoredFilm:
    plan = material.plan
    still = open_still(plan, material.paths)
    material = _rolling(material)
    wide = np.hstack([still, still[:, ::-1]])  # its right edge continues at its left one

    def pictures(first: int) -> Generator[Image, None, None]:
        dream = material.dreams[0]
        for n in range(first, plan.frames):
            yield part(dream, plan.size, dream.shape[1] * n / plan.frames)

    return StoredFilm(
        dreams=1, frames=deep_frames(material, wide, lambda _: 1.0, 1), source=lambda _: wide,
        start=lambda frame, _: frame.source, dream=deep_dream(material), pictures=pictures,
    )


def _rolling(material: Material) -> Material:
    """The material with rolling shifts, so that the dream is continuous across the strip's edges."""
    dreamer = material.dreamer
    rolling = dreamer and replace(dreamer, settings=dreamer.settings.but(shifts="roll"))
    return replace(material, dreamer=rolling)


def part(wide: Image, size: Size, left: float) -> Image:
    """The part of the repeated wide picture that begins `left` pixels from its left edge."""
    flow = np.zeros((size.height, size.width, 2), np.float32)
    flow[..., 0] = left
    return sample(wide, positions(flow), "wrap").clip(0, 1)


DRIFT = Kind(
    length=loop_length, film=_film, stored=True,
    times=lambda _: np.zeros(1), dreamed=lambda size: Size(2 * size.width, size.height),
)
