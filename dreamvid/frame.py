"""What the frame loop works on: frames, their motion, and what one dream leaves to the next."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image, Map
from dreamvid.settings import FrameValues


@dataclass(frozen=True, eq=False)
class Motion:
    """How a frame moved since another, usually the one that was dreamed before it.

    Attributes:
        flow: backward, in pixels: from this frame to the other.
        confidence: how reliable the flow is, from 0 to 1.
    """

    flow: Flow
    confidence: Map


@dataclass(frozen=True, eq=False)
class Frame:
    """All that is known of a frame before it is dreamed.

    Attributes:
        n: its number in the film, from 0.
        time: seconds from the film's beginning.
        source: the picture, or the clip's frame.
        values: the moving settings at this frame.
        motion: since the last frame that was dreamed; None where a scene begins.
        onward: the same to the next frame that is dreamed; None if this one is.
        mask: where the dream is shown; None: everywhere.
    """

    n: int
    time: Fraction
    source: Image
    values: FrameValues
    motion: Motion | None = None
    onward: Motion | None = None
    mask: Map | None = None

    @property
    def dreamed(self) -> bool:
        """Whether the frame is dreamed; if not, its picture is made of the dreams on both sides."""
        return self.onward is None


Past = Map | Image
"""What is remembered beside a dream. Of a clip: its age, in how many dreams each pixel has grown. Of a zoom whose
strength moves: the picture without the detail that grew lately."""


class Carry(NamedTuple):
    """All that a dreamed frame leaves to the next.

    Attributes:
        n: its number.
        source: its source.
        dreamed: its dream.
        past: what is remembered beside it; None where that does not matter.
    """

    n: int
    source: Image
    dreamed: Image
    past: Past | None = None

    @property
    def kept(self) -> NDArray[np.float32]:
        """The dream, and its past as further channels where there is one: all that must be stored to go on."""
        return packed(self.dreamed, self.past)

    @classmethod
    def of_kept(cls, n: int, source: Image, kept: NDArray[np.float32]) -> "Carry":
        """The carry of frame n from what `kept` was."""
        past = {3: None, 4: kept[..., -1]}.get(kept.shape[2], kept[..., 3:])
        return cls(n, source, kept[..., :3], past)


def packed(dreamed: Image, past: Past | None) -> NDArray[np.float32]:
    """A dream and its past, if there is one, as one array of shape (height, width, 3, 4 or 6)."""
    return dreamed if past is None else np.dstack([dreamed, past])
