"""Units of work: what one worker does at a time, and collections of them that make something."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dreamvid.events import ignore
from dreamvid.farm.answer import Answer


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


class Dependent(Protocol):
    """Units, some of which depend on others."""

    def ready(self) -> Sequence[Unit]:
        """The units that are not accepted yet and whose dependencies are. If there are none, the work is done."""
        ...

    def accept(self, unit: Unit, answer: Answer, /) -> None:
        """Stores a worker's answer. A unit may be accepted twice."""
        ...


class Work(Dependent, Protocol):
    """Units that report their progress."""

    def report(self, running: Mapping[str, int], /) -> None:
        """Called regularly with the number of pictures made so far for each unit in progress, by key."""
        ...


class Units:
    """Units that do not depend on each other.

    Args:
        units: the units.
        accept: called with each unit's answer, once.
        report: called with the number of finished units.
    """

    def __init__(self, units: Sequence[Unit], accept: Callable[[Unit, Answer], object],
                 report: Callable[[int], None] = ignore) -> None:
        self._left, self._accept, self._report = {unit.key: unit for unit in units}, accept, report
        self._total = len(units)

    def ready(self) -> Sequence[Unit]:
        """The units that are not accepted yet."""
        return list(self._left.values())

    def accept(self, unit: Unit, answer: Answer) -> None:
        """Passes on the first answer of a unit."""
        if unit.key in self._left:
            self._accept(unit, answer)
            del self._left[unit.key]

    def report(self, _: Mapping[str, int], /) -> None:
        """Passes on the number of finished units."""
        self._report(self._total - len(self._left))


class Together:
    """Several works as one. The keys of their units must differ.

    Args:
        works: the works.
        report: called with the number of pictures made so far for each unit in progress, by key.
    """

    def __init__(self, works: Sequence[Dependent], report: Callable[[Mapping[str, int]], None]) -> None:
        self._works, self.report = works, report
        self._owner: dict[str, Dependent] = {}

    def ready(self) -> Sequence[Unit]:
        """The ready units of all."""
        found = []
        for one in self._works:
            units = one.ready()
            self._owner.update(dict.fromkeys((unit.key for unit in units), one))
            found += units
        return found

    def accept(self, unit: Unit, answer: Answer) -> None:
        """Passes on an answer."""
        self._owner[unit.key].accept(unit, answer)
