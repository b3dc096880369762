"""A clip whose end dissolves into its beginning, along the motion from one to the other."""

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
"""(first number, last number, exclusive) → the images of these numbers."""

_RAMP = 0.3  # part of the way in which it gathers speed, and in which it loses it
_SHARE, _SECONDS = 3, 2.0  # a crossfade is a third of the clip, and so long at most


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
    """The dreamed clip without its first `count` frames, which its last ones turn into: its end leads to its beginning.

    The motion is measured on the source frames, where no dream hides it.

    Args:
        clip: the source frames.
        dreamed: the dreams of them.
        total: how many there are.
        count: at most half of them.
        first: the number of the first picture that is wanted.
    """
    tail = total - count
    if first >= tail:
        return
    yield from dreamed(min(first + count, tail), tail)
    past = max(0, first + count - tail)  # pictures of the dissolve that are not wanted
    sources = _sources(clip, tail + past, total), _sources(clip, past, count)
    dreams = dreamed(tail + past, total), dreamed(past, count)
    for step, (last, head, last_dream, head_dream) in enumerate(zip(*sources, *dreams, strict=True), past + 1):
        # as they are seen without a dissolve
        one, other = (from_uint8(to_uint8(dream)) for dream in (last_dream, head_dream))
        yield Morph(last, head).mixed(one, other, gentle(step / (count + 1)))


def gentle(way: float) -> float:
    """The share of the beginning after a part of the way, both from 0 to 1: it starts and stops smoothly.

    So the steps into and out of the dissolve are those of the film itself.
    """
    ramped, rest = min(way, 1 - way), 1 - _RAMP
    risen = ramped**2 / (2 * _RAMP * rest) if ramped < _RAMP else (ramped - _RAMP / 2) / rest
    return risen if way <= 1 / 2 else 1 - risen


def dissolve_frames(frames: int, fps: Fraction, seconds: float) -> int:
    """How many frames at the end of a clip dissolve into its first ones; 0 seconds leave it to the clip.

    Raises:
        SettingError: that is more than half of the clip.
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
    """Every frame of the clip, if anything is dreamed."""
    return prepared.scenes[-1].stop if plan.weights else 0


def _times(plan: "Plan") -> Values:
    """When each frame of the clip is seen: its first ones, into which the end dissolves, at the film's end."""
    frames, fps, seconds = plan.frames, plan.fps, float(plan.settings.crossfade)
    count = round(seconds * fps if seconds else min(Fraction(frames, _SHARE - 1), _SECONDS * fps))
    return (np.arange(frames + count) - count) % frames / float(fps)


CROSSFADE = Kind(length=_length, film=_film, stored=True, values=as_clip, times=_times)
