"""Renders a film by ranges, with any number of processes and machines that share a store.

Each process makes one range in a scratch folder and puts it into the store. It may be killed at any moment: then the
range is missing, and is made again. One process joins the film in the end.
"""

import platform
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from dreamvid.arrays import Image
from dreamvid.errors import ResumeError, SettingError, named
from dreamvid.events import Begun, Event, Frame, Listener
from dreamvid.films.film import Material, StoredDreams, StoredFilm
from dreamvid.films.machine import machine
from dreamvid.films.making import Invocation, decides_of, destination_of, open_plan_dreamer, render_into
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared, prepare
from dreamvid.films.ranges import Range, dream_all, has_follower, needs, ranges_of
from dreamvid.output.film import FilmWriter
from dreamvid.output.names import target_of
from dreamvid.output.progress import range_name
from dreamvid.output.shared import SharedStore
from dreamvid.output.store import Body, Store, scratch
from dreamvid.output.work_folder import Job

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

OpenDreamer = Callable[[Plan, Invocation, Listener], "Dreamer | None"]


@dataclass(frozen=True)
class RangeMade:
    """A range that is in a store.

    Attributes:
        output: the name of its record.
        first, stop: the numbers of its pictures, from 0; `stop` is exclusive.
        seconds: how long it took to make; 0 if it was in the store already.
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
        open_dreamer: makes the dreamer; None for `open_plan_dreamer`.

    Attributes:
        prepared: computed once, by the first process.
        ranges: of the film, in order.

    Raises:
        ResumeError: the store holds another film; what differs is named.
    """

    def __init__(self, plan: Plan, call: Invocation, shared: SharedStore, listener: Listener,
                 open_dreamer: OpenDreamer | None = None) -> None:
        self.plan, self.call, self.shared, self.listener, self._open = plan, call, shared, listener, open_dreamer
        job = decides_of(plan, call, {})
        begun = shared.add("job", {"decides": job})["decides"]
        if unlike := Job(job, {}).differences(Job(begun, {})):
            raise ResumeError(f"{shared} holds another film: {unlike}")
        self.prepared = self._prepared()
        self.ranges = ranges_of(plan, self.prepared)

    def _prepared(self) -> Prepared:
        found = self.shared.get("prepared")
        if found is None:
            found = prepare(self.plan, self.call.paths, self._dreamer(), self.listener).to_table()
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
            raise SettingError("range", number, f"the last range of the film is {len(self.ranges) - 1}")
        part = self.ranges[number]
        name, begun = range_name(part.first, part.stop), perf_counter()
        if not again and self.shared.get(name) is not None:
            return RangeMade(name, part.first, part.stop, 0.0)
        maker = self._maker()
        with scratch() as store:
            for needed, file in needs(self.plan, self.prepared, self.ranges, part).items():
                self._take(needed, store, lambda body, file=file: [body[file]])
            call = in_scratch(self.call, self.plan, store.folder)
            render_one(self._material(store, maker, part), call, store, part)
            body = store.get(name) or {}
            if not has_follower(self.ranges, part):  # a dream is larger than a segment
                body = {**body, "carry": "", "files": [file for file in body["files"] if file != body["carry"]]}
            self._send(name, {**body, "maker": maker}, store, target_of(call.output).parent)
        return RangeMade(name, part.first, part.stop, round(perf_counter() - begun, 3))

    def dream(self, stop: int) -> None:
        """Makes the missing dreams of a stored film, up to and without number `stop`.

        Raises:
            ResumeError, DreamvidError: as for `render`.
        """
        with scratch() as store:
            material = self._material(store, self._maker())
            film = self.plan.kind.film(material)
            assert isinstance(film, StoredFilm)
            dream_all(film, material.dreams, self.listener, stop=stop)

    def _material(self, store: Store, maker: dict[str, str], part: Range | None = None) -> Material:
        """The film's material; with `part` its events count the pictures of that range."""
        dreams = _SharedDreams(self, store, maker) if self.plan.kind.stored else StoredDreams(store)
        listener = of_range(self.listener, part) if part else self.listener
        return Material(plan=self.plan, prepared=self.prepared, paths=self.call.paths, dreamer=self._dreamer(),
                        dreams=dreams, listener=listener)

    def _dreamer(self) -> "Dreamer | None":
        return (self._open or open_plan_dreamer)(self.plan, self.call, self.listener)

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
        writer.wait()


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

