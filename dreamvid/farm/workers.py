"""The workers of a pool, and which of them can be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dreamvid import __version__
from dreamvid.farm.units import Unit
from dreamvid.output.work_folder import Job


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
