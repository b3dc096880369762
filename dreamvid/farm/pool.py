"""Gives units of work to the workers of a cluster until all are done, even if workers or the scheduler die.

Each unit is given to one idle worker, the longest chain first, and to another if the worker disappears.
"""

import queue
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from json import dumps
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Any

from dreamvid.errors import FarmError, InputError
from dreamvid.events import Doing, Listener, Working
from dreamvid.farm.address import Farm
from dreamvid.farm.answer import Answer, unpacked
from dreamvid.farm.cluster import Cluster, open_cluster
from dreamvid.farm.sending import send
from dreamvid.farm.task import TOPIC, work
from dreamvid.farm.units import Unit, Work
from dreamvid.farm.workers import History, Run, Worker, why_refused

TICK, BETWEEN_CHECKS = 0.25, 1.0
"""Seconds: the most between two progress events, and between two checks for new and lost workers."""

WAIT_FOR_WORKERS, WAIT_FOR_SCHEDULER = 60.0, 120.0
"""Timeouts in seconds: without any worker, and without a scheduler that had answered before."""

_UNUSABLE = ("SettingError", "WeightsError")
"""Errors that exclude a worker: it lacks the weights or the engine."""


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
        self._describe_task = {"does": "describe", "engine": engine, "threads": threads, "files": files_there}
        self._files = files
        self._workers: dict[str, Worker] = {}
        self._refused: dict[str, str] = {}
        self._history, self._warned = History(), set[str]()
        self._ended: queue.SimpleQueue[tuple[Any, Answer | None]] = queue.SimpleQueue()
        self._running: dict[Any, Run] = {}
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
                with ThreadPoolExecutor(8) as self._fetchers, self._cluster.connect() as client:
                    lost = 0.0
                    self._serve(client, work)
            except (_LostError, FarmError) as error:
                lost = lost or monotonic()
                if isinstance(error, FarmError) and (not self.machine or monotonic() - lost > WAIT_FOR_SCHEDULER):
                    raise
                self._warn("the connection to the scheduler is lost; the work continues when it is back")
                self._workers.clear()
                sleep(TICK)

    def _is_done(self, work: Work) -> bool:
        return bool(self.machine) and not work.ready()

    def _serve(self, client: Any, work: Work) -> None:
        self._ended = queue.SimpleQueue()
        self._workers = {address: replace(one, unit=None) for address, one in self._workers.items() if one.ready}
        client.subscribe_topic(TOPIC, lambda event: self._pictures.update({event[1]["key"]: event[1]["done"]}))
        alone, checked = monotonic(), 0.0
        try:
            while not self._is_done(work):
                if monotonic() - checked > BETWEEN_CHECKS:
                    self._update_workers(client)
                    checked = monotonic()
                self._dispatch(client, work)
                self._collect(work)
                self._report(work)
                alone = monotonic() if any(one.ready for one in self._workers.values()) else alone
                if monotonic() - alone > WAIT_FOR_WORKERS:
                    raise FarmError(self._why_none())
        finally:
            with suppress(Exception):
                client.cancel(list(self._running))
            self._running.clear()

    def _why_none(self) -> str:
        why = "; ".join(dict.fromkeys(self._refused.values()))
        return f"no worker can make the film: {why}" if why else f"no worker joined in {WAIT_FOR_WORKERS:.0f} s"

    def _update_workers(self, client: Any) -> None:
        """Asks new workers to describe themselves, and removes lost ones."""
        if client.status != "running":
            raise _LostError
        try:
            there = client.nthreads()
        except Exception as error:
            raise _LostError from error
        for address in self._workers.keys() - there.keys():
            self._forget(address)
        self._refused = {address: why for address, why in self._refused.items() if address in there}
        for address in there.keys() - self._workers.keys() - self._refused.keys():
            self._workers[address] = Worker(address.rpartition("/")[2])
            self._submit(client, address, None, self._describe_task)
        if there and not self._workers:
            raise FarmError(self._why_none())

    def _drop(self, address: str) -> Worker:
        """Removes a worker with its tasks."""
        self._running = {future: run for future, run in self._running.items() if run.owner != address}
        return self._workers.pop(address)

    def _forget(self, address: str) -> None:
        worker = self._drop(address)
        if worker.unit is not None:
            self._history.died(worker.unit)
            self._warn(f"{worker.name} is lost; another worker makes {worker.unit.words}")

    def _submit(self, client: Any, address: str, unit: Unit | None, task: Mapping[str, Any], *after: Any) -> None:
        """Gives a task to a worker. `after` are futures that must end before it begins."""
        key = f"{unit.key if unit else task['does']}-{token_hex(4)}"
        future = client.submit(work, dumps({**task, "key": unit.key if unit else ""}), *after, key=key, pure=False,
                               workers=[address], allow_other_workers=False)
        self._running[future] = Run(address, unit, monotonic())
        if unit is not None:
            self._workers[address].unit = unit
            self._pictures[unit.key] = 0
        ended = self._ended
        future.add_done_callback(lambda future: self._fetch(future, ended))

    def _fetch(self, future: Any, ended: queue.SimpleQueue[tuple[Any, Answer | None]]) -> None:
        """Reports that a task has ended, and then its answer, which takes longer to come."""
        ended.put((future, None))
        if future.status in ("finished", "error"):
            self._fetchers.submit(lambda: ended.put((future, _answer_of(future))))

    def _dispatch(self, client: Any, work: Work) -> None:
        """Gives units to idle workers, the longest chain first; slow ones to a second worker if no other waits."""
        workers = [address for address, one in self._workers.items() if one.ready]
        idle = [address for address in workers if self._workers[address].unit is None]
        if not idle:
            return
        running = Counter(run.unit.key for run in self._running.values() if run.unit)
        waiting = [unit for unit in work.ready() if unit.key not in running]
        for unit in sorted(waiting, key=lambda unit: -unit.chain) or self._slow(running):
            address = self._history.choose(unit, idle, workers)
            if address is not None:
                idle.remove(address)
                sent = send(client, address, unit.files, self._workers[address].has)
                self._submit(client, address, unit, unit.task, *sent)

    def _slow(self, running: Counter[str]) -> list[Unit]:
        """The units in progress that take far longer than others did, and have no second worker yet."""
        return [run.unit for run in self._running.values() if run.unit and not run.seconds
                and running[run.unit.key] == 1
                and self._history.is_slow(run.unit, monotonic() - run.begun, len(running))]

    def _collect(self, work: Work) -> None:
        """Handles the tasks that have ended; waits up to `TICK` seconds if there are none."""
        with suppress(queue.Empty):
            ended = self._ended.get(timeout=TICK)
            while True:
                self._take(*ended, work)
                ended = self._ended.get_nowait()

    def _take(self, future: Any, answer: Answer | None, work: Work) -> None:
        """Handles a task that has ended; its worker is idle before its answer is here."""
        run = self._running.get(future)
        if run is None:  # its worker is gone, or another made the unit
            return
        if answer is not None:
            del self._running[future]
            self._accept(run, answer, work)
        elif future.status in ("finished", "error"):
            run.seconds = monotonic() - run.begun
            self._workers[run.owner].unit = None
        else:
            raise _LostError

    def _accept(self, run: Run, answer: Answer, work: Work) -> None:
        header = answer.header
        if "error" in header:
            self._failed(run.owner, run.unit, header)
        elif run.unit is None:
            self._accept_worker(run.owner, header)
        else:
            self._history.done(run.unit, run.seconds)
            work.accept(run.unit, answer)
            self._cancel(run.unit)
        for sentence in header.get("warnings", ()):
            self._warn(sentence)

    def _cancel(self, unit: Unit) -> None:
        """Stops the other worker on a unit that is done."""
        for future, run in list(self._running.items()):
            if run.unit and run.unit.key == unit.key:
                del self._running[future]
                future.cancel()
                if self._workers[run.owner].unit == unit:
                    self._workers[run.owner].unit = None
        self._pictures.pop(unit.key, None)

    def _accept_worker(self, address: str, header: Mapping[str, Any]) -> None:
        """Accepts a worker if it can be used."""
        worker, machine, host = self._workers[address], header["machine"], header["host"]
        why = why_refused(machine, header["memory"], self.machine or machine, self._memory, mixed=self._mixed)
        if why:
            self._refuse(address, f"a worker on {host} is left out: {why}")
            return
        self.machine = self.machine or machine
        worker.ready, worker.has = True, self._files.keys() - header["missing"]

    def _refuse(self, address: str, why: str) -> None:
        self._drop(address)
        self._refused[address] = why
        self._warn(why)

    def _failed(self, address: str, unit: Unit | None, header: Mapping[str, Any]) -> None:
        worker, text = self._workers[address], str(header["text"])
        if unit is None or header["error"] in _UNUSABLE:
            self._refuse(address, f"{worker.name} is left out: {text}")
            return
        workers = sum(one.ready for one in self._workers.values())
        self._history.failed(unit, address, workers, header["error"], text)
        worker.has.clear()  # perhaps a file did not arrive
        self._warn(f"{unit.words} failed on {worker.name}, and is tried again: {text}")

    def _warn(self, sentence: str) -> None:
        """Warns, once for each sentence."""
        if sentence not in self._warned:
            self._warned.add(sentence)
            self._listener.warn(sentence)

    def _report(self, work: Work) -> None:
        rows = []
        for worker in self._workers.values():
            unit = worker.unit
            share = self._pictures.get(unit.key, 0) / unit.frames if unit and unit.frames else 0.0
            rows.append((worker.name, unit.words if unit else "idle" if worker.ready else "starting", share))
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
        listener.warn(f"the cluster's dashboard is at {cluster.dashboard}")
        if memory:
            listener.warn(f"each worker takes about {memory / 1e9:.1f} GB of memory")
        yield Pool(cluster, engine, threads, files, memory=memory, mixed=farm.mixed, listener=listener)


def _answer_of(future: Any) -> Answer:
    """A task's answer; an error is in its header."""
    try:
        return unpacked(future.result())
    except Exception as error:
        kind = "InputError" if isinstance(error, InputError) else "FarmError"
        return Answer({"error": kind, "text": f"{type(error).__name__}: {error}"}, {})
