"""The events of a render, passed to one callback.

A callback may raise `dreamvid.errors.Cancelled`: the render ends at that point, and finished work is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # callers that only read events do not need NumPy
    from dreamvid.arrays import Image


@dataclass(frozen=True)
class Fetched:
    """Progress of a download: the file's name, bytes downloaded, and total bytes (0 if unknown)."""

    name: str
    here: int
    total: int


@dataclass(frozen=True)
class Doing:
    """The current step before the first frame, as text: "loading the network"."""

    what: str


@dataclass(frozen=True)
class Begun:
    """Everything is loaded and checked; the first of `total` frames or pictures comes next."""

    total: int
    what: str = "frame"


@dataclass(frozen=True)
class Continued:
    """An earlier run made `done` of the frames; this run continues from there."""

    done: int
    total: int


@dataclass(frozen=True)
class Step:
    """One gradient step was made.

    Attributes:
        octave, octaves, step, steps: the position in the dream; counted from 1.
        score: the objective before the step, which is maximised. The TensorFlow tutorial calls it the loss.
        image: the image after the step, at its octave's size.
    """

    octave: int
    octaves: int
    step: int
    steps: int
    score: float
    image: "Image"


@dataclass(frozen=True)
class Tile:
    """The gradient of tile `number` of `total` in this step comes next. An image no larger than a tile is one tile."""

    number: int
    total: int


@dataclass(frozen=True, eq=False)
class Frame:
    """`done` of `total` frames or pictures are finished.

    Attributes:
        image: the last one, float32 of shape (height, width, 3) in [0, 1]; None where events carry no images.
    """

    done: int
    total: int
    image: "Image | None" = None


@dataclass(frozen=True)
class Working:
    """What each worker of a cluster does: its name, its task, and the finished share of that task, from 0 to 1."""

    workers: tuple[tuple[str, str, float], ...]


Event = Doing | Fetched | Begun | Continued | Tile | Step | Frame | Working
Observe = Callable[[Event], None]
Warn = Callable[[str], None]


def ignore(_: object) -> None:
    """A callback that does nothing."""


@dataclass(frozen=True)
class Listener:
    """The callbacks of a render.

    Attributes:
        observe: called with every event; it may raise `Cancelled`.
        warn: called with each warning, one sentence.
    """

    observe: Observe = ignore
    warn: Warn = ignore


@dataclass(frozen=True)
class Caller(Listener):
    """The options of a call that are not settings: callbacks, and whether to overwrite.

    Attributes:
        overwrite: whether existing outputs may be replaced.
    """

    overwrite: bool = False
