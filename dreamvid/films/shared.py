"""Renders a film by ranges, with any number of processes and machines that share a store.

Each process makes one range in a scratch folder and puts it into the store. It may be killed at any moment: then the
range is missing, and is made again. One process joins the film in the end.
"""

import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from json import dumps
from pathlib import Path
from time import perf_counter

from dreamvid.arrays import Image
from dreamvid.errors import ResumeError, SettingError, named, write_error
from dreamvid.events import Begun, Caller, Doing, Event, Frame, Listener
from dreamvid.films.commands import called_for
from dreamvid.films.film import Material, length_there_and_back
from dreamvid.films.kept import StoredDreams
from dreamvid.films.machine import machine
from dreamvid.films.making import (
    Invocation,
    Rendered,
    decides_of,
    destination_of,
    job_of,
    open_plan_dreamer,
    render_into,
    rendered,
)
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared, prepare
from dreamvid.films.ranges import Range, lengths, ranges_of
from dreamvid.media.pictures import natural
from dreamvid.output import disk
from dreamvid.output.film import FilmWriter, range_name
from dreamvid.output.job import Job
from dreamvid.output.names import target_of
from dreamvid.output.opening import open_render
from dreamvid.output.pictures import numbered
from dreamvid.output.shared import SharedStore
from dreamvid.output.store import Body, Store
from dreamvid.output.target import Part

_MOST_NAMED = 12


@dataclass(frozen=True)
class RangeMade:
    """A range that is in a store.

    Attributes:
        output: the name of its record.
        first, stop: its pictures, from `first` up to, and without, `stop`; the film's first is 0.
        seconds: that making it took; 0 if it was there.
    """

    output: str
    first: int
    stop: int
    seconds: float


class SharedFilm:
    """A film and the store of its ranges.

    Args:
        plan: what is rendered.
        call: where its inputs are; the output does not matter but for `join`.
        shared: the store, which is begun if it is empty.
        listener: receives events and warnings.

    Attributes:
        prepared: computed once, by the first process.
        ranges: of the film, in order.

    Raises:
        ResumeError: the store holds another film; what differs is named.
    """

    def __init__(self, plan: Plan, call: Invocation, shared: SharedStore, listener: Listener) -> None:
        self.plan, self.call, self.shared, self.listener = plan, call, shared, listener
        job = decides_of(plan, call, {})
        begun = shared.add("job", {"decides": job})["decides"]
        if unlike := Job(job, {}).differences(Job(begun, {})):
            raise ResumeError(f"{shared} holds another film: {unlike}")
        self.prepared = self._prepared()
        self.ranges = ranges_of(plan, self.prepared)

    def _prepared(self) -> Prepared:
        found = self.shared.get("prepared")
        if found is None:
            dreamer = open_plan_dreamer(self.plan, self.call, self.listener)
            found = prepare(self.plan, self.call.paths, dreamer, self.listener).to_table()
            found = self.shared.add("prepared", found)
        return Prepared.from_table(found)

    def _maker(self) -> dict[str, str]:
        """This machine, if it may make ranges of the film.

        Raises:
            ResumeError: it rounds otherwise than the one that made the first, and the invocation does not mix them.
        """
        here = machine(self.plan.engine, self.plan.threads)
        first = self.shared.add("machine", here)
        unlike = Job(here, {}).differences(Job(first, {}))
        if unlike and not self.call.mixed:
            raise ResumeError(f"{self.shared} was begun by a machine that may round in another way: {unlike}; "
                              f"{named('mixed')} allows ranges of both in one film")
        return {"host": platform.node(), **here}

    def missing(self) -> list[int]:
        """The numbers of the ranges that the store lacks."""
        there = set(self.shared.names("range-"))
        return [n for n, part in enumerate(self.ranges) if range_name(part.first, part.stop) not in there]

    def render(self, number: int, *, again: bool = False) -> RangeMade:
        """Makes a range, unless it is in the store.

        Args:
            number: of the range, from 0.
            again: whether it is made even so, and compared with what is there.

        Raises:
            SettingError: there is no such range.
            ResumeError: this machine may round otherwise than the one that made the first range; it needs another
                range, which is not there; or another process made it otherwise.
            DreamvidError: it could not be made.
        """
        if not 0 <= number < len(self.ranges):
            raise SettingError("range", number, f"the film has {len(self.ranges)} ranges, from 0 on")
        part = self.ranges[number]
        name, begun = range_name(part.first, part.stop), perf_counter()
        if not again and self.shared.get(name) is not None:
            return RangeMade(name, part.first, part.stop, 0.0)
        maker = self._maker()
        with scratch() as store:
            for needed, file in needs(self.plan, self.prepared, self.ranges, part).items():
                self._take(needed, store, lambda body, file=file: [body[file]])
            dreams = _SharedDreams(self, store, maker) if self.plan.kind.stored else StoredDreams(store)
            dreamer = open_plan_dreamer(self.plan, self.call, self.listener)
            call = in_scratch(self.call, self.plan, store.folder)
            material = Material(plan=self.plan, prepared=self.prepared, paths=self.call.paths, dreamer=dreamer,
                                dreams=dreams, listener=of_range(self.listener, part))
            render_one(material, call, store, part)
            body = {**body_of(store, self.ranges, part), "maker": maker}
            self._send(name, body, store, target_of(call.output).parent)
        return RangeMade(name, part.first, part.stop, round(perf_counter() - begun, 3))

    def _take(self, name: str, store: Store, files: Callable[[Body], list[str]]) -> None:
        """Copies a record, and some of its files, into the store of a process."""
        body = self.shared.get(name)
        if body is None:
            raise ResumeError(f"{self.shared} lacks {words_of(name)}, which must be made before")
        for file in filter(None, files(body)):
            self.shared.fetch(file, store.path(file))
        store.put(name, body)

    def _send(self, name: str, body: Body, store: Store, results: Path) -> None:
        """Uploads a record and its files to the shared store.

        Raises:
            ResumeError: another process has stored a different record.
        """
        for file in body["files"]:
            self.shared.put(store.path(file), file)
        for file, digest in body.get("pictures", {}).items():
            self.shared.put(results / file, f"{digest}{Path(file).suffix}")
        compare(name, body, self.shared.add(name, body))

    def join(self) -> Rendered:
        """Makes the film of its ranges: a copy, to which the sound is added.

        Raises:
            ResumeError: ranges are missing or damaged; they are named.
            DreamvidError: the film could not be written.
        """
        begun = perf_counter()
        self._refuse_missing(self.missing())
        bodies = [self.shared.get(range_name(part.first, part.stop)) or {} for part in self.ranges]
        makers = {dumps({**body.get("maker", {}), "host": ""}) for body in bodies}
        self.call = replace(self.call, mixed=len(makers) > 1)
        film = destination_of(self.plan, self.prepared, self.call, self.listener)
        job = job_of(self.plan, self.call, film.frames, self.shared.get("machine"))
        self.listener.observe(Doing("joining the ranges"))
        with open_render(film, job, restart=self.call.work.restart, keep=self.call.work.keep_work) as writer:
            if writer is not None:
                self._refuse_missing([n for n, (part, body) in enumerate(zip(self.ranges, bodies, strict=True))
                                      if not self._fetched(part, body, writer.store)])
        return rendered(self.plan, self.call, film.frames, 0, perf_counter() - begun)

    def _fetched(self, part: Range, body: Body, store: Store) -> bool:
        """Copies a range to the film; a damaged one is forgotten, so that it is made again."""
        name = range_name(part.first, part.stop)
        try:
            for file in body["files"]:
                path = store.new_path(name, Path(file).suffix)
                self.shared.fetch(file, path)
                store.name_by_content(path)
            if "pictures" in body:
                body = {**body, "pictures": self._pictures(part, body["pictures"])}
        except ResumeError as error:
            self.listener.warn(f"{error}; {words_of(name)} must be made again")
            self.shared.remove(name)
            return False
        store.put(name, body)
        return True

    def _pictures(self, span: Range, pictures: dict[str, str]) -> dict[str, str]:
        """Copies the numbered pictures of a range to their names in the output; returns the hash of each."""
        target, named_so = target_of(self.call.output), dict[str, str]()
        for n, file in enumerate(sorted(map(Path, pictures), key=natural), span.first + 1):
            digest, result = pictures[file.name], numbered(target, n)
            named_so[result.name] = digest
            if disk.digest_of(result) != digest:
                part = Part(result, overwrite=self.call.overwrite)
                try:
                    self.shared.fetch(f"{digest}{result.suffix}", part.path)
                    part.commit()
                finally:
                    part.discard()
        return named_so

    def _refuse_missing(self, missing: list[int]) -> None:
        if missing:
            more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
            raise ResumeError(f"{self.shared} lacks {len(missing)} of {len(self.ranges)} ranges: "
                              f"{', '.join(map(str, missing[:_MOST_NAMED]))}{more}; --range makes one")


def open_shared(
    plan_file: Path, output: str | None, store: str, inputs: Mapping[str, Path], caller: Caller, *, joins: bool,
    mixed: bool,
) -> SharedFilm:
    """The film of a plan, and the store of its ranges.

    Args:
        plan_file, output, inputs: as for `commands.render`.
        store: a folder or an address.
        joins: whether the film is to be written here; else the output is not looked at.
        mixed: whether machines that round in other ways may make ranges.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    plan, call = called_for(plan_file, output, inputs, caller, writes=joins)
    return SharedFilm(plan, replace(call, mixed=mixed), SharedStore(store), caller)


class _SharedDreams(StoredDreams):
    """The dreams of a stored film. Each is in the shared store as soon as it is made."""

    def __init__(self, film: SharedFilm, store: Store, maker: dict[str, str]) -> None:
        super().__init__(store)
        self._film, self._store, self._maker = film, store, maker
        for name in film.shared.names("dream-"):
            film._take(name, store, lambda body: body["files"])

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Dream n: what `make` returns, or what was kept before."""
        made = super().keep(n, make)
        name = f"dream-{n:08d}"
        self._film._send(name, {**(self._store.get(name) or {}), "maker": self._maker}, self._store, Path())
        return made


@contextmanager
def scratch() -> Iterator[Store]:
    """A temporary store in the system's folder for temporary files."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="dreamvid-")
    except OSError as error:
        raise write_error(tempfile.gettempdir(), error) from error
    with folder as name:
        yield Store(Path(name), durable=False).begin()


def in_scratch(call: Invocation, plan: Plan, folder: Path) -> Invocation:
    """The same invocation with its output, of the plan's container, in a scratch folder."""
    name = plan.container if plan.is_numbered else f"film{plan.container}"
    extras = {key: str(folder / Path(path).name) for key in ("poster", "sheet") if (path := getattr(call, key))}
    return replace(call, output=str(folder / name), **extras)


def render_one(material: Material, call: Invocation, store: Store, part: Range) -> None:
    """Renders one range into a store that holds what it needs; see `needs`."""
    film = destination_of(material.plan, material.prepared, call, Listener())
    with closing(FilmWriter(film, store)) as writer:
        render_into(material, writer, [part])
        writer.settle()


def needs(plan: Plan, prepared: Prepared, ranges: list[Range], part: Range) -> dict[str, str]:
    """The records that a range needs, and which file of each: the dream that it leaves, or the pictures kept of it.

    A range of a stored film needs all dreams besides.
    """
    there, _ = lengths(plan, prepared)
    if part.first >= there:  # the way back
        last = length_there_and_back(there)
        shown = range(last - part.stop + 1, last - part.first + 1)
        return {range_name(one.first, one.stop): "kept" for one in ranges
                if one.stop <= there and one.first < shown.stop and one.stop > shown.start}
    if part.free:
        return {}
    return {range_name(one.first, one.stop): "carry" for one in ranges if one.stop == part.first}


def chain_of(ranges: Sequence[Range], part: Range) -> int:
    """The number of pictures in a range and in the chain of ranges that depend on it."""
    after = takewhile(lambda one: not one.free, (one for one in ranges if one.first > part.first))
    return part.stop - part.first + sum(one.stop - one.first for one in after)


def body_of(store: Store, ranges: list[Range], part: Range) -> Body:
    """The record of a range, without the dream that it leaves if no other range needs that."""
    body = store.get(range_name(part.first, part.stop)) or {}
    if any(one.first == part.stop and not one.free for one in ranges) or not body["carry"]:
        return body
    return {**body, "carry": "", "files": [file for file in body["files"] if file != body["carry"]]}


def compare(name: str, made: Body, there: Body) -> None:
    """Compares a range or dream with the stored one of another process, and refuses differences.

    Raises:
        ResumeError: it names what differs, and what differs between their machines.
    """
    one, other = ({key: value for key, value in body.items() if key != "maker"} for body in (made, there))
    unlike = Job(one, {}).differences(Job(other, {}))
    if unlike:
        here, elsewhere = made.get("maker", {}), there.get("maker", {})
        why = Job({**here, "host": ""}, {}).differences(Job({**elsewhere, "host": ""}, {}))
        raise ResumeError(f"{words_of(name)} differs between {elsewhere.get('host')}, which made it first, and "
                          f"{here.get('host')}: {unlike}; of the machines {why or 'nothing that is known differs'}")


def words_of(name: str) -> str:
    """A record in words, by its name."""
    kind, *numbers = name.split("-")
    if kind == "range":
        return f"the range of frames {int(numbers[0]) + 1} to {int(numbers[1])}"
    return f"the dream {int(numbers[0]) + 1}"


def of_range(listener: Listener, part: Range) -> Listener:
    """A listener that counts the pictures of one range instead of those of the film."""
    length, done = part.stop - part.first, 0

    def observe(event: Event) -> None:
        nonlocal done
        if isinstance(event, Frame):
            done += 1
            event = Frame(done, length, event.image)
        listener.observe(Begun(length) if isinstance(event, Begun) and event.what == "frame" else event)

    return replace(listener, observe=observe)

