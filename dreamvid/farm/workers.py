"""The workers of a pool: which of them can be used, what each makes, and what happened to the units so far."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from dreamvid import __version__, errors
from dreamvid.errors import DreamvidError, FarmError
from dreamvid.farm.units import Unit
from dreamvid.output.work_folder import Job

FAILURES, WORKERS = 3, 2
"""A unit that failed `FAILURES` times, on at least `WORKERS` workers (or on the only one), ends the work."""

DEATHS = 10
"""A unit whose workers died this often ends the work: probably no machine has enough memory for it."""

SLOW, FEWEST = 3.0, 10
"""A unit is slow if it takes `SLOW` times the median time per picture. This needs at least `FEWEST` units, half of
them done."""


@dataclass
class Worker:
    """A worker: whether it is accepted, the files that it has, and the unit that it makes."""

    name: str
    ready: bool = False
    has: set[str] = field(default_factory=set)
    unit: Unit | None = None


@dataclass
class Run:
    """A task that was given to a worker.

    Attributes:
        owner: the worker's address.
        unit: the unit that it makes; None if the worker only describes itself.
        begun: when it began, by `time.monotonic`.
        seconds: how long it took; 0 until it has ended.
    """

    owner: str
    unit: Unit | None
    begun: float
    seconds: float = 0.0


def why_refused(
    machine: Mapping[str, str], limit: int | None, first: Mapping[str, str], memory: int, *, mixed: bool
) -> str:
    """Why a worker cannot be used; empty if it can.

    Args:
        machine: the worker's machine, see `films.machine`.
        limit: its memory limit in bytes; None for none.
        first: the machine of the first worker.
        memory: about how many bytes of memory a unit takes.
        mixed: whether machines whose rounding differs may make parts of one film.
    """
    if limit and limit < memory:
        return f"a task takes about {memory / 1e9:.1f} GB of memory, and its limit is {limit / 1e9:.1f} GB"
    if machine["dreamvid"] != __version__:
        return f"it has dreamvid {machine['dreamvid']}, and this is {__version__}"
    unlike = Job(dict(machine), {}).differences(Job(dict(first), {}))
    return f"it may round in another way: {unlike}; --mixed allows it" if unlike and not mixed else ""


class History:
    """Decides where a unit may run again, when the work has failed, and which units are slow."""

    def __init__(self) -> None:
        self._failures: dict[str, list[str]] = defaultdict(list)
        self._deaths = Counter[str]()
        self._seconds_a_picture: list[float] = []

    def done(self, unit: Unit, seconds: float) -> None:
        """Records that a unit was made in so many seconds."""
        if unit.frames:
            self._seconds_a_picture.append(seconds / unit.frames)

    def died(self, unit: Unit) -> None:
        """Records that the worker of a unit died.

        Raises:
            FarmError: that happened `DEATHS` times.
        """
        self._deaths[unit.key] += 1
        if self._deaths[unit.key] >= DEATHS:
            raise FarmError(f"{unit.words}: {DEATHS} workers died while making it; perhaps they lack memory")

    def failed(self, unit: Unit, worker: str, workers: int, kind: str, text: str) -> None:
        """Records that a unit failed on a worker.

        Args:
            worker: address of the worker.
            workers: the number of workers that may be used.
            kind, text: name and message of the error.

        Raises:
            DreamvidError: of that kind, if the unit failed too often.
        """
        failures = self._failures[unit.key]
        failures.append(worker)
        if len(failures) >= FAILURES and len(set(failures)) >= min(WORKERS, workers):
            error: type[DreamvidError] = getattr(errors, kind, DreamvidError)
            raise error(f"{unit.words} failed {len(failures)} times, on {len(set(failures))} workers: {text}")

    def choose(self, unit: Unit, idle: Iterable[str], workers: Iterable[str]) -> str | None:
        """The idle worker for a unit. A worker on which it failed is taken only if it failed on all others too."""
        failures = Counter(self._failures[unit.key])
        least = min((failures[worker] for worker in workers), default=0)
        return next((worker for worker in idle if failures[worker] <= least), None)

    def is_slow(self, unit: Unit, seconds: float, running: int) -> bool:
        """Whether a unit that began so many seconds ago is slow, if `running` units are in progress; see `SLOW`."""
        done = len(self._seconds_a_picture)
        if not unit.frames or done + running < FEWEST or done < running:
            return False
        return seconds > SLOW * median(self._seconds_a_picture) * unit.frames
