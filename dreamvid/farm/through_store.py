"""Renders a film on a cluster through a shared store: a folder that all machines reach, or an address of fsspec."""

from collections.abc import Mapping, Sequence
from typing import Any

from dreamvid.events import Begun, Frame, Listener
from dreamvid.farm.answer import Answer, task_of
from dreamvid.farm.pool import Pool, Unit
from dreamvid.films.film import Material
from dreamvid.films.kept import HeldDreams
from dreamvid.films.making import Invocation, Rendered
from dreamvid.films.plan import Plan
from dreamvid.films.shared import SharedFilm, chain_of, needs
from dreamvid.output.film import range_name
from dreamvid.output.shared import SharedStore


def _dreams_of(film: SharedFilm) -> int:
    """How many dreams a stored film keeps."""
    return film.plan.kind.film(Material(plan=film.plan, prepared=film.prepared, paths=film.call.paths, dreamer=None,
                                        dreams=HeldDreams())).dreams


def render_shared(store: str, pool: Pool, plan: Plan, call: Invocation, listener: Listener) -> Rendered:
    """Renders a film through the shared store at `store`."""
    shared = SharedStore(store)
    for role, path in call.paths.items():
        if path.is_file():
            shared.put(path, f"{plan.inputs[role].sha256}{path.suffix}")
    task = {"does": "shared", "store": shared.address, **task_of(plan, call)}
    pool.run(_SharedWork(task, shared, None, listener))
    film = SharedFilm(plan, call, shared, listener)
    listener.observe(Begun(film.ranges[-1].stop))
    pool.run(_SharedWork(task, shared, film, listener))
    return film.join()


class _SharedWork:
    """The ranges of a film in a shared store. Without a film, only its preparation."""

    def __init__(self, task: dict[str, Any], shared: SharedStore, film: SharedFilm | None, listener: Listener) -> None:
        self._base, self._shared, self._film, self._listener = task, shared, film, listener
        self._dreams = _dreams_of(film) if film and film.plan.kind.stored else 0

    def ready(self) -> Sequence[Unit]:
        if self._film is None:
            return [Unit("prepare", "looking through the input", 0, 0, {**self._base, "number": None})]
        film, missing = self._film, self._film.missing()
        if len(self._shared.names("dream-")) < self._dreams:
            missing = missing[:1]
        there = {range_name(part.first, part.stop) for n, part in enumerate(film.ranges) if n not in set(missing)}
        return [self._unit(n) for n in missing
                if needs(film.plan, film.prepared, film.ranges, film.ranges[n]).keys() <= there]

    def _unit(self, number: int) -> Unit:
        assert self._film is not None
        part = self._film.ranges[number]
        return Unit(f"range-{number}", f"frames {part.first + 1} to {part.stop}", part.stop - part.first,
                    chain_of(self._film.ranges, part), {**self._base, "number": number})

    def accept(self, unit: Unit, answer: Answer) -> None:
        """The worker has already put its range into the store."""

    def told(self, running: Mapping[str, int]) -> None:
        if self._film is not None:
            missing = self._film.missing()
            total = self._film.ranges[-1].stop
            left = sum(self._film.ranges[n].stop - self._film.ranges[n].first for n in missing)
            self._listener.observe(Frame(total - left + sum(running.get(f"range-{n}", 0) for n in missing), total))

    @property
    def done(self) -> bool:
        return self._shared.get("prepared") is not None if self._film is None else not self._film.missing()
