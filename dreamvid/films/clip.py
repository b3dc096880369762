"""Dreamed clips: each frame begins with the last dream, moved along the clip's motion. Also the bounce of a clip."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, count, repeat

from dreamvid.arrays import Image, Map
from dreamvid.errors import InputError
from dreamvid.films.film import (
    Film,
    Kind,
    Material,
    StreamedFilm,
    frames_a_dream,
    length_there_and_back,
)
from dreamvid.films.source import clip_of, frame_of
from dreamvid.frame import Carry, Frame, Past
from dreamvid.media.base import Source
from dreamvid.media.source import is_clip, open_source
from dreamvid.media.still import read_still
from dreamvid.motion.blend import age_of, between, detail_start, mixed, mixed_start, stride
from dreamvid.motion.flow import Numbered, tracked
from dreamvid.motion.scenes import Link
from dreamvid.motion.show import COMPARISONS, mask_of, masks_of, shown
from dreamvid.render import Dream, Pictures
from dreamvid.settings import ClipSettings, CoherenceSettings, FrameValues, LoopSettings, ShowSettings, SourceSettings

WARM_STEP = 1.3
"""Factor for the step length in a scene's first frame."""

LEAST = 3
"""Least number of frames for a loop of a clip."""

CYCLE = 4
"""Dreams after which the random shifts repeat.

The network samples on a grid, and a dream is strongest on the grid of its last shifts. With a few repeating shifts, the
dream fits all of them and its strength is steady. With new shifts for every dream, the strength fluctuates, and a still
picture never stops changing. With a single set, the grid would be visible.
"""


def loopable(frames: int) -> int:
    """Returns the number of a clip's frames if it is enough for a loop.

    Raises:
        InputError: there are too few.
    """
    if frames < LEAST:
        raise InputError(f"too few frames for a loop: {frames}; it needs at least {LEAST}")
    return frames


def as_clip(settings: LoopSettings) -> ClipSettings:
    """The clip settings with which a loop's clip is dreamed. Without dreaming, no motion is measured."""
    clip = ClipSettings(quality=settings.quality, seed=settings.seed, dream=settings.dream,
                        dream_rate=settings.dream_rate)
    return clip if settings.dream.steps else clip.but(coherence=CoherenceSettings(coherence="none", warm_up=1))


def _clip(material: Material) -> Film:
    return dreamed_clip(material, material.settings)


def _bounce(material: Material) -> Film:
    return dreamed_clip(material, as_clip(material.settings))


def dreamed_clip(material: Material, settings: ClipSettings) -> StreamedFilm:
    """A dreamed clip; for a loop, `settings` come from `as_clip`."""
    clip, coherence = clip_of(material.plan, material.paths), settings.coherence
    every = 1 if coherence.coherence == "none" else frames_a_dream(material.plan.fps, settings.dream_rate)

    def last_dream(n: int) -> int:
        scene = material.prepared.scene(n)
        return n if n == scene.stop - 1 else n - (n - scene.first) % every

    return StreamedFilm(
        dreams=-(-clip.frames // every), frames=lambda first: _frames(clip, material, settings, first, last_dream),
        source=lambda n: frame_of(clip, n), start=mixed_start if coherence.coherence == "blend" else detail_start,
        dream=clip_dream(material, coherence, every), pictures=_pictures(settings.show), remember=age_of,
        last_dream=last_dream,
    )


def _pictures(show: ShowSettings) -> Pictures:
    """Makes pictures from dreams: blends both dreams in between, then applies strength, mask and comparison."""
    compare = COMPARISONS.get(show.compare)

    def picture(before: Carry | None, after: Carry, frame: Frame) -> Image:
        dreamed = after.dreamed if before is None or frame.dreamed else between(frame, before, after)
        seen = shown(frame.source, dreamed, frame.values.strength, frame.mask)
        return seen if compare is None else compare(frame.source, seen, float(frame.time))

    return lambda before, after, frames: (picture(before, after, frame) for frame in frames)


def _frames(
    clip: Source, material: Material, settings: ClipSettings, first: int, last_dream: Callable[[int], int]
) -> Generator[Frame, None, None]:
    """The frames from number `first` on, with motion and mask. Frame `first` - 1 must be a dreamed one."""
    fps, table, link = material.plan.fps, material.prepared.values, material.prepared.link
    masks = _masks(clip, material, settings.show, first)

    def linked(n: int, other: int) -> Link:
        how = Link.CUT if settings.coherence.coherence == "none" else link(n, other)
        return Link.HOLD if settings.coherence.coherence == "blend" and how is Link.FLOW else how

    before = Numbered(first - 1, frame_of(clip, first - 1)) if first and linked(first, first - 1) != Link.CUT else None
    groups = _groups(map(Numbered, count(first), clip.read(first)), last_dream)
    with closing(tracked(groups, linked, before)) as moved:
        for (n, source), (since, onward) in chain.from_iterable(moved):
            yield Frame(n, n / fps, source, table[n], since, onward, next(masks))


def _groups(frames: Iterable[Numbered], last_dream: Callable[[int], int]) -> Iterator[list[Numbered]]:
    """Groups of frames, each ending with a dreamed frame. The last frame of all counts as dreamed."""
    group: list[Numbered] = []
    for frame in frames:
        group.append(frame)
        if last_dream(frame.n) == frame.n:
            yield group
            group = []
    if group:
        yield group


def clip_dream(material: Material, coherence: CoherenceSettings, every: int = 1) -> Dream:
    """The dream stage of a clip. Where the carried dream is young, steps are longer.

    A scene's first frame is dreamed `warm_up` times, as if the clip had stood still for that many dreams.
    """
    seed = material.settings.seed

    def dream(image: Image, frame: Frame, age: Past | None) -> Image:
        def once(start: Image, number: int, turn: int, values: FrameValues) -> Image:
            longer = stride(age + turn, coherence.catch_up) if age is not None and coherence.catch_up else None
            return material.dream(start, [seed, number % CYCLE], values, stride=longer)

        if frame.motion is not None:
            return once(image, -(-frame.n // every), 0, frame.values)
        dreamed, values = image, replace(frame.values, step_size=frame.values.step_size * WARM_STEP)
        for turn in range(coherence.warm_up):
            dreamed = once(mixed(image, dreamed, values.blend), turn, turn, values)
        return dreamed

    return dream


def _masks(clip: Source, material: Material, show: ShowSettings, first: int) -> Iterator[Map | None]:
    """The masks of the frames from number `first` on."""
    if "mask" not in material.paths:
        return repeat(None)
    path = material.paths["mask"]
    if not is_clip(path):
        still = read_still(path, material.listener.warn, material.settings.dream.max_pixels).image
        return repeat(mask_of(still, clip.size, invert=show.invert_mask))
    values = SourceSettings(fps=clip.fps, start=material.settings.source.start)
    mask = open_source(path, values, material.listener.warn, material.settings.dream.max_pixels)
    if mask.frames < clip.frames:
        material.listener.warn(f"the mask has {mask.frames} frames and the clip {clip.frames}; its last frame stays")
    return masks_of(mask.read(min(first, mask.frames - 1)), clip.size, invert=show.invert_mask)


CLIP = Kind(length=lambda _, frames, __: frames, film=_clip)
BOUNCE = Kind(
    length=lambda _, frames, __: length_there_and_back(loopable(frames)),
    film=_bounce, back=lambda _: True, values=as_clip,
)
