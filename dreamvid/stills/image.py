"""Dreams stills, from pictures or from noise."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Unpack, overload

import numpy as np

from dreamvid.arrays import Image, Size, size_of, within
from dreamvid.calls import called
from dreamvid.errors import DreamvidError, InputError, OutputError, SettingError
from dreamvid.events import Begun, Caller, Event, Frame, Listener, Observe, Step, Warn
from dreamvid.filters import resize
from dreamvid.media.remote import local
from dreamvid.media.still import Still, read_still
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import ImageSettings, files_read, values_of
from dreamvid.settings.options import ImageOptions
from dreamvid.stills.batch import Job, check_jobs, jobs_of, noise, noise_size
from dreamvid.stills.dreaming import check_dream, open_dreamer, warn_of_limits, with_engine
from dreamvid.stills.given import PathName, Picture, PictureResult, is_picture
from dreamvid.stills.recipe import network_of, recipe_text

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

THUMBNAILS = 16


@dataclass(frozen=True, kw_only=True)
class Dreamed(PictureResult):
    """A dreamed picture.

    Attributes:
        seed: seed of the random shifts.
        network: name of the network.
        weights: SHA-256 of the network's weights, in hexadecimal.
        scores: (octave, step, score before the step) of every step.
    """

    seed: int
    network: str
    weights: str
    scores: list[tuple[int, int, float]] = field(repr=False)


@overload
def image(
    picture: Picture | None = None, output: PathName | None = None, settings: ImageSettings | None = None, *,
    steps_sheet: PathName | None = None, **options: Unpack[ImageOptions],
) -> Dreamed: ...


@overload
def image(
    picture: Iterable[Picture], output: PathName | None = None, settings: ImageSettings | None = None, *,
    steps_sheet: PathName | None = None, **options: Unpack[ImageOptions],
) -> Iterator[Dreamed]: ...


def image(
    picture: Picture | Iterable[Picture] | None = None, output: PathName | None = None,
    settings: ImageSettings | None = None, *, steps_sheet: PathName | None = None, **options: Unpack[ImageOptions],
) -> Dreamed | Iterator[Dreamed]:
    """Dreams a picture, noise, or several pictures; the network is loaded once.

    Args:
        picture: a path, an array or a Pillow image; None for noise, with `noise="300x300"`. Or a list of these, in
            which paths may also be folders and patterns such as `*.jpg`: it is dreamed lazily, one picture each time
            the result is iterated.
        output: the file for one picture; a folder for several. Without it, files become `NAME-dream.png` in the current
            folder, and arrays and images are not written.
        settings: settings as an object; keyword settings take precedence.
        steps_sheet: path of a contact sheet of the dream's steps; for one picture only.
        **options: settings by keyword, such as `layers="block4", steps=40`; and `preset`, `overwrite`, `observe`,
            `warn`, as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`; with several pictures, `InputError` at the end if some failed.
    """
    several = isinstance(picture, Iterable) and not is_picture(picture)
    given: Any = picture
    pictures = list(given) if several else [] if picture is None else [given]

    def dreamed() -> Iterator[Dreamed]:
        with called(ImageSettings, settings, options) as (wanted, caller):
            yield from dream_pictures(pictures, output, wanted, caller, steps_sheet, several=several)

    if several:
        return dreamed()
    [made] = dreamed()
    return made


DreamJobs = Callable[[Sequence[Job], ImageSettings, str, Caller], Iterator[Dreamed | InputError | OutputError]]
"""Dreams the pictures of jobs: (jobs, settings, hash of the weights, caller) → what was made of each, in order; the
error for one that cannot be read or written."""


def dream_pictures(
    pictures: Sequence[Picture], output: PathName | None, settings: ImageSettings, caller: Caller,
    steps_sheet: PathName | None = None, *, several: bool = True, dream_jobs: DreamJobs | None = None,
) -> Iterator[Dreamed]:
    """Dreams pictures, or noise if there are none; yields each when it is done. See `image`.

    Args:
        several: whether a path may expand to several pictures.
        dream_jobs: dreams them elsewhere; None for this process.
    """
    settings = with_engine(settings, caller.warn)
    jobs = jobs_of(pictures, output, noise=bool(settings.noise))
    if len(jobs) > 1 and not several:
        raise SettingError(f"{pictures[0]} holds {len(jobs)} pictures; give it in a list to dream them all")
    given, failed = len(jobs), list[DreamvidError]()

    def fail(error: DreamvidError) -> None:
        if given == 1:
            raise error
        caller.warn(str(error))
        failed.append(error)

    jobs = list(_with_local_files(jobs, settings, caller, fail))
    files = [Path(name) for name in files_read(settings)]
    check_jobs(jobs, bits=settings.bits, overwrite=caller.overwrite, inputs=files)
    sheet = _sheet_path(steps_sheet, jobs, overwrite=caller.overwrite, inputs=files)
    weights = check_dream(settings.dream, caller)
    dream = dream_jobs or partial(_dream_here, sheet=sheet)
    for made in dream(jobs, settings, weights, caller) if jobs else ():
        if isinstance(made, Dreamed):
            yield made
        else:
            fail(made)
    _refuse_failed(failed, given)


def _with_local_files(
    jobs: list[Job], settings: ImageSettings, listener: Listener, fail: Callable[[DreamvidError], None]
) -> Iterator[Job]:
    """The jobs, with files in place of addresses; without those that cannot be downloaded."""
    for job in jobs:
        try:
            yield replace(job, source=job.source and local(job.source, listener, offline=settings.dream.offline))
        except (InputError, SettingError) as error:
            fail(error)


def _dream_here(
    jobs: Sequence[Job], settings: ImageSettings, weights: str, caller: Caller, sheet: Path | None
) -> Iterator[Dreamed | InputError | OutputError]:
    """Dreams the pictures of jobs, one after the other; see `DreamJobs`."""
    dreamer = None
    for n, job in enumerate(jobs):
        try:
            still = start_of(job, settings, caller.warn)
            dreamer = dreamer or _load(settings, size_of(still.image), len(jobs), caller)
            made = dream_job(job, still, settings.but(number=settings.number + n), dreamer, weights,
                             caller=caller, sheet=sheet)
        except (InputError, OutputError) as error:
            yield error
            continue
        caller.observe(Frame(n + 1, len(jobs), made.image))
        yield made


def _refuse_failed(failed: Sequence[DreamvidError], pictures: int) -> None:
    """Says how many pictures could not be read and how many could not be written, if there are such.

    Raises:
        InputError: some could not be read.
        OutputError: all could be read, and some not be written.
    """
    unwritten = sum(isinstance(error, OutputError) for error in failed)
    words = [f"{count} of {pictures} pictures could not be {done}"
             for count, done in ((len(failed) - unwritten, "read"), (unwritten, "written")) if count]
    if words:
        raise (InputError if len(failed) > unwritten else OutputError)(f"{', '.join(words)}; the others are done")


def dream_job(
    job: Job, still: Still, settings: ImageSettings, dreamer: "Dreamer", weights: str, *, caller: Caller,
    sheet: Path | None = None,
) -> Dreamed:
    """Dreams one picture, and writes it.

    Args:
        job, still: the picture, and its content as `start_of` returns it.
        settings: with the picture's own `number`.
        dreamer: the dreamer of the settings.
        weights: SHA-256 of its weights, in hexadecimal.
        caller: receives events and warnings.
        sheet: path of a contact sheet of the steps; None for none.
    """
    steps, begun = StepRecorder(caller.observe, settings), perf_counter()
    values = values_of(settings.dream, dreamer.objective.weights)
    dreamed = dreamer(still.image, np.random.default_rng([settings.seed, settings.number]), values, steps.watch)
    if job.target is not None:
        recipe = recipe_text("image", settings, {"picture": job.source} if job.source else {}, weights, caller.warn)
        write_still(job.target, Still(dreamed, still.alpha).colours, alpha=still.alpha, bits=settings.bits,
                    overwrite=caller.overwrite, recipe=recipe)
    if sheet is not None:
        write_still(sheet, steps.sheet(still.image), overwrite=caller.overwrite)
    return Dreamed(
        output=str(job.target or ""), width=dreamed.shape[1], height=dreamed.shape[0],
        seconds=round(perf_counter() - begun, 3), seed=settings.seed, network=network_of(settings), weights=weights,
        scores=steps.scores, image=dreamed,
    )


def _sheet_path(path: PathName | None, jobs: list[Job], *, overwrite: bool,
                inputs: Sequence[Path]) -> Path | None:
    if path is None:
        return None
    if len(jobs) > 1:
        raise SettingError("", None, f"{{steps_sheet}} shows the way of one picture; there are {len(jobs)}")
    taken = [file for file in (jobs[0].source, jobs[0].target, *inputs) if file is not None]
    check_still(Path(path), overwrite=overwrite, inputs=taken)
    return Path(path)


def start_of(job: Job, settings: ImageSettings, warn: Warn) -> Still:
    """The picture of a job, or noise, at the size at which it is dreamed.

    Raises:
        InputError: it cannot be read.
    """
    if job.still is not None:
        return _within(job.still, settings.size)
    if job.source is None:
        return _within(Still(noise(noise_size(settings.noise), settings.seed)), settings.size)
    return _within(read_still(job.source, warn, settings.dream.max_pixels), settings.size)


def _within(still: Still, long_side: int) -> Still:
    """The picture and its opacity, reduced to this longer side; 0 for no limit."""
    if not long_side:
        return still
    smaller = within(size_of(still.image), long_side)
    alpha = None if still.alpha is None else resize(still.alpha, smaller)
    return Still(resize(still.image, smaller), alpha)


def _load(settings: ImageSettings, size: Size, pictures: int, listener: Listener) -> "Dreamer":
    dreamer = open_dreamer(settings.machine, settings.dream, listener)
    warn_of_limits(dreamer, size, listener.warn)
    listener.observe(Begun(pictures, "picture"))
    return dreamer


class StepRecorder:
    """Records a dream's steps: every score, and some pictures."""

    def __init__(self, observe: Observe, settings: ImageSettings) -> None:
        self.scores: list[tuple[int, int, float]] = []
        self._observe = observe
        self._settings = settings
        self._pictures: list[tuple[str, Image]] = []

    def watch(self, event: Event) -> None:
        """Records an event and passes it on."""
        if isinstance(event, Step):
            self.scores.append((event.octave, event.step, round(event.score, 6)))
            every = max(1, round(event.octaves * event.steps / (THUMBNAILS - 1)))
            if len(self.scores) % every == 0 or (event.octave, event.step) == (event.octaves, event.steps):
                label = f"octave {event.octave}, step {event.step}, score {event.score:.4g}"
                self._pictures.append((label, event.image))
        self._observe(event)

    def sheet(self, start: Image) -> Image:
        """A contact sheet from the start to the last step."""
        values = self._settings.dream
        what = values.class_name or values.layers or values.network
        title = f"{what}, {values.octaves} octaves, {values.steps} steps of {values.step_size:g}"
        return contact_sheet([("start", start), *self._pictures], title, columns=4)
