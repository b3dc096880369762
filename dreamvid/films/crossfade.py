"""A loop of a clip whose end dissolves into its beginning by morphing."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.errors import SettingError
from dreamvid.events import Doing, Listener
from dreamvid.films.clip import as_clip, dreamed_clip, loopable
from dreamvid.films.film import Dreams, Film, Kind, Material, StoredFilm, StreamedFilm
from dreamvid.films.source import clip_of
from dreamvid.media.base import Source
from dreamvid.motion.morph import Morph, Seam, find_seam
from dreamvid.motion.scenes import SIDE
from dreamvid.render import render
from dreamvid.settings import LoopSettings
from dreamvid.timeline.clock import Values

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan

Images = Callable[[int, int], Iterable[Image]]
"""(first, stop) → the images with these numbers; `stop` is exclusive."""

_RAMP = 0.3  # share of the dissolve spent speeding up, and the same again slowing down
_SHARE, _SECONDS = 3, 2.0  # by default the loop may close within a third of the clip, at most two seconds
_LENGTH = 0.5  # seconds of the dissolve, if it may take so long
_BOTH = 3  # pictures of the dissolve in which both frames may be seen at once


def _film(material: Material) -> Film:
    clip, seam = clip_of(material.plan, material.paths), material.prepared.seam
    film = dreamed_clip(material, as_clip(material.settings))
    assert seam is not None
    numbers = _dreamed(film, seam.tail + seam.length)
    dreamed: Images = partial(_pictures, film, material.dreams, numbers)
    if material.dreamer is None:
        dreamed = partial(_sources, clip)
    return StoredFilm(
        dreams=len(numbers) if material.plan.weights else 0, frames=film.frames, source=film.source, start=film.start,
        dream=film.dream, remember=film.remember, dreamed=numbers.__getitem__,
        pictures=lambda first: crossfaded(clip, dreamed, seam, first),
    )


def _dreamed(film: StreamedFilm, stop: int) -> list[int]:
    """The numbers of the dreamed frames, up to the first from which all pictures before `stop` can be made."""
    last = next(n for n in count(stop - 1) if film.last_dream(n) == n)
    return [n for n in range(last + 1) if film.last_dream(n) == n]


def _pictures(film: StreamedFilm, dreams: Dreams, numbers: Sequence[int], first: int, stop: int) -> Iterator[Image]:
    """The pictures of the frames from `first` up to and without `stop`. Between two dreams they are made from both.

    Args:
        film: the dreamed clip.
        dreams: its dreams.
        numbers: the numbers of their frames.
    """
    if len(numbers) > numbers[-1]:  # each frame is dreamed
        yield from (dreams[n][..., :3] for n in range(first, stop))
        return
    at = bisect_left(numbers, first)
    begin, coming = numbers[at - 1] + 1 if at else 0, count(at)
    carry = film.carry(begin - 1, dreams[at - 1]) if at else None
    with closing(film.frames(begin)) as frames:
        made = render(frames, lambda frame, _: frame.source, lambda *_: dreams[next(coming)][..., :3], film.pictures,
                      carry=carry)
        for picture, _ in islice(made, first - begin, stop - begin):
            yield picture


def _sources(clip: Source, first: int, stop: int) -> Iterator[Image]:
    return islice(clip.read(first), stop - first)


def crossfaded(clip: Source, dreamed: Images, seam: Seam, first: int = 0) -> Iterator[Image]:
    """The pictures of the loop: the frames after the seam's head, and the morph of its tail into its head.

    Motion is measured on the source frames, which the dream does not disturb.

    Args:
        clip: the source frames.
        dreamed: the dreamed frames.
        seam: where the loop closes.
        first: the number of the first picture to return.
    """
    begin = seam.head + seam.length
    if first >= seam.frames:
        return
    yield from dreamed(min(begin + first, seam.tail), seam.tail)
    past = max(0, begin + first - seam.tail)  # pictures of the dissolve to skip
    spans = (seam.tail + past, seam.tail + seam.length), (seam.head + past, begin)
    both = (read(*span) for read in (partial(_sources, clip), dreamed) for span in spans)
    quick = min(1, _BOTH / (seam.length + 1))
    for step, (last, head, last_dream, head_dream) in enumerate(zip(*both, strict=True), past + 1):
        # rounded to 8 bits, as the pictures outside the dissolve are
        one, other = (from_uint8(to_uint8(dream)) for dream in (last_dream, head_dream))
        yield Morph(last, head).mixed(one, other, gentle(step / (seam.length + 1)), quick)


def gentle(way: float) -> float:
    """Easing of the dissolve, from 0 to 1 for `way` from 0 to 1, with zero speed at both ends.

    So there is no visible step at the start and end of the dissolve.
    """
    ramped, rest = min(way, 1 - way), 1 - _RAMP
    risen = ramped**2 / (2 * _RAMP * rest) if ramped < _RAMP else (ramped - _RAMP / 2) / rest
    return risen if way <= 1 / 2 else 1 - risen


def reach_of(frames: int, fps: Fraction, seconds: float) -> int:
    """The number of frames at each end of a clip in which its loop may close; 0 seconds means the default.

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
    return loopable(frames) - reach_of(frames, fps, settings.crossfade)


def _seam(plan: "Plan", clip: Source, total: int, listener: Listener) -> Seam:
    """Where the loop closes. If settings move, its length is the planned one, for which they were evaluated."""
    reach = min(clip.frames - plan.frames, total // 2)  # a clip without times may have fewer frames than expected
    length = min(reach, max(1, round(_LENGTH * plan.fps)))
    if plan.curves or length == reach:
        return Seam(reach - length, total - length, length)
    listener.observe(Doing("looking for the place to close"))
    return find_seam(clip.small(SIDE), total, reach, length)


def _times(plan: "Plan") -> Values:
    """The time in the film of each frame of the clip. The first frames appear at the end, in the dissolve."""
    assert isinstance(plan.settings, LoopSettings)
    frames, fps, seconds = plan.frames, plan.fps, float(plan.settings.crossfade)
    count = round(seconds * fps if seconds else min(Fraction(frames, _SHARE - 1), _SECONDS * fps))
    return (np.arange(frames + count) - count) % frames / float(fps)


CROSSFADE = Kind(length=_length, film=_film, stored=True, values=as_clip, times=_times, seam=_seam)
