"""Renders films on a cluster: prepares them, and stores the ranges that the workers make."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from json import dumps
from pathlib import Path
from time import perf_counter
from typing import Any, Unpack

from dreamvid.calls import calling
from dreamvid.errors import Cancelled, SettingError, named
from dreamvid.events import Begun, Continued, Doing, Frame, Listener, Observe, Warn
from dreamvid.farm.address import Farm
from dreamvid.farm.answer import Answer
from dreamvid.farm.film_work import FilmWork, Sent
from dreamvid.farm.pool import Pool, open_pool
from dreamvid.farm.units import Together, Unit, Units
from dreamvid.films.commands import planned
from dreamvid.films.joining import copy_record, join
from dreamvid.films.making import Invocation, Rendered, memory_of, open_kept, rendered
from dreamvid.films.plan import AnyFilmSettings, Plan
from dreamvid.films.prepare import Prepared
from dreamvid.films.ranges import Range, lengths, ranges_of
from dreamvid.films.shared import SharedFilm, compare
from dreamvid.output import disk
from dreamvid.output.names import STDOUT, target_of
from dreamvid.output.shared import SharedStore
from dreamvid.output.store import Store
from dreamvid.output.work_folder import work_folder
from dreamvid.settings.options import CallOptions
from dreamvid.stills.given import PathName

Planned = tuple[Plan, Invocation]


def film_on(
    farm: Farm, command: str, source: PathName, output: PathName | None, settings: AnyFilmSettings,
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


def render_on(farm: Farm, films: Sequence[Planned], listener: Listener) -> list[Rendered]:
    """Renders films on a cluster. Ranges that earlier runs finished are not made again.

    Args:
        farm: the cluster.
        films: the plan of each film, and its invocation. All must have the same engine and number of threads.
        listener: receives events and warnings. Its `observe` may raise `Cancelled`; finished ranges are kept.

    Raises:
        FarmError: the cluster does not answer, or no worker can make the films.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    engine, threads = _engine_and_threads(films)
    films = [(plan, replace(call, mixed=farm.mixed)) for plan, call in films]
    inputs = {} if farm.store else _inputs(films)
    memory = max(memory_of(plan, call) for plan, call in films)
    with open_pool(farm, engine, threads, inputs, memory=memory, listener=listener) as pool:
        if farm.store:
            return [_render_through(farm.store, pool, plan, call, listener) for plan, call in films]
        return _render(pool, films, listener)


def _engine_and_threads(films: Sequence[Planned]) -> tuple[str, int]:
    """The engine and number of threads of all films.

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


def _inputs(films: Sequence[Planned]) -> dict[str, Path]:
    return {plan.inputs[role].sha256: path for plan, call in films for role, path in call.paths.items()}


def _task(plan: Plan, call: Invocation, store: str = "") -> dict[str, Any]:
    """The keys that all tasks of a film share; see `film_task`."""
    inputs = {role: [found.sha256, call.paths[role].name, str(call.paths[role].absolute())]
              for role, found in plan.inputs.items()}
    options = {key: getattr(call, key) for key in ("poster", "sheet", "recipe", "mixed", "offline")}
    return {"does": "film", "plan": plan.to_json(), "inputs": inputs, "call": options, "store": store}


def _render(pool: Pool, films: Sequence[Planned], listener: Listener) -> list[Rendered]:
    """Renders films into the work folders beside their outputs."""
    begun = perf_counter()
    prepared = _prepare(pool, films, listener)
    with ExitStack() as stack:
        works = list[FilmWork]()
        for n, ((plan, call), one) in enumerate(zip(films, prepared, strict=True)):
            writer = stack.enter_context(open_kept(plan, one, call, Listener(warn=listener.warn), pool.machine))
            if writer is not None:
                _warn_if_undivided(ranges_of(plan, one), listener.warn)
                writer.store.put("prepared", {"plan": plan.digest, "table": one.to_table()})
                works.append(_work(f"film-{n}", plan, one, call, writer.store))
        made = _make(pool, works, listener.observe)
    seconds = perf_counter() - begun
    return [rendered(plan, call, lengths(plan, one)[1], made, seconds)
            for (plan, call), one in zip(films, prepared, strict=True)]


def _prepare(pool: Pool, films: Sequence[Planned], listener: Listener) -> list[Prepared]:
    """Has the films prepared that were not prepared by an earlier run."""
    listener.observe(Doing("looking through the input"))
    found = {str(n): table for n, film in enumerate(films) if (table := _earlier(*film))}
    units = [Unit(str(n), "looking through the input", 0, 0, _task(plan, call), _inputs([(plan, call)]))
             for n, (plan, call) in enumerate(films) if str(n) not in found]
    pool.run(Units(units, lambda unit, answer: found.update({unit.key: answer.header["prepared"]})))
    return [Prepared.from_table(found[str(n)]) for n in range(len(films))]


def _earlier(plan: Plan, call: Invocation) -> dict[str, Any] | None:
    """The preparation that an earlier run of the same plan stored, or None."""
    if call.work.restart:
        return None
    found = Store(work_folder(target_of(call.output))).get("prepared")
    return found["table"] if found and found["plan"] == plan.digest else None


def _warn_if_undivided(ranges: Sequence[Range], warn: Warn) -> None:
    """Warns if more workers cannot make the film faster."""
    if len(ranges) == 1:
        warn("the film is one range, which one worker makes")
    elif sum(part.free for part in ranges) == 1:
        warn(f"one long take cannot be divided, since each dream needs the last: its {len(ranges)} ranges are made one "
             f"after the other; a lower {named('dream_rate')}, a draft {named('quality')} or a faster machine help")


def _work(name: str, plan: Plan, prepared: Prepared, call: Invocation, store: Store) -> FilmWork:
    """The units of a film whose ranges are returned by the workers."""
    text = dumps(prepared.to_table()).encode()
    table = store.path(f"{sha256(text).hexdigest()}.json")
    with disk.writing(table):
        table.write_bytes(text)
    base = {**_task(plan, call), "prepared": [table.stem, table.name, str(table.absolute())]}
    inputs = {**_inputs([(plan, call)]), table.stem: table}

    def needed(wanted: Mapping[str, str]) -> Sent:
        records = {record: store.get(record) or {} for record in wanted}
        files = [file for record, key in wanted.items()
                 for file in ([records[record][key]] if key else records[record]["files"]) if file]
        paths = {Path(file).stem: store.path(file) for file in files}
        listed = [[digest, path.name, str(path.absolute())] for digest, path in paths.items()]
        return Sent({"records": records, "files": listed}, {**inputs, **paths})

    def keep(answer: Answer) -> None:
        for record, body in answer.header["records"].items():
            there = store.get(record)
            if there is not None:
                compare(record, body, there)
            else:
                copy_record(record, body, store, call, lambda file, path: _write(path, answer.files[file]))

    there = [*store.names("range-"), *store.names("dream-")]
    return FilmWork(name, plan, prepared, call, there=there, base=base, needed=needed, keep=keep)


def _write(path: Path, content: memoryview) -> None:
    with disk.writing(path):
        path.write_bytes(content)


def _render_through(store: str, pool: Pool, plan: Plan, call: Invocation, listener: Listener) -> Rendered:
    """Renders a film through the shared store at `store`, from which the workers also read its inputs."""
    shared, task = SharedStore(store), _task(plan, call, store)
    for role, path in call.paths.items():
        if path.is_file():
            shared.put(path, f"{plan.inputs[role].sha256}{path.suffix}")
    listener.observe(Doing("looking through the input"))
    if shared.get("prepared") is None:
        pool.run(Units([Unit("prepare", "looking through the input", 0, 0, task)], lambda *_: None))
    film = SharedFilm(plan, call, shared, listener)
    _warn_if_undivided(film.ranges, listener.warn)
    there = [*shared.names("range-"), *shared.names("dream-")]
    work = FilmWork("film", plan, film.prepared, call, there=there, base=task,
                    needed=lambda _: Sent({}, {}), keep=lambda _: None)
    try:
        _make(pool, [work], listener.observe)
    except Cancelled as stop:
        raise type(stop)(f"stopped; {work.made} of {work.total} frames are in {shared}, and the same command continues"
                         ) from stop
    return join(film)


def _make(pool: Pool, works: Sequence[FilmWork], observe: Observe) -> int:
    """Makes films, reports the number of pictures of all together, and returns how many were made."""
    first, total = sum(work.made for work in works), sum(work.total for work in works)

    def report(running: Mapping[str, int]) -> None:
        there = sum(work.made + work.in_progress(running) for work in works)
        if there > first:
            observe(Frame(min(there, total), total))

    observe(Begun(total))
    if first:
        observe(Continued(first, total))
    if works:
        pool.run(Together(works, report))
    return sum(work.made for work in works) - first
