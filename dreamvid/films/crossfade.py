"""A loop of a clip whose end dissolves into its beginning by morphing."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.errors import SettingError
from dreamvid.films.clip import as_clip, dreamed_clip, loopable
from dreamvid.films.film import Film, Kind, Material, StoredFilm
from dreamvid.films.source import clip_of
from dreamvid.media.base import Source
from dreamvid.motion.flow import Morph
from dreamvid.timeline.clock import Values

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan
    from dreamvid.films.prepare import Prepared

Images = Callable[[int, int], Iterable[Image]]
"""(first, stop) → the images with these numbers; `stop` is exclusive."""

_RAMP = 0.3  # share of the dissolve spent speeding up, and the same again slowing down
_SHARE, _SECONDS = 3, 2.0  # by default a third of the clip, at most two seconds


def _film(material: Material) -> Film:
    clip, dreams = clip_of(material.plan, material.paths), material.dreams
    film = dreamed_clip(material, as_clip(material.settings))
    total = material.prepared.scenes[-1].stop  # a clip without times may have fewer frames than its header says
    count = min(clip.frames - material.plan.frames, total // 2)
    dreamed: Images = lambda first, stop: (dreams[n][..., :3] for n in range(first, stop))  # noqa: E731
    if material.dreamer is None:
        dreamed = partial(_sources, clip)
    return StoredFilm(
        dreams=_dreams(material.plan, material.prepared), frames=film.frames, source=film.source, start=film.start,
        dream=film.dream, remember=film.remember, pictures=lambda first: crossfaded(clip, dreamed, total, count, first),
    )


def _sources(clip: Source, first: int, stop: int) -> Iterator[Image]:
    return islice(clip.read(first), stop - first)


def crossfaded(clip: Source, dreamed: Images, total: int, count: int, first: int = 0) -> Iterator[Image]:
    """The pictures of the loop: frames `count` to the end, where the last `count` frames morph into the first `count`.

    Motion is measured on the source frames, which the dream does not disturb.

    Args:
        clip: the source frames.
        dreamed: the dreamed frames.
        total: number of frames.
        count: length of the dissolve in frames, at most half of `total`.
        first: the number of the first picture to return.
    """
    tail = total - count
    if first >= tail:
        return
    yield from dreamed(min(first + count, tail), tail)
    past = max(0, first + count - tail)  # pictures of the dissolve to skip
    sources = _sources(clip, tail + past, total), _sources(clip, past, count)
    dreams = dreamed(tail + past, total), dreamed(past, count)
    for step, (last, head, last_dream, head_dream) in enumerate(zip(*sources, *dreams, strict=True), past + 1):
        # rounded to 8 bits, as the pictures outside the dissolve are
        one, other = (from_uint8(to_uint8(dream)) for dream in (last_dream, head_dream))
        yield Morph(last, head).mixed(one, other, gentle(step / (count + 1)))


def gentle(way: float) -> float:
    """Easing of the dissolve, from 0 to 1 for `way` from 0 to 1, with zero speed at both ends.

    So there is no visible step at the start and end of the dissolve.
    """
    ramped, rest = min(way, 1 - way), 1 - _RAMP
    risen = ramped**2 / (2 * _RAMP * rest) if ramped < _RAMP else (ramped - _RAMP / 2) / rest
    return risen if way <= 1 / 2 else 1 - risen


def dissolve_frames(frames: int, fps: Fraction, seconds: float) -> int:
    """The length of the dissolve in frames; 0 seconds means the default for this clip.

    Raises:
        SettingError: it is more than half of the clip.
    """
    wanted = seconds * fps if seconds else min(frames / _SHARE, _SECONDS * fps)
    count = max(1, round(wanted))
    if 2 * count > frames:
        length = float(frames / fps)
        raise SettingError("crossfade", seconds, f"of a clip of {length:g} seconds half can dissolve at most")
    return count


def _length(settings: Any, frames: int, fps: Fraction) -> int:
    return loopable(frames) - dissolve_frames(frames, fps, settings.crossfade)


def _dreams(plan: "Plan", prepared: "Prepared") -> int:
    """The number of dreams: every frame of the clip, or 0 if nothing is dreamed."""
    return prepared.scenes[-1].stop if plan.weights else 0


def _times(plan: "Plan") -> Values:
    """The time in the film of each frame of the clip. The first frames appear at the end, in the dissolve."""
    frames, fps, seconds = plan.frames, plan.fps, float(plan.settings.crossfade)
    count = round(seconds * fps if seconds else min(Fraction(frames, _SHARE - 1), _SECONDS * fps))
    return (np.arange(frames + count) - count) % frames / float(fps)


CROSSFADE = Kind(length=_length, film=_film, stored=True, values=as_clip, times=_times)
