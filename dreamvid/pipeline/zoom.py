"""A zoom film: a still under a moving camera."""

import os
from itertools import repeat
from pathlib import Path
from time import perf_counter

from dreamvid.arrays import Carry, fit, size_of
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.filters import resize
from dreamvid.motion.camera import camera_flow, camera_start
from dreamvid.pipeline.bounce import length_there_and_back, write_back
from dreamvid.pipeline.dreaming import load_dream
from dreamvid.pipeline.film import Rendered, planned, rendered, settled
from dreamvid.pipeline.opening import open_output
from dreamvid.render import render
from dreamvid.settings import ZoomSettings, files_read
from dreamvid.video.still import read_still


def zoom(
    seed: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    settings: ZoomSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Rendered:
    """Makes a film that dives into a picture and never ends up anywhere it has been.

    Args:
        seed: the picture.
        output: the film, or a folder or pattern of pictures (see `dreamvid.video.sink.open_sink`); without it
            `NAME-zoom.mp4` in the current folder.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`, and then the film holds what was done.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or ZoomSettings()
    path = Path(seed)
    target = os.fspath(output) if output is not None else f"{path.stem}-zoom.mp4"
    inputs = [path, *map(Path, files_read(settings))]
    film = settled(target, settings.film, settings.work, overwrite=overwrite, inputs=inputs, warn=warn)
    picture = read_still(path, warn, settings.dream.max_pixels).image
    still = resize(picture, fit(size_of(picture), film.size))
    flow = camera_flow(size_of(still), film.fps, settings.camera)
    start = camera_start(still, flow, settings.camera.border, settings.carry)
    dream, network = load_dream(
        settings.dream, settings.seed, still, even=settings.carry.even, observe=observe, warn=warn)
    there = settings.frames
    plan = planned(
        "zoom", settings, {"picture": path}, network, target=target, size=size_of(still), fps=film.fps,
        frames=length_there_and_back(there) if settings.bounce else there, looks_back=there if settings.bounce else 0,
        overwrite=overwrite, warn=warn,
    )

    def done(count: int) -> None:
        observe(Frame(count, plan.frames))

    begun = perf_counter()
    with open_output(plan, observe, warn) as sink:
        observe(Begun(plan.frames))
        carry = None if sink.state is None else Carry(still, sink.state)
        render(repeat(still, max(0, there - sink.first)), start, dream, lambda image: sink.write(image, image), done,
               first=sink.first, carry=carry)
        if settings.bounce:
            write_back(sink, there, done)
    return rendered(plan, sink, seconds=perf_counter() - begun, seed=settings.seed, network=network)
