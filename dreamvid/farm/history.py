"""What happened to the units of a cluster so far: failures, deaths of workers, and durations."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median

from dreamvid import errors
from dreamvid.errors import DreamvidError, FarmError
from dreamvid.farm.units import Unit

FAILURES, WORKERS = 3, 2
"""A unit that failed `FAILURES` times, on at least `WORKERS` workers (or on the only one), ends the work."""

DEATHS = 10
"""A unit whose workers died this often ends the work: probably no machine has enough memory for it."""

SLOW, FEWEST = 3.0, 10
"""A unit is slow if it takes `SLOW` times the median time per picture. This needs at least `FEWEST` units, half of
them done."""


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
