"""Makes pictures on a cluster: those of `image`, `layers` and `compare`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from dreamvid.arrays import Image, Size, within
from dreamvid.calls import calling
from dreamvid.dream.engines import processors
from dreamvid.errors import InputError, OutputError, SettingError
from dreamvid.events import Begun, Caller, Frame, Listener, ignore
from dreamvid.farm.address import Farm
from dreamvid.farm.answer import Answer
from dreamvid.farm.pool import open_pool
from dreamvid.farm.units import Unit, Units
from dreamvid.films.compare import Compared, Made, make_comparison
from dreamvid.media.fingerprint import fingerprint
from dreamvid.media.still import read_still, still_size
from dreamvid.output import disk
from dreamvid.output.target import part_of
from dreamvid.recipe import file_keys
from dreamvid.settings import AtlasSettings, DreamSettings, ImageSettings, to_table
from dreamvid.settings.options import AnyOptions, CallOptions
from dreamvid.stills.atlas import Atlas, make_atlas
from dreamvid.stills.batch import Job
from dreamvid.stills.dreaming import memory_needed, with_engine
from dreamvid.stills.given import PathName
from dreamvid.stills.image import Dreamed


def atlas_on(
    farm: Farm, picture: PathName | None, output: PathName | None, settings: AtlasSettings,
    **options: Unpack[CallOptions],
) -> Atlas:
    """Makes an atlas on a cluster; see `stills.atlas.atlas`."""
    with calling(options) as caller:
        return make_atlas(Path(picture) if picture else None, output, settings, caller, partial(_dream_cells, farm))


def compare_on(
    farm: Farm, command: str, source: PathName, over: Mapping[str, Sequence[object]], output: PathName | None,
    **options: Unpack[AnyOptions],
) -> Compared:
    """Makes a comparison on a cluster; see `films.compare.compare`."""
    return make_comparison(command, source, over, output, options, make_all=partial(_make_all, farm=farm))


def dream_jobs(
    farm: Farm, jobs: Sequence[Job], settings: ImageSettings, weights: str, caller: Caller
) -> Iterator[Dreamed | InputError | OutputError]:
    """Dreams the pictures of jobs on a cluster; see `stills.image.DreamJobs`."""
    made, units = dict[str, Dreamed | InputError | OutputError](), list[Unit]()

    def accept(unit: Unit, answer: Answer) -> None:
        try:
            made[unit.key] = _written(jobs[units.index(unit)].target, answer, overwrite=caller.overwrite)
        except (InputError, OutputError) as error:
            made[unit.key] = error

    for n, job in enumerate(jobs):
        task = {"does": "image", "suffix": job.target.suffix if job.target else "", "weights": weights}
        units.append(_unit(n, "image", settings.but(number=settings.number + n), job.source, task))
    sizes = [_size(job.source, settings) for job in jobs]
    memory = max(memory_needed(settings.dream, size) for size in sizes)
    _make(farm, units, settings, caller, accept, memory=memory)
    yield from (made[unit.key] for unit in units)


def _size(source: Path | None, settings: ImageSettings) -> Size:
    """The size at which a picture is dreamed; 1×1 if it cannot be read."""
    size = Size(1, 1)
    if source:
        with suppress(InputError):
            size = still_size(source, settings.dream.max_pixels)
    return within(size, settings.size) if settings.size else size


def _written(target: Path | None, answer: Answer, *, overwrite: bool) -> Dreamed:
    """Writes a picture that a worker dreamed."""
    assert target is not None
    if "unreadable" in answer.header:
        raise InputError(answer.header["unreadable"])
    with part_of(target, overwrite=overwrite) as part:
        part.write_bytes(*answer.files.values())
    found = answer.header["made"] | {"output": str(target), "image": read_still(target, ignore).image}
    return Dreamed(**{**found, "scores": [tuple(score) for score in found["scores"]]})


def _dream_cells(
    farm: Farm, source: Path | None, settings: AtlasSettings, variants: list[DreamSettings], listener: Listener
) -> Iterator[Image]:
    made: dict[str, Image] = {}

    def accept(unit: Unit, answer: Answer) -> None:
        [content] = answer.files.values()
        made[unit.key] = np.load(BytesIO(content))

    units = [_unit(n, "layers", settings, source, {"does": "cell", "variant": to_table(variant)})
             for n, variant in enumerate(variants)]
    memory = max(memory_needed(variant, Size(settings.size, settings.size)) for variant in variants)
    _make(farm, units, settings, listener, accept, memory=memory)
    yield from (made[unit.key] for unit in units)


def _make_all(
    command: str, source: Path, wanted: Sequence[Any], folder: Path, caller: Caller, *, farm: Farm
) -> list[Made]:
    """Makes the films or pictures of a comparison on a cluster; see `films.compare.MakeAll`."""
    made: dict[str, Made] = {}

    def accept(unit: Unit, answer: Answer) -> None:
        own = folder / unit.key
        own.mkdir(exist_ok=True)
        paths = [own / f"{n:06d}.png" for n, _ in enumerate(answer.header["pictures"], 1)]
        for path, file in zip(paths, answer.header["pictures"], strict=True):
            with disk.writing(path):
                path.write_bytes(answer.files[file])
        made[unit.key] = Made(paths, Fraction(answer.header["fps"]))

    settled = [with_engine(settings, caller.warn) for settings in wanted]
    units = [_unit(n, command, settings, source, {"does": "compare"}) for n, settings in enumerate(settled)]
    _make(farm, units, settled[0], caller, accept)
    return [made[unit.key] for unit in units]


def _unit(n: int, command: str, settings: Any, source: Path | None, task: Mapping[str, Any]) -> Unit:
    """Picture n as a unit; see `still_task`."""
    settings = settings.but(machine=settings.machine.but(threads=_threads(settings)))
    table = to_table(settings)
    paths = {key: Path(str(table[key])) for key in file_keys(settings)} | ({"source": source} if source else {})
    inputs = {key: [fingerprint(path), path.name, str(path.absolute())] for key, path in paths.items()}
    files = {digest: paths[key] for key, (digest, _, _) in inputs.items()}
    return Unit(f"picture-{n}", f"picture {n + 1}", 0, 1,
                {**task, "command": command, "settings": table, "inputs": inputs}, files)


def _threads(settings: Any) -> int:
    return settings.machine.threads or processors()


def _make(
    farm: Farm, units: Sequence[Unit], settings: Any, listener: Listener, accept: Callable[[Unit, Answer], None], *,
    memory: int = 0,
) -> None:
    """Has units made, and reports how many are.

    Raises:
        SettingError: a shared store is given.
    """
    if farm.store:
        raise SettingError("store", farm.store, "it is for films; pictures go over the cluster's connections")
    files = {digest: path for unit in units for digest, path in unit.files.items()}

    def report(done: int) -> None:
        if done:
            listener.observe(Frame(done, len(units)))

    with open_pool(farm, settings.machine.engine, _threads(settings), files, memory=memory, listener=listener) as pool:
        listener.observe(Begun(len(units), "picture"))
        pool.run(Units(units, accept, report))
