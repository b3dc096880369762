"""Gives the workers of a cluster units of work until all are done, whoever dies meanwhile.

What is done is in the stores of the films; the scheduler knows nothing that is needed. Each unit is given to one idle
worker, the longest first. A worker that goes takes its unit with it, which is then given to another.
"""

import queue
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from json import dumps
from pathlib import Path
from secrets import token_hex
from statistics import median
from time import monotonic, sleep
from typing import Any, Protocol

from dreamvid import errors
from dreamvid.errors import DreamvidError, FarmError, InputError
from dreamvid.events import Listener, Working
from dreamvid.farm.answer import Answer, unpacked
from dreamvid.farm.cluster import Cluster
from dreamvid.farm.task import TOPIC, work
from dreamvid.output.job import Job

FAILURES, MACHINES = 3, 2
"""A unit that failed so often, on so many workers, ends the work; on one, if there is no other."""

DEATHS = 10
"""A unit whose worker died so often ends the work: no machine has the memory for it."""

STRAGGLER, FEWEST = 3.0, 10
"""A unit that takes so many times the median, of so many units at least, half of which are done, is made twice."""

PART = 2**25
"""Bytes in which a file is sent."""

TICK, BETWEEN_MEETINGS = 0.25, 1.0
"""Seconds: in which something is told at least; and after which it is asked who is there."""

WAIT_FOR_WORKERS, WAIT_FOR_SCHEDULER = 60.0, 120.0
"""Seconds without a worker, and without a scheduler that was there before, after which the work ends."""

_UNUSABLE = ("SettingError", "WeightsError")
"""Errors that are the worker's own: it lacks weights, or what computes."""


@dataclass(frozen=True)
class Unit:
    """What one worker does in one go.

    Attributes:
        key: its name, in all of the work.
        words: what it is, for a person.
        frames: how many pictures it makes.
        chain: how many pictures it and those that wait for it make: the longest is begun first.
        task: for `task.work`.
        files: what the worker needs: SHA-256 → where it lies on this machine.
    """

    key: str
    words: str
    frames: int
    chain: int
    task: Mapping[str, Any]
    files: Mapping[str, Path] = field(default_factory=dict)


class Work(Protocol):
    """Units that are made by and by."""

    def ready(self) -> Sequence[Unit]:
        """The units that can be made now and are not made."""
        ...

    def accept(self, unit: Unit, answer: Answer) -> None:
        """Takes what a worker made. A unit may be made twice."""
        ...

    def told(self, running: Mapping[str, int]) -> None:
        """Is told now and then how many pictures of each unit in progress are made."""
        ...

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        ...


@dataclass
class _Member:
    """A worker: whether it may take part, the files that it has, what it does, and since when."""

    name: str
    ready: bool = False
    has: set[str] = field(default_factory=set)
    unit: Unit | None = None
    begun: float = 0.0


class _LostError(Exception):
    """The scheduler is gone, and with it all that was running."""


class Pool:
    """The workers of a cluster.

    Args:
        cluster: it.
        engine, threads: what each worker computes with.
        files: what most units need, asked for when a worker comes: SHA-256 → where it lies here.
        mixed: whether workers may be of machines that round in other ways.
        listener: receives events and warnings.

    Attributes:
        machine: what the workers are; empty until the first is there.
    """

    def __init__(self, cluster: Cluster, engine: str, threads: int, files: Mapping[str, Path], *, mixed: bool,
                 listener: Listener) -> None:
        self.machine: dict[str, str] = {}
        self._cluster, self._mixed, self._listener = cluster, mixed, listener
        files_there = [[digest, path.name, str(path.absolute())] for digest, path in files.items()]
        self._hello, self._files = {"does": "hello", "engine": engine, "threads": threads, "files": files_there}, files
        self._members: dict[str, _Member] = {}
        self._refused: dict[str, str] = {}
        self._failures: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._deaths, self._said = Counter[str](), set[str]()
        self._speeds: list[float] = []
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._running: dict[Any, tuple[str, Unit | None]] = {}
        self._told: dict[str, int] = {}

    def run(self, work: Work) -> None:
        """Gives units to workers until the work is done.

        Raises:
            FarmError: there are no workers, or no scheduler any more.
            DreamvidError: a unit failed too often; what others made is kept.
        """
        lost = 0.0
        while not work.done:
            try:
                with self._connected() as client:
                    lost = 0.0
                    self._serve(client, work)
            except (_LostError, FarmError) as error:
                lost = lost or monotonic()
                if isinstance(error, FarmError) and (not self.machine or monotonic() - lost > WAIT_FOR_SCHEDULER):
                    raise
                self._say("the scheduler is gone; when it is there again, the work goes on")
                self._members.clear()
                sleep(TICK)

    def _connected(self) -> AbstractContextManager[Any]:
        self._running.clear()
        self._ended = queue.SimpleQueue()
        self._members = {address: replace(one, unit=None) for address, one in self._members.items() if one.ready}
        return self._cluster.connect()

    def _serve(self, client: Any, work: Work) -> None:
        client.subscribe_topic(TOPIC, lambda event: self._told.update({event[1]["key"]: event[1]["done"]}))
        alone = monotonic()
        try:
            met = 0.0
            while not work.done:
                if monotonic() - met > BETWEEN_MEETINGS:
                    self._meet(client)
                    met = monotonic()
                self._dispatch(client, work)
                self._collect(work)
                self._tell(work)
                alone = monotonic() if any(one.ready for one in self._members.values()) else alone
                if monotonic() - alone > WAIT_FOR_WORKERS:
                    raise FarmError(self._why_none())
        finally:
            with suppress(Exception):
                client.cancel(list(self._running))
            self._running.clear()

    def _why_none(self) -> str:
        why = "; ".join(dict.fromkeys(self._refused.values()))
        return f"no worker can make the film: {why}" if why else f"no worker came in {WAIT_FOR_WORKERS:.0f} s"

    def _meet(self, client: Any) -> None:
        """Greets workers that came, and forgets those that are gone."""
        if client.status != "running":
            raise _LostError
        try:
            there = client.nthreads()
        except Exception as error:
            raise _LostError from error
        for address in self._members.keys() - there.keys():
            self._forget(address)
        self._refused = {address: why for address, why in self._refused.items() if address in there}
        for address in there.keys() - self._members.keys() - self._refused.keys():
            self._members[address] = _Member(address.rpartition("/")[2])
            self._submit(client, address, None, self._hello)
        if there and not self._members:
            raise FarmError(self._why_none())

    def _forget(self, address: str) -> None:
        member = self._members.pop(address)
        for future in [future for future, (owner, _) in self._running.items() if owner == address]:
            del self._running[future]
        if member.unit is not None:
            self._deaths[member.unit.key] += 1
            if self._deaths[member.unit.key] >= DEATHS:
                raise FarmError(f"{member.unit.words}: {DEATHS} workers died of it; perhaps they lack memory")
            self._say(f"{member.name} is gone; {member.unit.words} is made by another")

    def _submit(self, client: Any, address: str, unit: Unit | None, task: Mapping[str, Any], *after: Any) -> None:
        key = f"{unit.key if unit else task['does']}-{token_hex(4)}"
        future = client.submit(work, dumps({**task, "key": key}), *after, key=key, workers=[address], pure=False,
                               allow_other_workers=False)
        self._running[future] = address, unit
        if unit is not None:
            member = self._members[address]
            member.unit, member.begun = unit, monotonic()
            self._told[unit.key] = 0
        future.add_done_callback(self._ended.put)

    def _dispatch(self, client: Any, work: Work) -> None:
        """Gives idle workers the longest units."""
        idle = {address: one for address, one in self._members.items() if one.ready and one.unit is None}
        if not idle:
            return
        running = Counter(one.unit.key for one in self._members.values() if one.unit)
        waiting = [unit for unit in work.ready() if unit.key not in running]
        waiting = sorted(waiting, key=lambda unit: -unit.chain) or self._stragglers(running)
        for unit in waiting:
            failed_on = [address for address, _ in self._failures[unit.key]]
            address = min(idle, key=failed_on.count, default=None)
            if address is None:
                return
            del idle[address]
            self._submit(client, address, unit, unit.task, *self._sent(client, address, unit.files))

    def _stragglers(self, running: Counter[str]) -> list[Unit]:
        """Units that one worker takes far longer for than others took."""
        units = len(self._speeds) + len(running)
        if units < FEWEST or len(self._speeds) < units / 2:
            return []
        usual, now = median(self._speeds), monotonic()
        return [one.unit for one in self._members.values()
                if one.unit and running[one.unit.key] == 1 and one.unit.frames > 0
                and now - one.begun > STRAGGLER * usual * one.unit.frames]

    def _sent(self, client: Any, address: str, files: Mapping[str, Path]) -> list[Any]:
        """Sends a worker the files that it lacks; the futures of their last parts."""
        member, after = self._members[address], list[Any]()
        for digest, path in files.items():
            if digest in member.has or self._cluster.is_local:
                continue
            if not path.is_file():
                raise InputError(f"{path} is a folder, which cannot be sent to a worker; keep it where all machines "
                                 "see it by this name")
            member.has.add(digest)
            size, before = path.stat().st_size, None
            with path.open("rb") as file:
                for at in range(0, max(1, size), PART):
                    text = dumps({"does": "receive", "file": [digest, path.name, str(path)], "at": at,
                                  "last": at + PART >= size})
                    before = client.submit(work, text, file.read(PART), *([before] if before else []), pure=False,
                                           workers=[address], allow_other_workers=False, key=f"receive-{token_hex(6)}")
            after.append(before)
        return after

    def _collect(self, work: Work) -> None:
        """Takes what workers made since the last time; waits a moment if that is nothing."""
        with suppress(queue.Empty):
            future = self._ended.get(timeout=TICK)
            while True:
                self._take(future, work)
                future = self._ended.get_nowait()

    def _take(self, future: Any, work: Work) -> None:
        owner, unit = self._running.pop(future, ("", None))
        if not owner:  # its worker is gone
            return
        if future.status not in ("finished", "error"):
            raise _LostError
        member = self._members[owner]
        taken, member.unit = monotonic() - member.begun, None
        try:
            answer = unpacked(future.result())
        except InputError as error:
            answer = Answer({"error": "InputError", "text": str(error)}, {})
        except Exception as error:
            answer = Answer({"error": "FarmError", "text": f"{type(error).__name__}: {error}"}, {})
        if "error" in answer.header:
            self._failed(owner, unit, answer.header)
            return
        for sentence in answer.header.get("warnings", ()):
            self._say(sentence)
        if unit is None:
            self._welcome(owner, answer.header)
        else:
            self._speeds += [taken / unit.frames] if unit.frames else []
            self._told.pop(unit.key, None)
            work.accept(unit, answer)

    def _welcome(self, address: str, header: Mapping[str, Any]) -> None:
        """Lets a worker take part, if its machine is like that of the others."""
        machine, member = dict(header["machine"]), self._members[address]
        host = machine.pop("host")
        self.machine = self.machine or machine
        unlike = Job(machine, {}).differences(Job(self.machine, {}))
        if unlike and not (self._mixed and machine["dreamvid"] == self.machine["dreamvid"]):
            self._refuse(address, f"a worker on {host} is left out, since it may round in another way: "
                                  f"{unlike}; --mixed allows it")
            return
        member.ready = True
        member.has = self._files.keys() - header["missing"]

    def _refuse(self, address: str, why: str) -> None:
        self._members.pop(address, None)
        self._refused[address] = why
        self._say(why)

    def _failed(self, address: str, unit: Unit | None, header: Mapping[str, Any]) -> None:
        member, text = self._members[address], str(header["text"])
        if unit is None or header["error"] in _UNUSABLE:
            self._refuse(address, f"{member.name} is left out: {text}")
            return
        failures = self._failures[unit.key]
        failures.append((address, text))
        machines = {failed_on for failed_on, _ in failures}
        others = sum(one.ready for one in self._members.values())
        if len(failures) >= FAILURES and len(machines) >= min(MACHINES, others):
            kind: type[DreamvidError] = getattr(errors, header["error"], DreamvidError)
            raise kind(f"{unit.words} failed {len(failures)} times, on {len(machines)} workers: {text}")
        self._say(f"{unit.words} failed on {member.name}, and is tried again: {text}")

    def _say(self, sentence: str) -> None:
        """Warns, once for each sentence."""
        if sentence not in self._said:
            self._said.add(sentence)
            self._listener.warn(sentence)

    def _tell(self, work: Work) -> None:
        rows = []
        for member in self._members.values():
            unit = member.unit
            share = self._told.get(unit.key, 0) / unit.frames if unit and unit.frames else 0.0
            rows.append((member.name, unit.words if unit else "idle" if member.ready else "begins", share))
        self._listener.observe(Working(tuple(rows)))
        work.told(self._told)


def all_of(works: Sequence[Work]) -> Work:
    """Several works as one."""
    return works[0] if len(works) == 1 else _All(works)


class _All:
    """Several works at once. Their units have keys of their own."""

    def __init__(self, works: Sequence[Work]) -> None:
        self._works = works
        self._owner: dict[str, Work] = {}

    def ready(self) -> Sequence[Unit]:
        found = []
        for one in self._works:
            units = one.ready()
            self._owner.update(dict.fromkeys((unit.key for unit in units), one))
            found += units
        return found

    def accept(self, unit: Unit, answer: Answer) -> None:
        self._owner[unit.key].accept(unit, answer)

    def told(self, running: Mapping[str, int]) -> None:
        for one in self._works:
            one.told(running)

    @property
    def done(self) -> bool:
        return all(one.done for one in self._works)

