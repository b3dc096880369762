"""The events of a render, which its caller gets through one callback.

A callback may raise `dreamvid.errors.Cancelled`: the render ends at that point, and what was done is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a caller that only looks at events needs no NumPy
    from dreamvid.arrays import Image


@dataclass(frozen=True)
class Fetched:
    """Bytes of a file of weights that are here, and its size (0 if that is not known)."""

    name: str
    here: int
    total: int


@dataclass(frozen=True)
class Doing:
    """What is done now, before the first frame, in words: "loading the network"."""

    what: str


@dataclass(frozen=True)
class Begun:
    """Everything is loaded and checked; the first of so many frames, or pictures, comes next."""

    total: int
    what: str = "frame"


@dataclass(frozen=True)
class Continued:
    """So many of the frames were made by an earlier run; this one goes on from there."""

    done: int
    total: int


@dataclass(frozen=True)
class Step:
    """One gradient step was made.

    Attributes:
        octave, octaves, step, steps: where in the dream; counted from 1.
        score: the objective before the step, which rises. The TensorFlow tutorial calls it the loss.
        image: what the step made, at its octave's size.
    """

    octave: int
    octaves: int
    step: int
    steps: int
    score: float
    image: "Image"


@dataclass(frozen=True)
class Tile:
    """One tile's gradient comes next, of so many in this step. An image that is not larger than a tile is one."""

    number: int
    total: int


@dataclass(frozen=True, eq=False)
class Frame:
    """So many of the frames, or pictures, are done.

    Attributes:
        done, total: how many are done, of how many.
        image: the one that was made last, float32 of shape (height, width, 3) in [0, 1]; None if it is not
            passed on.
    """

    done: int
    total: int
    image: "Image | None" = None


@dataclass(frozen=True)
class Working:
    """What each worker of a farm does: its name, what, and the share of that which is done, from 0 to 1."""

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
        observe: gets every event; it may raise `Cancelled`.
        warn: gets one sentence for each thing worth knowing.
    """

    observe: Observe = ignore
    warn: Warn = ignore


@dataclass(frozen=True)
class Caller(Listener):
    """What who calls a function wants besides its result.

    Attributes:
        overwrite: whether existing outputs may be replaced.
    """

    overwrite: bool = False
