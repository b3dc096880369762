"""The ranges of a film, what one needs of others, and its pictures."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from itertools import count, islice, pairwise, takewhile
from typing import NamedTuple

from dreamvid.arrays import Image, Size
from dreamvid.events import Begun, Listener
from dreamvid.events import Frame as Done
from dreamvid.films.film import (
    Dreams,
    Film,
    StoredFilm,
    StreamedFilm,
    frames_a_dream,
    length_there,
    length_there_and_back,
)
from dreamvid.films.plan import AnyFilmSettings, Plan
from dreamvid.films.prepare import Prepared
from dreamvid.frame import Carry, Frame, Past, packed
from dreamvid.motion.show import size_beside
from dreamvid.output.progress import range_name
from dreamvid.render import Dream, dreams, render
from dreamvid.settings import ClipSettings

LONGEST, SHORTEST = 96, 8
"""Pictures in a range. A film may have fewer."""

LARGEST = 600_000_000
"""Limit on the bytes of raw pictures in a range, unless it has only `SHORTEST` pictures."""


class Range(NamedTuple):
    """Pictures that are rendered together: from `first` up to, and without, `stop`. A `free` range needs no carry."""

    first: int
    stop: int
    free: bool


def ranges_of(plan: Plan, prepared: Prepared) -> list[Range]:
    """The ranges that a film is divided into: its scenes, and parts of them where they are long.

    Short scenes are joined with the next. A film of one take is one chain of ranges, each of which needs the carry of
    the one before it. The pictures of stored dreams, those of a clip without coherence, and the way back of a bounce
    depend on no other picture.
    """
    one_way, total = lengths(plan, prepared)
    spans = [(0, one_way)]
    if prepared.scenes and not plan.kind.stored:
        spans = [(scene.first, min(scene.stop, one_way)) for scene in prepared.scenes if scene.first < one_way]
    longest, alone = longest_range(shown_size(plan)), plan.kind.stored or _dreamed_alone(plan.settings)
    ranges = [Range(first, stop, free=alone or first == begin)
              for begin, end in _joined(spans) for first, stop in _divided(begin, end, longest)]
    return ranges + [Range(first, stop, free=True) for first, stop in _divided(one_way, total, longest)]


def lengths(plan: Plan, prepared: Prepared) -> tuple[int, int]:
    """How many pictures a film has without its way back, and with it. A clip may have fewer frames than was planned."""
    back = plan.kind.back(plan.settings)
    one_way = length_there(plan.frames) if back else plan.frames
    if prepared.seam:
        one_way = prepared.seam.frames
    if prepared.scenes and not plan.kind.stored:
        one_way = min(one_way, prepared.scenes[-1].stop)
    return one_way, length_there_and_back(one_way) if back else one_way


def _dreamed_alone(settings: AnyFilmSettings) -> bool:
    """Whether each frame is dreamed without the one before it."""
    return isinstance(settings, ClipSettings) and settings.coherence.coherence == "none"


def shown_size(plan: Plan) -> Size:
    """The size of the film: with `compare`, the source lies beside the dream."""
    compare = plan.settings.show.compare if isinstance(plan.settings, ClipSettings) else "off"
    return size_beside(plan.size, compare)


def longest_range(size: Size) -> int:
    """Most pictures of this size in a range: an even number, as H.264 wants it where every frame is a key frame."""
    return max(SHORTEST, min(LONGEST, LARGEST // (3 * size.width * size.height)) // 2 * 2)


def last_kept(plan: Plan) -> int:
    """The number of the picture at which a longer film continues: all before it are the same, and in whole ranges."""
    longest, every = longest_range(plan.size), frames_a_dream(plan.fps, plan.settings.dream_rate)
    # Pictures between two dreams need both, and the moving settings of a dream after the film are not known in it.
    whole = plan.frames - (every - 1 if plan.curves else 0)
    return max(0, whole) // longest * longest


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Joins spans that are too short with the next one; a short last span is joined with the previous one."""
    joined: list[tuple[int, int]] = []
    for first, stop in spans:
        if joined and joined[-1][1] - joined[-1][0] < SHORTEST:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((first, stop))
    if len(joined) > 1 and joined[-1][1] - joined[-1][0] < SHORTEST:
        (first, _), (_, stop) = joined[-2:]
        joined[-2:] = [(first, stop)]
    return joined


def _divided(first: int, stop: int, longest: int) -> Iterator[tuple[int, int]]:
    """Splits into parts of length `longest` and a remainder, so that a longer film begins with the same ranges."""
    return pairwise([*range(first, stop, longest), stop])


def needs(plan: Plan, prepared: Prepared, ranges: list[Range], part: Range) -> dict[str, str]:
    """The records that a range needs, and which file of each: the dream that it leaves, or the pictures kept of it.

    A range of a stored film needs all dreams besides.
    """
    one_way, _ = lengths(plan, prepared)
    if part.first >= one_way:  # the way back
        last = length_there_and_back(one_way)
        shown = range(last - part.stop + 1, last - part.first + 1)
        return {range_name(one.first, one.stop): "kept" for one in ranges
                if one.stop <= one_way and one.first < shown.stop and one.stop > shown.start}
    if part.free:
        return {}
    return {range_name(one.first, one.stop): "carry" for one in ranges if one.stop == part.first}


def chain_of(ranges: Sequence[Range], part: Range) -> int:
    """The number of pictures in a range and in the chain of ranges that depend on it."""
    after = takewhile(lambda one: not one.free, (one for one in ranges if one.first > part.first))
    return part.stop - part.first + sum(one.stop - one.first for one in after)


def has_follower(ranges: Sequence[Range], part: Range) -> bool:
    """Whether the next range needs the dream that this one leaves."""
    return any(one.first == part.stop and not one.free for one in ranges)


def pictures_of(
    film: Film, part: Range, stored: Dreams, one_way: int, *, first: int, carried: Image | None,
    shown: Callable[[int], Image],
) -> Generator[tuple[Image, Image | None], None, None]:
    """The pictures of a range, and the dream that each leaves to the next.

    Args:
        film: the film; if it is a stored one, all its dreams must be made.
        part: the range.
        stored: the storage of dreams.
        one_way: how many pictures the film has without its way back.
        first: the first picture that is wanted.
        carried: the last dream at or before the picture before it, as `Carry.kept`; None if the range is free.
        shown: number of a picture without the way back → the picture.
    """
    stop = min(part.stop, one_way)
    if isinstance(film, StoredFilm):
        yield from ((picture, None) for picture in islice(film.pictures(first), stop - first))
    elif first < stop:
        assert isinstance(film, StreamedFilm)
        begin, carry = first, None
        if carried is not None:
            n = film.last_dream(first + film.unseen - 1)
            begin, carry = n + 1, film.carry(n, carried)
        made = streamed(film, stored, begin, carry)
        for picture, last in islice(made, first + film.unseen - begin, stop + film.unseen - begin):
            yield picture, last and last.kept
    for n in range(max(first, one_way), part.stop):
        yield shown(length_there_and_back(one_way) - n), None


def streamed(
    film: StreamedFilm, stored: Dreams, first: int, carry: Carry | None
) -> Generator[tuple[Image, Carry | None], None, None]:
    """The pictures of the frames from number `first` on, each with the last dream at or before it."""
    keeping = _keeping(film.dream, stored, first)

    def dream(image: Image, frame: Frame, past: Past | None) -> Image:
        return (keeping if frame.n < film.unseen else film.dream)(image, frame, past)

    with closing(film.frames(first)) as frames:
        yield from render(frames, film.start, dream, film.pictures, film.remember, carry=carry)


def _keeping(dream: Dream, stored: Dreams, first: int) -> Dream:
    """The same dream stage; what it dreams is stored, as `Carry.kept` has it, under the numbers from `first` on."""
    numbers = count(first)

    def keeping(image: Image, frame: Frame, past: Past | None) -> Image:
        return stored.keep(next(numbers), lambda: packed(dream(image, frame, past), past))[..., :3]

    return keeping


def dream_all(
    film: StoredFilm, stored: Dreams, listener: Listener | None = None, stop: int | None = None
) -> None:
    """Makes the dreams of a stored film that are not stored yet, up to number `stop`, which is not made."""
    first, stop = len(stored), film.dreams if stop is None else min(stop, film.dreams)
    if first >= stop:
        return
    if listener:
        listener.observe(Begun(film.dreams, "dream"))
    last = film.dreamed(first - 1) if first else -1
    carry = film.carry(last, stored[first - 1]) if first else None
    with closing(film.frames(last + 1)) as frames:
        made_here = dreams(frames, film.start, _keeping(film.dream, stored, first), film.remember, carry=carry)
        for n, made in enumerate(islice(made_here, stop - first), first + 1):
            if listener:
                listener.observe(Done(n, film.dreams, made.dreamed))
