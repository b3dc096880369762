"""Loops of clips: dreamed as a clip is, then closed."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

from dreamvid.arrays import Carry, Image
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Begun, Frame, Observe, Warn
from dreamvid.pipeline.bounce import length_there_and_back, there_and_back
from dreamvid.pipeline.clip import Stages, stages_of
from dreamvid.pipeline.crossfade import crossfaded
from dreamvid.pipeline.film import Rendered, planned, rendered
from dreamvid.pipeline.opening import open_output
from dreamvid.pipeline.output import Output, unwritten
from dreamvid.pipeline.source import open_clip
from dreamvid.render import dreams
from dreamvid.settings import ClipSettings, LoopSettings
from dreamvid.video.base import Source
from dreamvid.video.source import tracks_of

LEAST = 3
"""Frames of the shortest clip that can be closed."""

_SHARE, _SECONDS = 3, 2.0  # a crossfade is a third of the clip, and so long at most


def loop_of_clip(
    path: Path, target: str, settings: LoopSettings, *, overwrite: bool, observe: Observe, warn: Warn
) -> Rendered:
    """Makes a loop of a clip; the output is checked already. See `loop`."""
    settings = settings.of_clip()
    frames = open_clip(path, target, settings.source, warn, settings.dream.max_pixels)
    if frames.frames < LEAST:
        raise InputError(f"{path} has {frames.frames} frames here; a loop needs {LEAST} at least")
    if tracks_of(frames) is not None:
        warn("the loop is silent: a sound would break off where it closes")
    closed, total = _closing(frames, settings)
    stages = _stages(frames, settings, observe, warn)
    network = stages.network if stages is not None else None
    film = planned(
        "loop", settings, {"clip": path}, network, target=target, size=frames.size, fps=frames.fps, frames=total,
        overwrite=overwrite, warn=warn,
    )
    begun = perf_counter()
    with open_output(film, observe, warn) as sink, closing(_carries(frames, stages, sink)) as carries:
        observe(Begun(total))
        for image in unwritten(closed(carries), sink, total):
            sink.write(image)
            observe(Frame(sink.written, total))
    return rendered(film, sink, seconds=perf_counter() - begun, seed=settings.seed, network=network)


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


def _stages(frames: Source, settings: LoopSettings, observe: Observe, warn: Warn) -> Stages | None:
    """What the clip goes through; with no steps nothing is loaded, and nothing dreamed."""
    if settings.dream.steps == 0:
        return None
    values = ClipSettings(quality=settings.quality, seed=settings.seed, dream=settings.dream)
    return stages_of(frames, values, observe, warn)


def _carries(frames: Source, stages: Stages | None, sink: Output) -> Generator[Carry, None, None]:
    """The frames with their dreams; a dream that an earlier run made is recalled."""
    if stages is None:
        yield from (Carry(frame, frame) for frame in frames)
        return
    make = stages.dream

    def dream(image: Image, n: int) -> Image:
        return sink.recall(f"frame-{n:08d}", lambda: make(image, n))

    with closing(stages.watch(frames)) as shots, closing(stages.track(shots)) as tracked:
        yield from dreams(tracked, stages.start, dream)
