"""Gives units of work to the workers of a cluster until all are done, even if workers or the scheduler die.

Results are in the stores of the films, so nothing is lost with the scheduler. Each unit is given to one idle worker,
the unit with the longest chain first. If a worker disappears, its unit is given to another.
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
"""A unit that failed `FAILURES` times, on at least `MACHINES` workers (or on the only one), ends the work."""

DEATHS = 10
"""A unit whose workers died this often ends the work: probably no machine has enough memory for it."""

STRAGGLER, FEWEST = 3.0, 10
"""A unit that takes `STRAGGLER` times the median time per frame is given to a second worker. This needs at least
`FEWEST` units, half of them done."""

PART = 2**25
"""Files are sent in parts of this many bytes."""

TICK, BETWEEN_MEETINGS = 0.25, 1.0
"""Seconds: the most between two progress events, and between two checks for new and lost workers."""

WAIT_FOR_WORKERS, WAIT_FOR_SCHEDULER = 60.0, 120.0
"""Timeouts in seconds: without any worker, and without a scheduler that had answered before."""

_UNUSABLE = ("SettingError", "WeightsError")
"""Errors that exclude a worker: it lacks the weights or the engine."""


@dataclass(frozen=True)
class Unit:
    """A unit of work, done by one worker.

    Attributes:
        key: its unique name.
        words: its description for the user.
        frames: how many pictures it makes.
        chain: how many pictures it makes together with all units that depend on it. The longest chain starts first.
        task: the argument of `task.work`, before JSON.
        files: the files that the worker needs: SHA-256 → path on this machine.
    """

    key: str
    words: str
    frames: int
    chain: int
    task: Mapping[str, Any]
    files: Mapping[str, Path] = field(default_factory=dict)


class Work(Protocol):
    """Work that consists of units, some of which depend on others."""

    def ready(self) -> Sequence[Unit]:
        """The units that are not done and whose dependencies are."""
        ...

    def accept(self, unit: Unit, answer: Answer) -> None:
        """Stores a worker's answer. The same unit may be accepted twice."""
        ...

    def told(self, running: Mapping[str, int]) -> None:
        """Called regularly with the number of pictures made so far for each unit in progress."""
        ...

    @property
    def done(self) -> bool:
        """Whether all units are done."""
        ...


@dataclass
class _Member:
    """A worker: whether it is accepted, the files that it has, its current unit, and when it began it."""

    name: str
    ready: bool = False
    has: set[str] = field(default_factory=set)
    unit: Unit | None = None
    begun: float = 0.0


class _LostError(Exception):
    """The connection to the scheduler was lost, and with it all running tasks."""


class Pool:
    """The workers of a cluster.

    Args:
        cluster: the cluster.
        engine, threads: the engine and number of threads of the plans.
        files: the inputs: SHA-256 → path on this machine. Each new worker is asked which of them it has.
        mixed: whether workers may run on different kinds of machine, whose rounding differs.
        listener: receives events and warnings.

    Attributes:
        machine: the machine of the first worker, which others must match; empty until there is one.
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
            FarmError: there is no worker, or the scheduler does not come back.
            DreamvidError: a unit failed too often. Finished units are kept.
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
        """Sends a hello task to new workers, and removes lost ones."""
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
        """Gives units to idle workers, the longest chain first."""
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
        """Running units that take far longer than others did; see `STRAGGLER`."""
        units = len(self._speeds) + len(running)
        if units < FEWEST or len(self._speeds) < units / 2:
            return []
        usual, now = median(self._speeds), monotonic()
        return [one.unit for one in self._members.values()
                if one.unit and running[one.unit.key] == 1 and one.unit.frames > 0
                and now - one.begun > STRAGGLER * usual * one.unit.frames]

    def _sent(self, client: Any, address: str, files: Mapping[str, Path]) -> list[Any]:
        """Sends a worker the files that it lacks. Returns the futures of their last parts."""
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
        """Handles the tasks that have ended; waits up to `TICK` seconds if there are none."""
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
        """Accepts a worker if its machine matches that of the others."""
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
    """Several works at once. The keys of their units must differ."""

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

