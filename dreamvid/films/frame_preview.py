"""A quick preview of one frame of a film or picture, for choosing settings."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dreamvid.arrays import Image, size_of, within
from dreamvid.errors import InputError
from dreamvid.events import Caller, Event, Step, ignore
from dreamvid.films.clip import WARM_STEP
from dreamvid.films.commands import planned, settings_for_input
from dreamvid.films.curves import curves_of
from dreamvid.films.fades import among
from dreamvid.films.moving import values_in
from dreamvid.films.source import frame_of
from dreamvid.films.zoom import GROWING
from dreamvid.filters import resize
from dreamvid.media.source import is_clip, open_source
from dreamvid.media.still import read_still
from dreamvid.motion.show import mask_of, shown
from dreamvid.settings import CoherenceSettings, FrameValues, SourceSettings, values_of
from dreamvid.stills.batch import noise, noise_size
from dreamvid.stills.dreaming import open_dreamer, with_engine

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

SIDES = (256, 640)
"""Longer sides, in pixels, at which the frame is dreamed in turn."""

Show = Callable[[Image, bool], None]
"""Called with each intermediate picture, and whether it is the last one."""


def preview_frame(
    command: str, source: Path | None, settings: Any, show: Show, caller: Caller, *, seconds: float = 0.0,
    side: int = SIDES[-1],
) -> None:
    """Dreams one frame, first small, then larger, about as strongly as in the result.

    A film's dream grows over several frames; here all these steps are made on one frame. The camera does not move.

    Args:
        command: zoom, clip, loop or image.
        source: the picture or clip; None for noise.
        settings: settings of the command.
        show: called with each picture.
        caller: its `observe` is called at every step, and may raise `Cancelled`.
        seconds: the frame's time in the film.
        side: longer side of the last picture, in pixels.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    role = "picture"
    if command != "image" and source is not None:
        role, settings = settings_for_input(command, source, settings, "film.mp4")
    settings = with_engine(settings, caller.warn)
    frame, mask = _frame(role, source, settings, seconds, side), _mask(source, settings, seconds, side)
    dreamer = open_dreamer(settings.machine, settings.dream, caller, among(settings.dream))
    values = _strong(command, role, settings, _values(command, source, settings, dreamer, seconds))
    if not values.steps:
        show(resize(frame, within(size_of(frame), side)), True)
        return
    largest = 0

    def watch(event: Event) -> None:
        nonlocal largest
        caller.observe(event)
        if isinstance(event, Step) and event.step == event.steps and event.octave < event.octaves:
            if max(event.image.shape[:2]) > largest:
                show(_seen(event.image, frame, mask, settings, values), False)
            largest = max(largest, *event.image.shape[:2])

    sides = [each for each in SIDES if each < min(side, max(frame.shape[:2]))] + [side]
    for each in sides:
        start = resize(frame, within(size_of(frame), each))
        dreamed = dreamer(start, np.random.default_rng([settings.seed, 0]), values, watch)
        show(_seen(dreamed, frame, mask, settings, values), each == sides[-1])
        largest = max(largest, *dreamed.shape[:2])


def _frame(role: str, source: Path | None, settings: Any, seconds: float, side: int) -> Image:
    """The frame, with no side longer than `side`."""
    if source is None:
        return noise(noise_size(settings.noise), settings.seed)
    if role == "picture":
        if is_clip(source) and not hasattr(settings, "noise"):
            raise InputError(f"{source.name} is a clip; choose clip or loop for it")
        return _still(source, settings.dream.max_pixels, min(side, getattr(settings, "size", 0) or side))
    return _clip_frame(source, settings.source, settings.dream.max_pixels, seconds, side)


def _mask(clip: Path | None, settings: Any, seconds: float, side: int) -> Image | None:
    """The picture, or the frame of a clip, that is the mask; None without one."""
    show, most = getattr(settings, "show", None), settings.dream.max_pixels
    if clip is None or show is None or not show.mask:
        return None
    if not is_clip(Path(show.mask)):
        return _still(Path(show.mask), most, side)
    fps = open_source(clip, settings.source, ignore, most).fps
    return _clip_frame(Path(show.mask), SourceSettings(fps=fps, start=settings.source.start), most, seconds, side)


@lru_cache(maxsize=4)
def _still(path: Path, max_pixels: int, side: int) -> Image:
    """A picture, scaled down. It is cached, since most changes of settings leave it as it is."""
    image = read_still(path, ignore, max_pixels).image
    return resize(image, within(size_of(image), side))


@lru_cache(maxsize=4)
def _clip_frame(path: Path, values: SourceSettings, max_pixels: int, seconds: float, side: int) -> Image:
    """The frame at a time, scaled down; cached as well."""
    clip = open_source(path, values, ignore, max_pixels)
    image = frame_of(clip, max(0, min(clip.frames - 1, int(seconds * clip.fps))))
    return resize(image, within(size_of(image), side))


def _values(command: str, source: Path | None, settings: Any, dreamer: "Dreamer", seconds: float) -> FrameValues:
    """The moving settings at the frame."""
    if command == "image" or source is None or not curves_of(settings):
        return values_of(settings, dreamer.objective.weights)
    plan, call = planned(command, source, None, settings, Caller(), writes=False)
    return values_in(plan, call.paths, dreamer)[max(0, min(plan.frames - 1, int(seconds * plan.fps)))]


def _strong(command: str, role: str, settings: Any, values: FrameValues) -> FrameValues:
    """The values with the total number of steps that a fully grown dream has had in the film."""
    if role == "clip":
        coherence = settings.coherence if command == "clip" else CoherenceSettings()
        return replace(values, steps=values.steps * coherence.warm_up, step_size=values.step_size * WARM_STEP)
    grows = command == "zoom" or getattr(settings, "kind", "") == "bounce"
    return replace(values, steps=values.steps * GROWING, step_size=values.step_size * values.drive) if grows else values


def _seen(dreamed: Image, frame: Image, mask: Image | None, settings: Any, values: FrameValues) -> Image:
    """Applies the film's strength and mask to a dream."""
    show = getattr(settings, "show", None)
    if show is None:
        return dreamed
    size = size_of(dreamed)
    share = None if mask is None else mask_of(mask, size, invert=show.invert_mask)
    return shown(resize(frame, size), dreamed, values.strength, share)
