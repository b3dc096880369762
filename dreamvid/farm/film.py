"""Renders films on a cluster: divides them into units, and stores what the workers return."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from json import dumps
from pathlib import Path
from time import perf_counter
from typing import Any, Unpack

from dreamvid.calls import calling
from dreamvid.errors import SettingError, named
from dreamvid.events import Begun, Continued, Doing, Frame, Listener, Observe, Warn
from dreamvid.farm.answer import Answer, task_of
from dreamvid.farm.cluster import Farm, open_cluster
from dreamvid.farm.pool import Pool, Unit, all_of
from dreamvid.farm.through_store import render_shared
from dreamvid.films.commands import planned
from dreamvid.films.film import Material
from dreamvid.films.kept import HeldDreams, StoredDreams
from dreamvid.films.making import Invocation, Rendered, destination_of, job_of, rendered
from dreamvid.films.plan import FilmSettings, Plan
from dreamvid.films.prepare import Prepared
from dreamvid.films.ranges import Range, lengths, ranges_of
from dreamvid.films.shared import chain_of, compare, needs
from dreamvid.media.pictures import natural
from dreamvid.output import disk
from dreamvid.output.film import FilmWriter, range_name
from dreamvid.output.names import STDOUT, target_of
from dreamvid.output.opening import open_render
from dreamvid.output.pictures import numbered
from dreamvid.output.store import Store
from dreamvid.output.target import Part
from dreamvid.settings.options import CallOptions
from dreamvid.stills.given import PathName

DREAMS = 4
"""How many dreams of a stored film are one unit."""


def film_on(
    farm: Farm, command: str, source: PathName, output: PathName | None, settings: FilmSettings,
    **options: Unpack[CallOptions],
) -> Rendered:
    """Plans a film and renders it on a cluster.

    Args:
        farm: the cluster.
        command: zoom, clip or loop.
        source, output, settings: as for `films.commands.make`.
        **options: `overwrite`, `observe`, `warn`.

    Raises:
        DreamvidError: as `render_on`.
    """
    with calling(options) as caller:
        [made] = render_on(farm, [planned(command, Path(source), output, settings, caller)], caller)
    return made


def render_on(farm: Farm, films: Sequence[tuple[Plan, Invocation]], listener: Listener) -> list[Rendered]:
    """Renders films on a cluster. Ranges that earlier runs finished are not made again.

    Args:
        farm: the cluster.
        films: the plan of each film, and its invocation. All must have the same engine and number of threads.
        listener: receives events and warnings. Its `observe` may raise `Cancelled`; finished ranges are kept.

    Raises:
        FarmError: the cluster does not answer, or no worker can make the films.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    engine, threads = _alike(films)
    listener.observe(Doing("opening the cluster"))
    with open_cluster(farm, threads, listener.warn) as cluster:
        listener.warn(f"the cluster's pages are at {cluster.dashboard}")
        inputs = {} if farm.store else _inputs(films)
        pool = Pool(cluster, engine, threads, inputs, mixed=farm.mixed, listener=listener)
        films = [(plan, replace(call, mixed=farm.mixed)) for plan, call in films]
        if farm.store:
            return [render_shared(farm.store, pool, plan, call, listener) for plan, call in films]
        return _render(pool, films, listener)


def _alike(films: Sequence[tuple[Plan, Invocation]]) -> tuple[str, int]:
    """The engine and number of threads that all films share.

    Raises:
        SettingError: they differ, or a film cannot be made on a cluster.
    """
    used = {(plan.engine, plan.threads) for plan, _ in films}
    if len(used) > 1:
        raise SettingError("the plans have different engines or numbers of threads; make their films one by one")
    for _, call in films:
        if call.output == STDOUT or not call.work.resume:
            raise SettingError("farm", None, "it keeps ranges on the disk; leave out -o - and {resume}")
    return used.pop()


def _inputs(films: Sequence[tuple[Plan, Invocation]]) -> dict[str, Path]:
    return {plan.inputs[role].sha256: path for plan, call in films for role, path in call.paths.items()}


class _Preparation:
    """The preparation of a film (its scenes and strengths), as one unit."""

    def __init__(self, number: int, plan: Plan, call: Invocation, found: dict[str, Any] | None) -> None:
        task = {"does": "prepare", **task_of(plan, call)}
        self._unit = Unit(f"prepare-{number}", "looking through the input", 0, 0, task, _inputs([(plan, call)]))
        self.found = found

    def ready(self) -> Sequence[Unit]:
        return [] if self.found else [self._unit]

    def accept(self, unit: Unit, answer: Answer) -> None:  # noqa: ARG002
        self.found = answer.header["prepared"]

    def told(self, running: Mapping[str, int]) -> None:
        """A preparation has no pictures to report."""

    @property
    def done(self) -> bool:
        return self.found is not None


def _render(pool: Pool, films: Sequence[tuple[Plan, Invocation]], listener: Listener) -> list[Rendered]:
    """Renders films without a shared store, into the work folders beside their outputs."""
    begun = perf_counter()
    listener.observe(Doing("looking through the input"))
    prepared = [_Preparation(n, plan, call, _earlier(plan, call)) for n, (plan, call) in enumerate(films)]
    pool.run(_Greeting(pool))
    pool.run(all_of(prepared))
    with ExitStack() as stack:
        works, counts = list[_FilmWork](), _Counter(listener.observe)
        for n, ((plan, call), one) in enumerate(zip(films, prepared, strict=True)):
            assert one.found is not None
            material = Material(plan=plan, prepared=Prepared.from_table(one.found), paths=call.paths, dreamer=None,
                                dreams=HeldDreams(), listener=listener)
            writer = stack.enter_context(_opened(material, call, pool.machine))
            if writer is not None:
                writer.store.put("prepared", {"plan": plan.digest, "table": one.found})
                works.append(_FilmWork(f"film-{n}", material, call, writer.store, counts))
        counts.begin(works)
        if works:
            pool.run(all_of(works))
    seconds = perf_counter() - begun
    return [rendered(plan, call, lengths(plan, Prepared.from_table(one.found or {}))[1], counts.made, seconds)
            for (plan, call), one in zip(films, prepared, strict=True)]


class _Greeting:
    """Waits for the first worker. The films record its machine, and other workers must match it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def ready(self) -> Sequence[Unit]:
        return []

    def accept(self, unit: Unit, answer: Answer) -> None:
        """There are no units."""

    def told(self, running: Mapping[str, int]) -> None:
        """There are no units."""

    @property
    def done(self) -> bool:
        return bool(self._pool.machine)


def _earlier(plan: Plan, call: Invocation) -> dict[str, Any] | None:
    """The preparation that an earlier run of the same plan stored, or None."""
    from dreamvid.output.work_folder import work_folder

    if call.work.restart:
        return None
    found = Store(work_folder(target_of(call.output))).get("prepared")
    return found["table"] if found and found["plan"] == plan.digest else None


class _Counter:
    """Reports how many pictures of all films are made."""

    def __init__(self, observe: Observe) -> None:
        self.made = 0
        self._observe = observe
        self._works: Sequence[_FilmWork] = ()
        self._first = 0

    def begin(self, works: Sequence["_FilmWork"]) -> None:
        self._works = works
        self._first = sum(work.made for work in works)
        self._observe(Begun(self._total))
        if self._first:
            self._observe(Continued(self._first, self._total))

    @property
    def _total(self) -> int:
        return sum(work.frames for work in self._works)

    def tell(self, running: Mapping[str, int]) -> None:
        there = sum(work.made for work in self._works)
        self.made = there - self._first
        here = sum(running.get(key, 0) for work in self._works for key in work.waiting)
        if there + here > self._first:
            self._observe(Frame(min(there + here, self._total), self._total))


@contextmanager
def _opened(material: Material, call: Invocation, machine: Mapping[str, str]) -> Iterator[FilmWriter | None]:
    """Yields the writer of a film, and joins the film at the end; yields None if the film is already complete."""
    film = destination_of(material.plan, material.prepared, call, material.listener)
    with open_render(film, job_of(material.plan, call, film.frames, machine), restart=call.work.restart,
                     keep=call.work.keep_work) as writer:
        if writer is not None:
            _say_how_divided(ranges_of(material.plan, material.prepared), material.listener.warn)
        yield writer


def _say_how_divided(ranges: Sequence[Range], warn: Warn) -> None:
    """Warns if more workers cannot make the film faster."""
    if len(ranges) == 1:
        warn("the film is one range, which one worker makes")
    elif sum(part.free for part in ranges) == 1:
        warn(f"one long take cannot be divided, since each dream needs the last: its {len(ranges)} ranges are made one "
             f"after the other; a lower {named('dream_rate')}, a draft {named('quality')} or a faster machine help")


class _FilmWork:
    """The units of one film: its dreams, if it is a stored film, and its ranges.

    Attributes:
        ranges: the film's ranges.
        frames: how many pictures the film has.
        made: how many of them are in the store.
        waiting: the keys of the ranges that are missing.
    """

    def __init__(self, name: str, material: Material, call: Invocation, store: Store, counter: _Counter) -> None:
        plan, prepared = material.plan, material.prepared
        self.ranges = ranges_of(plan, prepared)
        self._name, self._material, self._call, self._counter, self._store = name, material, call, counter, store
        text = dumps(prepared.to_table()).encode()
        table = store.path(f"{sha256(text).hexdigest()}.json")
        with disk.writing(table):
            table.write_bytes(text)
        self._base = {**task_of(plan, call), "prepared": [table.stem, table.name, str(table.absolute())]}
        self._files = {**_inputs([(plan, call)]), table.stem: table}
        self._names = {part: range_name(part.first, part.stop) for part in self.ranges}
        self._dreams = plan.kind.film(material).dreams if plan.kind.stored else 0

    @property
    def frames(self) -> int:
        return self.ranges[-1].stop

    @property
    def made(self) -> int:
        return self.frames - sum(part.stop - part.first for part in self._missing())

    @property
    def waiting(self) -> list[str]:
        return [self._key(part) for part in self._missing()]

    def _missing(self) -> list[Range]:
        there = set(self._store.names("range-"))
        return [part for part, name in self._names.items() if name not in there]

    def _key(self, part: Range) -> str:
        return f"{self._name}-{self._names[part]}"

    def ready(self) -> Sequence[Unit]:
        made = len(StoredDreams(self._store))
        if made < self._dreams:
            return [self._of_dreams(made)]
        there, missing = set(self._store.names("range-")), self._missing()
        wanted = {part: needs(self._material.plan, self._material.prepared, self.ranges, part) for part in missing}
        return [self._of_range(part, wanted[part]) for part in missing if wanted[part].keys() <= there]

    def _of_dreams(self, made: int) -> Unit:
        stop = min(self._dreams, made + DREAMS)
        task, files = self._needing({})
        return Unit(f"{self._name}-dreams-{made}", f"dreams {made + 1} to {stop}", 0, self.frames,
                    {**task, "does": "dreams", "stop": stop}, files)

    def _of_range(self, part: Range, wanted: Mapping[str, str]) -> Unit:
        task, files = self._needing(wanted)
        carries = any(one.first == part.stop and not one.free for one in self.ranges)
        what = {"does": "range", "range": list(part), "name": self._names[part], "carries": carries}
        return Unit(self._key(part), f"frames {part.first + 1} to {part.stop}", part.stop - part.first,
                    chain_of(self.ranges, part), {**task, **what}, files)

    def _needing(self, wanted: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Path]]:
        """A task with the records in `wanted` (see `needs`), and the files that its worker needs."""
        bodies = {name: self._store.get(name) or {} for name in wanted}
        dreams = {name: self._store.get(name) or {} for name in self._store.names("dream-")} if self._dreams else {}
        names = [body[wanted[name]] for name, body in bodies.items()]
        names += [file for body in dreams.values() for file in body["files"]]
        paths = {Path(name).stem: self._store.path(name) for name in names if name}
        listed = [[digest, path.name, str(path.absolute())] for digest, path in paths.items()]
        return {**self._base, "needs": {**bodies, **dreams}, "files": listed}, {**self._files, **paths}

    def accept(self, unit: Unit, answer: Answer) -> None:  # noqa: ARG002
        """Puts a worker's records and files into the store. If a record is already there, compares the two."""
        for name, made in answer.header["records"].items():
            body, there = {**made, "maker": answer.header["maker"]}, self._store.get(name)
            if "pictures" in made:
                body["pictures"] = self._pictures(name, made["pictures"], answer)
            if there is not None:
                compare(name, body, there)
                continue
            for file in body["files"]:
                path = self._store.new_path(name, Path(file).suffix)
                with disk.writing(path):
                    path.write_bytes(answer.files[file])
                self._store.name_by_content(path)
            self._store.put(name, body)

    def _pictures(self, name: str, pictures: Mapping[str, str], answer: Answer) -> dict[str, str]:
        """Writes numbered pictures under their names in the output. Returns name → hash."""
        first, named_so = int(name.split("-")[1]) + 1, dict[str, str]()
        for n, file in enumerate(sorted(map(Path, pictures), key=natural), first):
            result = numbered(target_of(self._call.output), n)
            digest = named_so[result.name] = pictures[file.name]
            if disk.digest_of(result) != digest:
                part = Part(result, overwrite=self._call.overwrite)
                try:
                    part.path.write_bytes(answer.files[f"{digest}{file.suffix}"])
                    part.commit()
                finally:
                    part.discard()
        return named_so

    def told(self, running: Mapping[str, int]) -> None:
        self._counter.tell(running)

    @property
    def done(self) -> bool:
        return not self._missing()
