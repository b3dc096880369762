"""The units of one film: its dreams, if they are stored, and its ranges."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dreamvid.farm.answer import Answer
from dreamvid.farm.units import Unit
from dreamvid.films.film import Material
from dreamvid.films.making import Invocation
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared
from dreamvid.films.ranges import Range, chain_of, needs, ranges_of
from dreamvid.output.progress import range_name

DREAMS = 4
"""How many dreams of a stored film are one unit."""


class Sent(NamedTuple):
    """What a unit needs of the film so far: keys of its task, and files (SHA-256 → path)."""

    task: Mapping[str, Any]
    files: Mapping[str, Path]


class FilmWork:
    """The units of one film.

    Args:
        name: unique among the films.
        plan, prepared, call: the film.
        there: the names of the records that are stored already.
        base: the keys that all its tasks share.
        needed: names of records → what a unit that needs them is sent.
        keep: stores a worker's answer.

    Attributes:
        total: how many pictures the film has.
        made: how many of them are stored.
    """

    def __init__(
        self, name: str, plan: Plan, prepared: Prepared, call: Invocation, *, there: Sequence[str],
        base: Mapping[str, Any], needed: Callable[[Mapping[str, str]], Sent], keep: Callable[[Answer], None],
    ) -> None:
        self._name, self._base, self._needed, self._keep = name, base, needed, keep
        self._ranges = ranges_of(plan, prepared)
        self._numbers = {range_name(part.first, part.stop): n for n, part in enumerate(self._ranges)}
        self._wanted = {record: needs(plan, prepared, self._ranges, self._ranges[n])
                        for record, n in self._numbers.items()}
        self._there, self._units = set(there), dict[str, Unit]()
        self._dreams = dreams_of(plan, prepared, call)
        self.total = self._ranges[-1].stop

    @property
    def made(self) -> int:
        return self.total - sum(part.stop - part.first for part in map(self._part, self._missing()))

    def in_progress(self, running: Mapping[str, int]) -> int:
        """How many pictures of ranges that are not stored yet are made; `running` is by the keys of units."""
        return sum(running.get(self._key(record), 0) for record in self._missing())

    def _missing(self) -> list[str]:
        return [record for record in self._numbers if record not in self._there]

    def _part(self, record: str) -> Range:
        return self._ranges[self._numbers[record]]

    def _key(self, record: str) -> str:
        return f"{self._name}-{record}"

    def ready(self) -> Sequence[Unit]:
        """The next dreams, and then the ranges that need no missing one."""
        made = next((n for n in range(self._dreams) if f"dream-{n:08d}" not in self._there), self._dreams)
        missing = self._missing()
        if missing and made < self._dreams:
            return [self._dreams_from(made)]
        return [self._range(record) for record in missing if self._wanted[record].keys() <= self._there]

    def _dreams_from(self, made: int) -> Unit:
        stop = min(self._dreams, made + DREAMS)
        task, files = self._needed(self._earlier(made))
        return Unit(self._key(f"dreams-{made}"), f"dreams {made + 1} to {stop}", 0, self.total,
                    {**self._base, **task, "dreams": stop}, files)

    def _range(self, record: str) -> Unit:
        if record not in self._units:
            task, files = self._needed({**self._wanted[record], **self._earlier(self._dreams)})
            part = self._part(record)
            self._units[record] = Unit(
                self._key(record), f"frames {part.first + 1} to {part.stop}", part.stop - part.first,
                chain_of(self._ranges, part), {**self._base, **task, "range": self._numbers[record]}, files)
        return self._units[record]

    @staticmethod
    def _earlier(dreams: int) -> dict[str, str]:
        return {f"dream-{n:08d}": "" for n in range(dreams)}

    def accept(self, _: Unit, answer: Answer) -> None:
        """Stores the answer of a unit."""
        self._keep(answer)
        self._there |= answer.header["records"].keys()


def dreams_of(plan: Plan, prepared: Prepared, call: Invocation) -> int:
    """How many dreams a film stores."""
    if not plan.kind.stored:
        return 0
    return plan.kind.film(Material(plan=plan, prepared=prepared, paths=call.paths, dreamer=None)).dreams
