"""A storyboard of a clip's dream, before a long run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Unpack

from dreamvid.arrays import Image
from dreamvid.calls import NOT_RECORDED, called
from dreamvid.events import Begun, Caller, Listener
from dreamvid.events import Frame as Done
from dreamvid.films.kept import OneDream
from dreamvid.films.making import Invocation, open_material
from dreamvid.films.plan import files_of, plan_film
from dreamvid.films.prepare import prepare_unscanned
from dreamvid.films.source import clip_of, in_seconds
from dreamvid.frame import Frame
from dreamvid.media.base import Source
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import ClipSettings
from dreamvid.settings.options import ClipOptions
from dreamvid.stills.given import PathName, Picture, as_path, small_png

_ANY_FILM = "film.mp4"  # a storyboard is made of a plan like every film's

FRAMES = 10
"""Frames of a storyboard."""

SIDE = 480
"""Longest side, in pixels, in which they are dreamed."""


@dataclass(frozen=True)
class Previewed:
    """A storyboard that was made. `seconds` is the wall time without loading; `image` is float32 (height, width, 3)."""

    output: str
    frames: int
    width: int
    height: int
    seconds: float
    image: Image = field(repr=False, compare=False, metadata=NOT_RECORDED)

    def _repr_png_(self) -> bytes:
        return small_png(self.image)


def preview(
    source: Picture | Sequence[Picture], output: PathName | None = None, settings: ClipSettings | None = None,
    **options: Unpack[ClipOptions],
) -> Previewed:
    """Dreams ten frames of a clip, spread over its length, each as the first of a scene, into one picture.

    Args:
        source: as for `clip`.
        output: a picture; without it `NAME-preview.png` in the current folder.
        settings, **options: as for `clip`; a larger size is reduced.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with called(ClipSettings, settings, options) as (wanted, caller), as_path(source) as path:
        return _previewed(path, output, wanted, caller)


def _previewed(path: Path, output: PathName | None, settings: ClipSettings, caller: Caller) -> Previewed:
    settings = settings.but(source=in_seconds(path, settings.source, settings.dream.max_pixels))
    target = Path(output) if output is not None else Path(f"{path.stem}-preview.png")
    paths = {"clip": path, **files_of(settings)}
    check_still(target, overwrite=caller.overwrite, inputs=list(paths.values()))
    plan = plan_film("clip", settings, paths, _ANY_FILM, caller)
    if max(plan.size) > SIDE:
        small = settings.but(source=settings.source.but(size=SIDE))
        plan = plan_film("clip", small, paths, _ANY_FILM, Listener(caller.observe))
    call = Invocation(paths=paths, output=_ANY_FILM, offline=settings.dream.offline)
    material = open_material(plan, call, caller, OneDream(), prepare_unscanned)
    count = min(FRAMES, plan.frames)
    caller.observe(Begun(count))
    begun = perf_counter()
    cells: list[tuple[str, Image]] = []
    film = plan.kind.film(material)
    for n, frame in _spread(clip_of(plan, paths), count):
        alone = Frame(n, n / plan.fps, frame, material.prepared.values[n])
        dreamed = film.dream(frame, alone, film.aging(alone, None))
        cells.append((f"{float(settings.source.start) + float(n / plan.fps):.2f} s", dreamed))
        caller.observe(Done(len(cells), count, dreamed))
    sheet = contact_sheet(cells, path.name, columns=5, side=SIDE // 2)
    write_still(target, sheet, overwrite=caller.overwrite)
    return Previewed(str(target), len(cells), sheet.shape[1], sheet.shape[0], round(perf_counter() - begun, 3), sheet)


def _spread(frames: Source, count: int) -> Iterator[tuple[int, Image]]:
    """So many frames with their numbers, evenly spread, the first and the last among them."""
    wanted = {round(n * (frames.frames - 1) / max(1, count - 1)) for n in range(count)}
    return ((n, frame) for n, frame in enumerate(frames) if n in wanted)
