"""Dreamed stills: from pictures, or from noise."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, Size, fit, size_of
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Begun, Event, Frame, Observe, Step, Warn, ignore
from dreamvid.filters import resize
from dreamvid.pipeline.batch import Job, check_jobs, jobs_of
from dreamvid.pipeline.dreaming import open_dreamer, say_octaves
from dreamvid.pipeline.noise import noise, noise_size
from dreamvid.pipeline.recipe import recipe_text
from dreamvid.settings import ImageSettings, files_read
from dreamvid.video.sheet import contact_sheet
from dreamvid.video.still import Alpha, Still, check_still, read_still, write_still

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

THUMBNAILS = 16


@dataclass(frozen=True)
class Dreamed:
    """A picture that was made.

    `losses` holds (octave, step, loss before the step) of every step; `weights` is the SHA-256 of the network's
    weights.
    """

    output: str
    width: int
    height: int
    seconds: float
    seed: int
    network: str
    weights: str
    losses: list[tuple[int, int, float]]


def image(
    pictures: Sequence[str | os.PathLike[str]] = (),
    output: str | os.PathLike[str] | None = None,
    settings: ImageSettings | None = None,
    *,
    steps_sheet: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Iterator[Dreamed]:
    """Dreams pictures, or noise, with one network that is loaded once; yields a record as each is done.

    Args:
        pictures: files, folders of pictures, or patterns such as `*.jpg`; none with `settings.noise`.
        output: the file for one picture; a folder for several. Without it `NAME-dream.png` in the current folder.
        settings: everything else; the defaults if None.
        steps_sheet: where a contact sheet of the way from the start to the dream goes; for one picture only.
        overwrite: whether existing outputs may be replaced.
        observe: gets every event; it may raise `Cancelled`.
        warn: gets one sentence for each thing worth knowing, such as a picture among many that cannot be read.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`; with several pictures, `InputError` at the end if some failed.
    """
    settings = settings or ImageSettings()
    jobs = jobs_of(pictures, output, noise=settings.noise is not None)
    files = [Path(name) for name in files_read(settings)]
    check_jobs(jobs, bits=settings.bits, overwrite=overwrite, inputs=files)
    sheet = _sheet_path(steps_sheet, jobs, overwrite=overwrite, inputs=files)
    dreamer = None
    for n, (job, still) in enumerate(_starts(jobs, settings, warn)):
        dreamer = dreamer or _load(settings, size_of(still.image), len(jobs), observe, warn)
        own = settings.but(number=settings.number + n)
        recipe = recipe_text("image", own, {"picture": job.source} if job.source else {}, dreamer.network, warn)
        way = Way(observe, settings)
        begun = perf_counter()
        dreamed = dreamer(still.image, np.random.default_rng([own.seed, own.number]), own.dream, way.watch)
        colours = dreamed if still.alpha is None else _uncomposited(dreamed, still.alpha)
        write_still(job.target, colours, alpha=still.alpha, overwrite=overwrite, bits=settings.bits,
                    recipe=recipe)
        if sheet is not None:
            write_still(sheet, way.sheet(still.image), overwrite=overwrite)
        observe(Frame(n + 1, len(jobs)))
        yield Dreamed(
            output=str(job.target), width=dreamed.shape[1], height=dreamed.shape[0],
            seconds=round(perf_counter() - begun, 3), seed=settings.seed, network=dreamer.network.name,
            weights=dreamer.network.digest, losses=way.losses,
        )


def _sheet_path(path: str | os.PathLike[str] | None, jobs: list[Job], *, overwrite: bool,
                inputs: Sequence[Path]) -> Path | None:
    if path is None:
        return None
    if len(jobs) > 1:
        raise SettingError(f"--steps-sheet shows the way of one picture; there are {len(jobs)}")
    taken = [file for file in (jobs[0].source, jobs[0].target, *inputs) if file is not None]
    check_still(Path(path), overwrite=overwrite, inputs=taken)
    return Path(path)


def _starts(jobs: list[Job], settings: ImageSettings, warn: Warn) -> Iterator[tuple[Job, Still]]:
    """Each job with the picture that it begins with; one bad picture among many is said, and the others go on."""
    failed = 0
    for job in jobs:
        try:
            still = _start(job, settings, warn)
        except InputError as error:
            if len(jobs) == 1:
                raise
            warn(str(error))
            failed += 1
        else:
            yield job, _within(still, settings.size)
    if failed:
        raise InputError(f"{failed} of {len(jobs)} pictures could not be read; the others are done")


def _start(job: Job, settings: ImageSettings, warn: Warn) -> Still:
    if job.source is None:
        return Still(noise(noise_size(settings.noise or ""), settings.seed))
    return read_still(job.source, warn, settings.dream.max_pixels)


def _within(still: Still, long_side: int | None) -> Still:
    """The picture and its opacity, made smaller if its longer side is longer than that."""
    size = size_of(still.image)
    if long_side is None or max(size) <= long_side:
        return still
    smaller = fit(size, long_side)
    alpha = None if still.alpha is None else resize(still.alpha, smaller)
    return Still(resize(still.image, smaller), alpha)


def _load(settings: ImageSettings, size: Size, pictures: int, observe: Observe, warn: Warn) -> "Dreamer":
    dreamer = open_dreamer(settings.dream, observe, warn)
    say_octaves(dreamer, size, settings.dream, warn)
    observe(Begun(pictures, "picture"))
    return dreamer


def _uncomposited(image: Image, alpha: Alpha) -> Image:
    """The colours that give the image when they are composited over black with this opacity."""
    return np.clip(image / np.maximum(alpha, 1 / 255)[..., np.newaxis], 0, 1, dtype=np.float32)


class Way:
    """What is remembered of the way from a start to its dream: every loss, and a few pictures."""

    def __init__(self, observe: Observe, settings: ImageSettings) -> None:
        self.losses: list[tuple[int, int, float]] = []
        self._observe = observe
        self._settings = settings
        self._pictures: list[tuple[str, Image]] = []

    def watch(self, event: Event) -> None:
        """Takes an event of the dream, and passes it on."""
        if isinstance(event, Step):
            self.losses.append((event.octave, event.step, round(event.loss, 6)))
            every = max(1, round(event.octaves * event.steps / (THUMBNAILS - 1)))
            if len(self.losses) % every == 0 or len(self.losses) == event.octaves * event.steps:
                self._pictures.append((f"octave {event.octave}, step {event.step}, loss {event.loss:.4g}", event.image))
        self._observe(event)

    def sheet(self, start: Image) -> Image:
        """A contact sheet of the way, from the start to the last step."""
        values = self._settings.dream
        what = values.class_name or values.layers or values.network
        title = f"{what}, {values.octaves} octaves, {values.steps} steps of {values.step_size:g}"
        return contact_sheet([("start", start), *self._pictures], title, columns=4)
