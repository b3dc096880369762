"""Estimates a film's time, file size and memory by making a few of its dreams and pictures."""

import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from time import perf_counter

from dreamvid.arrays import Image
from dreamvid.events import Listener
from dreamvid.films.film import Dreams, Film, StoredFilm, StreamedFilm
from dreamvid.films.making import Invocation, open_material
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared
from dreamvid.films.ranges import shown_size, streamed
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination

_DREAMS, _DEEP_DREAMS = 8, 2  # how many are made: for streamed films, and for stored films, whose dreams take longer
_PICTURES = 8


@dataclass(frozen=True)
class Estimate:
    """The estimate for a film on this machine.

    Attributes:
        frames: number of pictures.
        dreams: number of dreamed frames.
        seconds: time for dreams and pictures. Loading takes some seconds more; encoding runs in parallel.
        bytes: size of the film without sound.
        memory: peak memory of this process while making the sample, in bytes.
    """

    frames: int
    dreams: int
    seconds: float
    bytes: int
    memory: int


def estimate(plan: Plan, call: Invocation, listener: Listener) -> Estimate:
    """Makes a few dreams and pictures of a plan, discards them, and returns an estimate.

    Raises:
        DreamvidError: as for `render_film`.
    """
    material = open_material(plan, call, listener)
    film, prepared = plan.kind.film(material), material.prepared
    times, pictures = _made(film, material.dreams)
    seconds = _of_dreams(film, prepared, times)
    if isinstance(film, StoredFilm):
        begun = perf_counter()
        pictures = list(islice(film.pictures(0), _PICTURES))
        seconds += (perf_counter() - begun) / len(pictures) * plan.frames
    return Estimate(plan.frames, film.dreams, round(seconds, 1), _bytes(plan, pictures), peak_memory())


def _made(film: Film, kept: Dreams) -> tuple[list[float], list[Image]]:
    """The time for each of the first dreams in seconds, and their pictures. Those that are not made equal the last."""
    times: list[float] = []
    if isinstance(film, StoredFilm):
        with closing(film.frames(0)) as frames:
            for frame in islice((each for each in frames if each.dreamed), min(_DEEP_DREAMS, film.dreams)):
                begun = perf_counter()
                past = film.remember(frame, None)
                kept.keep(frame.n, lambda: film.dream(film.start(frame, None), frame, past))  # noqa: B023 - at once
                times.append(perf_counter() - begun)
        for n in range(len(times), film.dreams):
            kept.keep(n, lambda: kept[len(times) - 1])
        return times, []
    pictures: list[Image] = []
    begun = perf_counter()
    assert isinstance(film, StreamedFilm)
    with closing(streamed(film, kept, 0, None)) as made:
        for n, (picture, _) in enumerate(made):
            pictures.append(picture)
            if film.last_dream(n) == n:
                times.append(perf_counter() - begun)
                begun = perf_counter()
            if len(times) == min(film.dreams, _DREAMS):
                break
    return times, pictures[film.unseen:] or pictures


def _of_dreams(film: Film, prepared: Prepared, times: list[float]) -> float:
    """Seconds for all dreams. A scene's first dream takes longer; a dive's dreams differ in their steps."""
    if not times:
        return 0.0
    usual = fmean(times[1:] or times)
    if isinstance(film, StoredFilm) and not prepared.scenes:
        steps = [frame.values.steps for frame in film.frames(0)]
        return usual * sum(steps) / steps[0]
    made = len(times) + (film.unseen if isinstance(film, StreamedFilm) else 0)
    scenes = max(0, len(prepared.scenes) - 1)  # without the first, which was measured
    return sum(times) + times[0] * scenes + usual * max(0, film.dreams - made - scenes)


def _bytes(plan: Plan, pictures: list[Image]) -> int:
    """Estimates the film's size by encoding the sample."""
    with tempfile.TemporaryDirectory(prefix="dreamvid-") as folder:
        name = str(Path(folder) / (plan.container if plan.is_numbered else f"film{plan.container}"))
        with open_whole(Destination(output=name, size=shown_size(plan), fps=plan.fps, frames=len(pictures),
                                    encoder=plan.settings.film)) as writer:
            for picture in pictures:
                writer.write(picture)
        made = sum(path.stat().st_size for path in Path(folder).iterdir())
    return made * plan.frames // len(pictures)


def peak_memory() -> int:
    """Peak memory of this process in bytes; 0 if the system does not report it."""
    try:
        import resource
    except ImportError:  # on Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
