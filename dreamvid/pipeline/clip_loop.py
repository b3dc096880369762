"""Loops of clips: dreamed as a clip is, then closed."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

from dreamvid.arrays import Carry, Image
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Begun, Frame, Observe, Warn
from dreamvid.pipeline.bounce import length_there_and_back, there_and_back
from dreamvid.pipeline.clip import stages_of
from dreamvid.pipeline.crossfade import crossfaded
from dreamvid.pipeline.film import Rendered, explained, rendered
from dreamvid.pipeline.source import open_clip
from dreamvid.render import dreams
from dreamvid.settings import ClipSettings, LoopSettings
from dreamvid.video.base import Source
from dreamvid.video.sink import open_sink
from dreamvid.video.source import tracks_of

LEAST = 3
"""Frames of the shortest clip that can be closed."""

_SHARE, _SECONDS = 3, 2.0  # a crossfade is a third of the clip, and so long at most


def loop_of_clip(
    path: Path, target: str, settings: LoopSettings, *, overwrite: bool, observe: Observe, warn: Warn
) -> Rendered:
    """Makes a loop of a clip; the output is checked already. See `loop`."""
    settings = settings.of_clip()
    frames = open_clip(path, target, settings.source, warn)
    if frames.frames < LEAST:
        raise InputError(f"{path} has {frames.frames} frames here; a loop needs {LEAST} at least")
    if tracks_of(frames) is not None:
        warn("the loop is silent: a sound would break off where it closes")
    closed, total = _closing(frames, settings)
    carries, network = _carries(frames, settings, observe, warn)
    begun = perf_counter()
    with (
        open_sink(target, frames.size, frames.fps, settings.film, overwrite=overwrite, frames=total,
                  warn=warn) as sink,
        explained(sink, target, total),
        closing(carries),
    ):
        observe(Begun(total))
        for image in closed(carries):
            sink.write(image)
            observe(Frame(sink.written, total))
    return rendered(sink, target, frames.size, frames.fps, seconds=perf_counter() - begun, seed=settings.seed,
                    network=network)


def _closing(frames: Source, settings: LoopSettings) -> tuple[Callable[[Iterator[Carry]], Iterator[Image]], int]:
    """What closes the loop, and how many frames it has then."""
    if settings.kind == "bounce":
        return lambda film: there_and_back(carry.dreamed for carry in film), length_there_and_back(frames.frames)
    count = crossfade_frames(frames, settings.crossfade)
    return lambda film: crossfaded(film, count), frames.frames - count


def crossfade_frames(frames: Source, seconds: float | None) -> int:
    """How many frames at the end of a clip dissolve into its first ones.

    Raises:
        SettingError: that is more than half of the clip.
    """
    wanted = min(frames.frames / _SHARE, _SECONDS * frames.fps) if seconds is None else seconds * frames.fps
    count = max(1, round(wanted))
    if 2 * count > frames.frames:
        raise SettingError(f"--crossfade is {seconds}; of a clip of {float(frames.frames / frames.fps):g} seconds half "
                           "can dissolve at most")
    return count


def _carries(
    frames: Source, settings: LoopSettings, observe: Observe, warn: Warn
) -> tuple[Generator[Carry, None, None], str]:
    """The frames with their dreams, and the name of the network; with no steps nothing is loaded or dreamed."""
    if settings.dream.steps == 0:
        return (Carry(frame, frame) for frame in frames), "none"
    values = ClipSettings(quality=settings.quality, seed=settings.seed, dream=settings.dream)
    stages = stages_of(frames, values, observe, warn)
    return (carry for carry in dreams(stages.shots, stages.start, stages.dream)), stages.network
