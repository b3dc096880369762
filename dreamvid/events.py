"""What a render tells its caller while it works, through one callback.

A callback may raise `dreamvid.errors.Cancelled`: the render ends at that point, and what was done is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a caller that only looks at events needs no NumPy
    from dreamvid.arrays import Image


@dataclass(frozen=True)
class Fetched:
    """So many bytes of a file of weights have come, of so many in all (0 if that is not known)."""

    name: str
    here: int
    total: int


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
        loss: the objective before the step.
        image: what the step made, at its octave's size.
    """

    octave: int
    octaves: int
    step: int
    steps: int
    loss: float
    image: "Image"


@dataclass(frozen=True)
class Tile:
    """One tile's gradient comes next, of so many in this step. An image that is not larger than a tile is one."""

    number: int
    total: int


@dataclass(frozen=True)
class Frame:
    """So many of the frames, or pictures, are done."""

    done: int
    total: int


Event = Fetched | Begun | Continued | Tile | Step | Frame
Observe = Callable[[Event], None]
Warn = Callable[[str], None]


def ignore(_: object) -> None:
    """A callback for those who do not want to know."""
