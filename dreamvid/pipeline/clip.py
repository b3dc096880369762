"""A dreamed clip: its own frames, each with the dream before it moved along."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import repeat
from pathlib import Path
from time import perf_counter

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.motion.blend import clip_start, mixed
from dreamvid.motion.compare import COMPARISONS, shown_size
from dreamvid.motion.mask import Mask, mask_of, masks_of, shown
from dreamvid.motion.scenes import Link, Scenes
from dreamvid.motion.tracker import Tracker
from dreamvid.pipeline.dreaming import open_dreamer, say_octaves
from dreamvid.pipeline.film import Rendered, exact, explained, rendered
from dreamvid.render import Dream, render
from dreamvid.settings import ClipSettings, SourceSettings, files_read
from dreamvid.video.base import Source
from dreamvid.video.formats import CONTAINERS
from dreamvid.video.sink import Sink, check_output, open_sink
from dreamvid.video.source import open_source, tracks_of
from dreamvid.video.still import STILL_SUFFIXES, read_still
from dreamvid.video.tracks import Tracks, say_unkept

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
    check_output(target, settings.film, overwrite=overwrite, inputs=inputs)
    frames = _source(path, target, settings, warn)
    gallery = Gallery(frames, settings, warn)
    scenes, tracker = Scenes(find=settings.coherence.cuts), Tracker()
    start = clip_start(scenes.link, tracker.motion, settings.coherence)
    dream, network = load_clip_dream(settings, scenes.link, frames.size, observe, warn)
    shots = scenes.watch(frames)
    if settings.coherence.coherence == "flow":
        shots = tracker.watch(shots)
    begun = perf_counter()
    with (
        _open(target, frames, gallery.size, settings, warn, overwrite=overwrite) as sink,
        explained(sink, target, frames.frames),
        closing(shots),
    ):
        observe(Begun(frames.frames))
        render(gallery.passing(shots), start, dream, lambda dreamed: sink.write(gallery.show(dreamed)),
               lambda done: observe(Frame(done, frames.frames)))
    return rendered(
        sink, target, gallery.size, frames.fps, seconds=perf_counter() - begun, seed=settings.seed, network=network)


def load_clip_dream(
    settings: ClipSettings, link: Callable[[int], Link], size: Size, observe: Observe, warn: Warn
) -> tuple[Dream, str]:
    """The dream stage of a clip, and the name of its network.

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

    return dream, dreamer.network.name


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
    if path.is_file() and path.suffix.lower() in STILL_SUFFIXES:
        return repeat(mask_of(read_still(path, warn, limit).image, frames.size, invert=values.invert_mask))
    clip = open_source(path, SourceSettings(fps=frames.fps, start=settings.source.start), warn, limit)
    if clip.frames < frames.frames:
        warn(f"the mask has {clip.frames} frames and the clip {frames.frames}; its last frame stays")
    return masks_of(clip, frames.size, invert=values.invert_mask)


def _open(
    target: str, frames: Source, size: Size, settings: ClipSettings, warn: Warn, *, overwrite: bool
) -> Sink:
    tracks = _tracks(target, frames, settings, warn)
    return open_sink(target, size, frames.fps, settings.film, overwrite=overwrite, frames=frames.frames, tracks=tracks,
                     warn=warn)


def _source(path: Path, target: str, settings: ClipSettings, warn: Warn) -> Source:
    """The clip, at its own rate or at the nearest that the output keeps exactly."""
    values, limit = settings.source, settings.dream.max_pixels
    frames = open_source(path, values, warn, limit)
    fps = exact(target, frames.fps, warn)
    return frames if fps == frames.fps else open_source(path, values.but(fps=fps), ignore, limit)


def _tracks(target: str, frames: Source, settings: ClipSettings, warn: Warn) -> Tracks | None:
    suffix = Path(target).suffix.lower()
    tracks = tracks_of(frames) if settings.show.audio and suffix in CONTAINERS else None
    if tracks is None:
        return None
    if CONTAINERS[suffix].loops or settings.film.repeat > 1:
        warn("the film is silent: " + ("it is repeated" if settings.film.repeat > 1 else f"{suffix} holds no sound"))
        return None
    say_unkept(tracks, suffix, warn)
    return tracks
