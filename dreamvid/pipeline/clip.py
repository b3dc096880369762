"""A dreamed clip: its own frames, each with the dream before it moved along."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Carry, Image, Size
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.motion.blend import clip_start, mixed
from dreamvid.motion.compare import COMPARISONS, shown_size
from dreamvid.motion.mask import Mask, mask_of, masks_of, shown
from dreamvid.motion.scenes import Link, Scenes
from dreamvid.motion.tracker import Tracker
from dreamvid.pipeline.dreaming import open_dreamer, say_octaves
from dreamvid.pipeline.film import Rendered, check_film, planned, rendered
from dreamvid.pipeline.opening import open_output
from dreamvid.pipeline.output import Output
from dreamvid.pipeline.source import kept_tracks, open_clip
from dreamvid.render import Dream, Start, render
from dreamvid.settings import ClipSettings, SourceSettings, files_read
from dreamvid.video.base import Source
from dreamvid.video.source import open_source
from dreamvid.video.still import STILL_SUFFIXES, read_still
from dreamvid.video.target import is_file

if TYPE_CHECKING:
    from dreamvid.dream.networks.network import Network

WARM_STEP = 1.3
"""Length of the steps in a scene's first frame, by that of the others'."""

CYCLE = 4
"""Frames after which the random shifts come again.

The network sees a grid, and a dream is strongest where its last shifts laid that grid. With few shifts that come again
and again a dream suits all of them, and its strength is steady; with new ones in every frame it goes up and down by
chance, and a still picture never comes to rest. With one alone the grid would be seen.
"""


def clip(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    settings: ClipSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Rendered:
    """Dreams a clip, frame by frame, in step with its sound.

    Args:
        source: the clip: a film, a folder of pictures, or numbered pictures (see `dreamvid.video.source.open_source`).
        output: as for `zoom`; without it `NAME-dream.mp4` in the current folder.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`, and then the film holds what was done.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or ClipSettings()
    path = Path(source)
    target = os.fspath(output) if output is not None else f"{path.stem}-dream.mp4"
    inputs = [path, *map(Path, files_read(settings))]
    check_film(target, settings.film, settings.work, overwrite=overwrite, inputs=inputs)
    frames = open_clip(path, target, settings.source, warn, settings.dream.max_pixels)
    gallery = Gallery(frames, settings, warn)
    stages = stages_of(frames, settings, observe, warn)
    film = planned(
        "clip", settings, {"clip": path}, stages.network, target=target, size=gallery.size, fps=frames.fps,
        frames=frames.frames, overwrite=overwrite, warn=warn,
        tracks=kept_tracks(frames, target, settings.film, warn) if settings.show.audio else None,
    )
    begun = perf_counter()
    with open_output(film, observe, warn) as sink:
        observe(Begun(film.frames))
        render_clip(frames, stages, gallery, sink, lambda done: observe(Frame(done, film.frames)))
    return rendered(film, sink, seconds=perf_counter() - begun, seed=settings.seed, network=stages.network)


def render_clip(
    frames: Source, stages: "Stages", gallery: "Gallery", sink: Output, done: Callable[[int], None]
) -> None:
    """Dreams and writes the frames of a clip that are not written yet."""
    shots = stages.watch(frames)
    before = skipped(shots, sink.first, gallery)
    carry = None if before is None or sink.state is None else Carry(before, sink.state)
    with closing(shots), closing(stages.track(shots, sink.first, before)) as tracked:
        render(gallery.passing(tracked), stages.start, stages.dream,
               lambda dreamed: sink.write(gallery.show(dreamed), dreamed), done, first=sink.first, carry=carry)


def skipped(shots: Iterator[Image], first: int, gallery: "Gallery") -> Image | None:
    """Passes over the frames that an earlier run has dreamed, and returns the last of them."""
    before = None
    for frame in islice(shots, first):
        gallery.skip()
        before = frame
    return before


@dataclass(frozen=True)
class Stages:
    """The stages of a dreamed clip: how its frames are watched, how each begins, how it is dreamed, by what network."""

    scenes: Scenes
    tracker: Tracker | None
    start: Start
    dream: Dream
    network: "Network"

    def watch(self, frames: Iterable[Image]) -> Generator[Image, None, None]:
        """The frames, all from the first, of which each is known to begin a scene or not when it is given out."""
        return self.scenes.watch(frames)

    def track(self, shots: Generator[Image, None, None], first: int = 0, before: Image | None = None
              ) -> Generator[Image, None, None]:
        """The frames from number `first` on; the motion of each is known when it is given out."""
        return shots if self.tracker is None else self.tracker.watch(shots, first, before)


def stages_of(frames: Source, settings: ClipSettings, observe: Observe, warn: Warn) -> Stages:
    """Loads the network, and builds what a clip goes through."""
    scenes, tracker = Scenes(find=settings.coherence.cuts), Tracker()
    start = clip_start(scenes.link, tracker.motion, settings.coherence)
    dream, network = load_clip_dream(settings, scenes.link, frames.size, observe, warn)
    return Stages(scenes, tracker if settings.coherence.coherence == "flow" else None, start, dream, network)


def load_clip_dream(
    settings: ClipSettings, link: Callable[[int], Link], size: Size, observe: Observe, warn: Warn
) -> tuple[Dream, "Network"]:
    """The dream stage of a clip, and its network.

    A frame that inherits a dream needs few steps. The first of a scene is dreamed again and again, by larger steps, as
    if it had stood still for so many frames.
    """
    values, coherence = settings.dream, settings.coherence
    assert values.step_size is not None  # filled by the quality
    first = values.but(step_size=values.step_size * WARM_STEP)
    dreamer = open_dreamer(values, observe, warn)
    say_octaves(dreamer, size, values, warn)

    def dream(image: Image, n: int) -> Image:
        if link(n) is Link.CUT or coherence.coherence == "none":
            dreamed = image
            for turn in range(coherence.warm_up):
                start = mixed(image, dreamed, coherence.blend)
                dreamed = dreamer(start, np.random.default_rng([settings.seed, turn % CYCLE]), first, observe)
            return dreamed
        if n % coherence.every:
            return np.clip(image, 0, 1)
        return dreamer(image, np.random.default_rng([settings.seed, n % CYCLE]), values, observe)

    return dream, dreamer.network


class Gallery:
    """Shows dreams over the frames that they belong to: in part, or in places, as the settings say."""

    def __init__(self, frames: Source, settings: ClipSettings, warn: Warn) -> None:
        self._values = settings.show
        self._masks = _masks(settings, frames, warn)
        self._fps = frames.fps
        self._given = -1
        self._frame: Image | None = None
        self.size = shown_size(frames.size, settings.show.compare)
        """The size of what is shown."""

    def passing(self, frames: Iterable[Image]) -> Iterator[Image]:
        """The same frames; the one last given out is the one whose dream is shown next."""
        for frame in frames:
            self._frame = frame
            self._given += 1
            yield frame

    def skip(self) -> None:
        """Passes over a frame that is shown already."""
        self._given += 1
        next(self._masks)

    def show(self, dreamed: Image) -> Image:
        """What the film shows of a dream."""
        assert self._frame is not None
        seen = shown(self._frame, dreamed, self._values.strength, next(self._masks))
        compare = COMPARISONS.get(self._values.compare)
        return seen if compare is None else compare(self._frame, seen, float(self._given / self._fps))


def _masks(settings: ClipSettings, frames: Source, warn: Warn) -> Iterator[Mask | None]:
    values, limit = settings.show, settings.dream.max_pixels
    if values.mask is None:
        return repeat(None)
    path = Path(values.mask)
    if is_file(path) and path.suffix.lower() in STILL_SUFFIXES:
        return repeat(mask_of(read_still(path, warn, limit).image, frames.size, invert=values.invert_mask))
    clip = open_source(path, SourceSettings(fps=frames.fps, start=settings.source.start), warn, limit)
    if clip.frames < frames.frames:
        warn(f"the mask has {clip.frames} frames and the clip {frames.frames}; its last frame stays")
    return masks_of(clip, frames.size, invert=values.invert_mask)


