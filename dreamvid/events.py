"""What a render tells its caller while it works, through one callback.

A callback may raise `dreamvid.errors.Cancelled`: the render ends at that point, and what was done is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Begun:
    """Everything is loaded and checked; the first frame comes next."""

    frames: int


@dataclass(frozen=True)
class Step:
    """One gradient step was made. Octaves and steps count from 1; `loss` is the objective before the step."""

    octave: int
    octaves: int
    step: int
    steps: int
    loss: float


@dataclass(frozen=True)
class Frame:
    """So many of the frames are done."""

    done: int
    frames: int


Event = Begun | Step | Frame
Observe = Callable[[Event], None]
Warn = Callable[[str], None]


def ignore(_: object) -> None:
    """A callback for those who do not want to know."""
