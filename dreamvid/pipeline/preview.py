"""A storyboard of a clip's dream, before a long run."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from dreamvid.arrays import Image
from dreamvid.errors import InputError
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.motion.scenes import Link
from dreamvid.pipeline.clip import load_clip_dream
from dreamvid.settings import ClipSettings, files_read
from dreamvid.video.base import Source
from dreamvid.video.sheet import contact_sheet
from dreamvid.video.source import open_source
from dreamvid.video.still import check_still, write_still

FRAMES = 10
"""Frames of a storyboard."""

SIDE = 480
"""Longest side, in pixels, in which they are dreamed."""


@dataclass(frozen=True)
class Previewed:
    """A storyboard that was made. `seconds` is the wall time without loading."""

    output: str
    frames: int
    width: int
    height: int
    seconds: float


def preview(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    settings: ClipSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Previewed:
    """Dreams ten frames of a clip, spread over its length, each as the first of a scene, into one picture.

    Args:
        source: as for `clip`.
        output: a picture; without it `NAME-preview.png` in the current folder.
        settings: as for `clip`; a larger size is reduced.
        overwrite: whether an existing picture may be replaced.
        observe: gets every event; it may raise `Cancelled`.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or ClipSettings()
    path = Path(source)
    target = Path(output) if output is not None else Path(f"{path.stem}-preview.png")
    check_still(target, overwrite=overwrite, inputs=[path, *map(Path, files_read(settings))])
    frames = _opened(path, settings, warn)
    dream, _ = load_clip_dream(settings, lambda _: Link.CUT, frames.size, observe, warn)
    count = min(FRAMES, frames.frames)
    observe(Begun(count))
    begun = perf_counter()
    cells: list[tuple[str, Image]] = []
    for n, frame in _spread(frames, count):
        cells.append((f"{float(settings.source.start + n / frames.fps):.2f} s", dream(frame, n)))
        observe(Frame(len(cells), count))
    if not cells:
        raise InputError(f"{path} has no frame that can be decoded")
    sheet = contact_sheet(cells, path.name, columns=5, side=SIDE // 2)
    write_still(target, sheet, overwrite=overwrite)
    return Previewed(str(target), len(cells), sheet.shape[1], sheet.shape[0], round(perf_counter() - begun, 3))


def _opened(path: Path, settings: ClipSettings, warn: Warn) -> Source:
    values, limit = settings.source, settings.dream.max_pixels
    frames = open_source(path, values, warn, limit)
    return frames if max(frames.size) <= SIDE else open_source(path, values.but(size=SIDE), ignore, limit)


def _spread(frames: Source, count: int) -> Iterator[tuple[int, Image]]:
    """So many frames with their numbers, evenly spread, the first and the last among them."""
    wanted = {round(n * (frames.frames - 1) / max(1, count - 1)) for n in range(count)}
    return ((n, frame) for n, frame in enumerate(frames) if n in wanted)
