"""A storyboard of a film, before a long run."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, Unpack

from dreamvid.arrays import Image
from dreamvid.calls import called
from dreamvid.events import Begun, Caller, Listener
from dreamvid.events import Frame as Done
from dreamvid.films.clip import as_clip, dreamed_clip
from dreamvid.films.commands import planned
from dreamvid.films.film import HeldDreams, Material, StoredFilm, StreamedFilm, frames_a_dream
from dreamvid.films.making import Invocation, open_material, placed
from dreamvid.films.plan import FILMS, Plan, plan_film
from dreamvid.films.ranges import dream_all, lengths, streamed
from dreamvid.frame import Frame
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import files_read
from dreamvid.settings.options import AnyOptions
from dreamvid.stills.given import PathName, Picture, PictureResult, as_path

FRAMES = 10
"""Frames of a storyboard."""

SIDE = 480
"""Longest side, in pixels, in which they are dreamed."""

GROWN = 3
"""Number of dreams before each frame of a clip, so that its dream has grown."""

OPENING = 60
"""Number of dreams of a zoom that a storyboard covers; later ones would need all dreams before them."""


@dataclass(frozen=True, kw_only=True)
class Previewed(PictureResult):
    """A storyboard of `frames` pictures."""

    frames: int


def preview(
    source: Picture | Sequence[Picture], output: PathName | None = None, settings: Any = None,
    *, command: Literal["zoom", "clip", "loop"] = "clip", **options: Unpack[AnyOptions],
) -> Previewed:
    """Makes ten frames of a film into one picture, each as strong as it will be in the film.

    Those of a clip are spread over its length, each grown through a few dreams of its own. Those of a zoom are its
    first four seconds, or dreams that take as long; a loop of a picture is dreamed whole.

    Args:
        source: as for the function of the command's name.
        output: a picture; without it `NAME-preview.png` in the current folder.
        settings: settings as an object; a larger size is reduced.
        command: which film.
        **options: as for `clip`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with called(FILMS[command], settings, options) as (wanted, caller), as_path(source) as path:
        return _previewed(command, path, output, wanted, caller)


def _previewed(command: str, path: Path, output: PathName | None, wanted: Any, caller: Caller) -> Previewed:
    target = Path(output) if output is not None else Path(f"{path.stem}-preview.png")
    check_still(target, overwrite=caller.overwrite, inputs=[path, *map(Path, files_read(wanted))])
    plan, call = planned(command, path, None, wanted, caller, writes=False)
    plan = _small(plan, call, caller)
    material = open_material(plan, call, caller)
    count = min(FRAMES, lengths(plan, material.prepared)[0])
    caller.observe(Begun(count))
    begun = perf_counter()
    cells: list[tuple[str, Image]] = []
    from_start = float(plan.clip_settings.start) if plan.role == "clip" else 0.0
    for n, picture in _pictures(material, count):
        cells.append((f"{from_start + float(n / plan.fps):.2f} s", picture))
        caller.observe(Done(len(cells), count, picture))
    sheet = contact_sheet(cells, path.name, columns=5, side=SIDE // 2)
    write_still(target, sheet, overwrite=caller.overwrite)
    return Previewed(output=str(target), frames=len(cells), width=sheet.shape[1], height=sheet.shape[0],
                     seconds=round(perf_counter() - begun, 3), image=sheet)


def _small(plan: Plan, call: Invocation, caller: Caller) -> Plan:
    """The plan, at a reduced size if it is large."""
    if max(plan.size) <= SIDE:
        return plan
    part = "film" if plan.command == "zoom" else "source"
    small = plan.settings.but(dream=placed(plan, call), **{part: getattr(plan.settings, part).but(size=SIDE)})
    return plan_film(plan.command, small, call.paths, call.output, Listener(caller.observe))


def _pictures(material: Material, count: int) -> Iterator[tuple[int, Image]]:
    """So many pictures of a film, with their numbers."""
    film, frames = material.plan.kind.film(material), lengths(material.plan, material.prepared)[0]
    if material.plan.role == "clip":
        scenes = material.prepared.scenes
        clip = dreamed_clip(material, as_clip(material.settings)) if isinstance(film, StoredFilm) else film
        assert isinstance(clip, StreamedFilm)
        for n in _spread(frames, count):
            yield n, _grown(clip, n, next(scene.first for scene in scenes if n < scene.stop))
    elif isinstance(film, StoredFilm):
        dream_all(film, material.dreams, material.listener)
        for n in _spread(frames, count):
            yield n, next(iter(film.pictures(n)))
    else:
        assert isinstance(film, StreamedFilm)
        yield from _opening(film, material, frames, count)


def _spread(frames: int, count: int) -> list[int]:
    """Evenly spaced frame numbers: `count` of them, the first and the last frame included."""
    return [round(n * (frames - 1) / max(1, count - 1)) for n in range(count)]


def _opening(film: StreamedFilm, material: Material, frames: int, count: int) -> Iterator[tuple[int, Image]]:
    every = frames_a_dream(material.plan.fps, material.settings.dream_rate)
    wanted = set(_spread(min(frames, max(count, OPENING * every)), count))
    with closing(streamed(film, material.dreams, 0, None)) as made:
        for n, (picture, _) in enumerate(islice(made, film.unseen, film.unseen + max(wanted) + 1)):
            if n in wanted:
                yield n, picture


def _grown(film: StreamedFilm, n: int, first: int) -> Image:
    """Picture n of a clip whose scene begins with frame `first`, grown through the dreams before it alone."""
    begin = film.last_dream(n)
    for _ in range(GROWN):
        begin = film.last_dream(max(first, begin - 1))
    with closing(streamed(_begun_anew(film), HeldDreams(), begin, None)) as made:
        return next(islice(made, n - begin, None))[0]


def _begun_anew(film: StreamedFilm) -> StreamedFilm:
    """The film, with a new scene at whichever frame it is started from."""

    def frames(first: int) -> Generator[Frame, None, None]:
        with closing(film.frames(first)) as found:
            yield replace(next(found), motion=None)
            yield from found

    return replace(film, frames=frames)
