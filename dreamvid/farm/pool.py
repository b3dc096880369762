"""Gives units of work to the workers of a cluster until all are done, even if workers or the scheduler die.

Results are in the stores of the films, so nothing is lost with the scheduler. Each unit is given to one idle worker,
the unit with the longest chain first. If a worker disappears, its unit is given to another.
"""

import queue
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from json import dumps
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Any

from dreamvid import __version__
from dreamvid.errors import FarmError, InputError
from dreamvid.events import Doing, Listener, Working
from dreamvid.farm.address import Farm
from dreamvid.farm.answer import Answer, unpacked
from dreamvid.farm.cluster import Cluster, open_cluster
from dreamvid.farm.history import History
from dreamvid.farm.sending import send
from dreamvid.farm.task import TOPIC, work
from dreamvid.farm.units import Unit, Work
from dreamvid.output.work_folder import Job

TICK, BETWEEN_MEETINGS = 0.25, 1.0
"""Seconds: the most between two progress events, and between two checks for new and lost workers."""

WAIT_FOR_WORKERS, WAIT_FOR_SCHEDULER = 60.0, 120.0
"""Timeouts in seconds: without any worker, and without a scheduler that had answered before."""

_UNUSABLE = ("SettingError", "WeightsError")
"""Errors that exclude a worker: it lacks the weights or the engine."""


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
        memory: about how many bytes of memory a unit takes; a worker with a lower limit is not used.
        mixed: whether workers may run on different kinds of machine, whose rounding differs.
        listener: receives events and warnings.

    Attributes:
        machine: the machine of the first worker, which others must match; empty until there is one.
    """

    def __init__(self, cluster: Cluster, engine: str, threads: int, files: Mapping[str, Path], *, memory: int = 0,
                 mixed: bool, listener: Listener) -> None:
        self.machine: dict[str, str] = {}
        self._cluster, self._mixed, self._listener, self._memory = cluster, mixed, listener, memory
        files_there = [[digest, path.name, str(path.absolute())] for digest, path in files.items()]
        self._hello, self._files = {"does": "hello", "engine": engine, "threads": threads, "files": files_there}, files
        self._members: dict[str, _Member] = {}
        self._refused: dict[str, str] = {}
        self._history, self._warned = History(), set[str]()
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._running: dict[Any, tuple[str, Unit | None]] = {}
        self._pictures: dict[str, int] = {}  # made so far, by the key of the unit

    def run(self, work: Work) -> None:
        """Gives units to workers until the work is done. Waits for a worker even if there is nothing to do.

        Raises:
            FarmError: there is no worker, or the scheduler does not come back.
            DreamvidError: a unit failed too often. Finished units are kept.
        """
        lost = 0.0
        while not self._is_done(work):
            try:
                with self._connected() as client:
                    lost = 0.0
                    self._serve(client, work)
            except (_LostError, FarmError) as error:
                lost = lost or monotonic()
                if isinstance(error, FarmError) and (not self.machine or monotonic() - lost > WAIT_FOR_SCHEDULER):
                    raise
                self._warn("the scheduler is gone; when it is there again, the work goes on")
                self._members.clear()
                sleep(TICK)

    def _is_done(self, work: Work) -> bool:
        return bool(self.machine) and not work.ready()

    def _connected(self) -> AbstractContextManager[Any]:
        self._running.clear()
        self._ended = queue.SimpleQueue()
        self._members = {address: replace(one, unit=None) for address, one in self._members.items() if one.ready}
        return self._cluster.connect()

    def _serve(self, client: Any, work: Work) -> None:
        client.subscribe_topic(TOPIC, lambda event: self._pictures.update({event[1]["key"]: event[1]["done"]}))
        alone, met = monotonic(), 0.0
        try:
            while not self._is_done(work):
                if monotonic() - met > BETWEEN_MEETINGS:
                    self._meet(client)
                    met = monotonic()
                self._dispatch(client, work)
                self._collect(work)
                self._report(work)
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
            self._history.died(member.unit)
            self._warn(f"{member.name} is gone; {member.unit.words} is made by another")

    def _submit(self, client: Any, address: str, unit: Unit | None, task: Mapping[str, Any], *after: Any) -> None:
        """Gives a task to a worker. `after` are futures that must end before it begins."""
        key = f"{unit.key if unit else task['does']}-{token_hex(4)}"
        future = client.submit(work, dumps({**task, "key": unit.key if unit else ""}), *after, key=key, pure=False,
                               workers=[address], allow_other_workers=False)
        self._running[future] = address, unit
        if unit is not None:
            member = self._members[address]
            member.unit, member.begun = unit, monotonic()
            self._pictures[unit.key] = 0
        future.add_done_callback(self._ended.put)

    def _dispatch(self, client: Any, work: Work) -> None:
        """Gives units to idle workers, the longest chain first; slow ones to a second worker if no other waits."""
        workers = [address for address, one in self._members.items() if one.ready]
        idle = [address for address in workers if self._members[address].unit is None]
        if not idle:
            return
        running = Counter(one.unit.key for one in self._members.values() if one.unit)
        waiting = [unit for unit in work.ready() if unit.key not in running]
        for unit in sorted(waiting, key=lambda unit: -unit.chain) or self._slow(running):
            address = self._history.choose(unit, idle, workers)
            if address is not None:
                idle.remove(address)
                sent = send(client, address, unit.files, self._members[address].has)
                self._submit(client, address, unit, unit.task, *sent)

    def _slow(self, running: Counter[str]) -> list[Unit]:
        """The units in progress that take far longer than others did, and have no second worker yet."""
        return [one.unit for one in self._members.values() if one.unit and running[one.unit.key] == 1
                and self._history.is_slow(one.unit, monotonic() - one.begun, len(running))]

    def _collect(self, work: Work) -> None:
        """Handles the tasks that have ended; waits up to `TICK` seconds if there are none."""
        with suppress(queue.Empty):
            future = self._ended.get(timeout=TICK)
            while True:
                self._take(future, work)
                future = self._ended.get_nowait()

    def _take(self, future: Any, work: Work) -> None:
        owner, unit = self._running.pop(future, ("", None))
        if not owner:  # its worker is gone, or another made the unit
            return
        if future.status not in ("finished", "error"):
            raise _LostError
        header, files = _answer_of(future)
        if "error" in header:
            self._failed(owner, unit, header)
        elif unit is None:
            self._welcome(owner, header)
        else:
            self._history.done(unit, monotonic() - self._members[owner].begun)
            work.accept(unit, Answer(header, files))
            self._cancel(unit)
        for sentence in header.get("warnings", ()):
            self._warn(sentence)
        if owner in self._members:
            self._members[owner].unit = None

    def _cancel(self, unit: Unit) -> None:
        """Stops the other worker on a unit that is done."""
        for future, (owner, other) in list(self._running.items()):
            if other and other.key == unit.key:
                del self._running[future]
                future.cancel()
                self._members[owner].unit = None
        self._pictures.pop(unit.key, None)

    def _welcome(self, address: str, header: Mapping[str, Any]) -> None:
        """Accepts a worker if its machine matches that of the others, and has enough memory."""
        machine, member, limit = dict(header["machine"]), self._members[address], header["memory"]
        host = machine.pop("host")
        if limit and limit < self._memory:
            self._refuse(address, f"{member.name} is left out: a task takes about {self._memory / 1e9:.1f} GB of "
                                  f"memory, and its limit is {limit / 1e9:.1f} GB")
            return
        if machine["dreamvid"] != __version__:
            self._refuse(address, f"a worker on {host} is left out: it has dreamvid {machine['dreamvid']}, and this is "
                                  f"{__version__}")
            return
        self.machine = self.machine or machine
        unlike = Job(machine, {}).differences(Job(self.machine, {}))
        if unlike and not self._mixed:
            self._refuse(address, f"a worker on {host} is left out, since it may round in another way: "
                                  f"{unlike}; --mixed allows it")
        else:
            member.ready = True
            member.has = self._files.keys() - header["missing"]

    def _refuse(self, address: str, why: str) -> None:
        self._members.pop(address, None)
        self._refused[address] = why
        self._warn(why)

    def _failed(self, address: str, unit: Unit | None, header: Mapping[str, Any]) -> None:
        member, text = self._members[address], str(header["text"])
        if unit is None or header["error"] in _UNUSABLE:
            self._refuse(address, f"{member.name} is left out: {text}")
            return
        others = sum(one.ready for one in self._members.values())
        self._history.failed(unit, address, others, header["error"], text)
        member.has.clear()  # perhaps a file did not arrive
        self._warn(f"{unit.words} failed on {member.name}, and is tried again: {text}")

    def _warn(self, sentence: str) -> None:
        """Warns, once for each sentence."""
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._listener.warn(sentence)

    def _report(self, work: Work) -> None:
        rows = []
        for member in self._members.values():
            unit = member.unit
            share = self._pictures.get(unit.key, 0) / unit.frames if unit and unit.frames else 0.0
            rows.append((member.name, unit.words if unit else "idle" if member.ready else "begins", share))
        self._listener.observe(Working(tuple(rows)))
        work.report(self._pictures)


@contextmanager
def open_pool(
    farm: Farm, engine: str, threads: int, files: Mapping[str, Path], *, memory: int, listener: Listener
) -> Iterator[Pool]:
    """Opens a cluster, says where its pages are and what memory a worker needs, and yields the pool of its workers.

    Args:
        farm: the cluster.
        engine, threads, files, memory, listener: see `Pool`.

    Raises:
        SettingError, FarmError: see `open_cluster`.
    """
    listener.observe(Doing("opening the cluster"))
    with open_cluster(farm, threads, listener.warn, memory) as cluster:
        listener.warn(f"the cluster's pages are at {cluster.dashboard}")
        if memory:
            listener.warn(f"each worker takes about {memory / 1e9:.1f} GB of memory")
        yield Pool(cluster, engine, threads, files, memory=memory, mixed=farm.mixed, listener=listener)


def _answer_of(future: Any) -> tuple[dict[str, Any], Mapping[str, memoryview]]:
    """The header and files of a task's answer; an error is in the header."""
    try:
        answer = unpacked(future.result())
    except InputError as error:
        return {"error": "InputError", "text": str(error)}, {}
    except Exception as error:
        return {"error": "FarmError", "text": f"{type(error).__name__}: {error}"}, {}
    return answer.header, answer.files
