"""A loop of a clip whose end dissolves into its beginning by morphing."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.errors import SettingError
from dreamvid.events import Doing, Listener
from dreamvid.films.clip import as_clip, dreamed_clip, loopable
from dreamvid.films.film import Film, Kind, Material, StoredFilm
from dreamvid.films.source import clip_of
from dreamvid.media.base import Source
from dreamvid.motion.morph import Morph, Seam, find_seam
from dreamvid.motion.scenes import SIDE
from dreamvid.settings import LoopSettings
from dreamvid.timeline.clock import Values

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan
    from dreamvid.films.prepare import Prepared

Images = Callable[[int, int], Iterable[Image]]
"""(first, stop) → the images with these numbers; `stop` is exclusive."""

_RAMP = 0.3  # share of the dissolve spent speeding up, and the same again slowing down
_SHARE, _SECONDS = 3, 2.0  # by default the loop may close within a third of the clip, at most two seconds
_LENGTH = 0.5  # seconds of the dissolve, if it may take so long
_BOTH = 3  # pictures of the dissolve in which both frames may be seen at once


def _film(material: Material) -> Film:
    clip, dreams = clip_of(material.plan, material.paths), material.dreams
    film = dreamed_clip(material, as_clip(material.settings))
    seam = material.prepared.seam
    assert seam is not None
    dreamed: Images = lambda first, stop: (dreams[n][..., :3] for n in range(first, stop))  # noqa: E731
    if material.dreamer is None:
        dreamed = partial(_sources, clip)
    return StoredFilm(
        dreams=_dreams(material.plan, material.prepared), frames=film.frames, source=film.source, start=film.start,
        dream=film.dream, remember=film.remember, pictures=lambda first: crossfaded(clip, dreamed, seam, first),
    )


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


def _dreams(plan: "Plan", prepared: "Prepared") -> int:
    """The number of dreams: every frame up to the end of the seam, or 0 if nothing is dreamed."""
    assert prepared.seam is not None
    return prepared.seam.tail + prepared.seam.length if plan.weights else 0


def _times(plan: "Plan") -> Values:
    """The time in the film of each frame of the clip. The first frames appear at the end, in the dissolve."""
    assert isinstance(plan.settings, LoopSettings)
    frames, fps, seconds = plan.frames, plan.fps, float(plan.settings.crossfade)
    count = round(seconds * fps if seconds else min(Fraction(frames, _SHARE - 1), _SECONDS * fps))
    return (np.arange(frames + count) - count) % frames / float(fps)


CROSSFADE = Kind(length=_length, film=_film, stored=True, values=as_clip, times=_times, seam=_seam)
