"""The data of the frame loop: frames, their motion, and the carry from one dream to the next."""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image, Map
from dreamvid.settings import FrameValues


@dataclass(frozen=True, eq=False)
class Motion:
    """The motion between a frame and another, usually the previous dreamed frame.

    Attributes:
        flow: backward, in pixels: from this frame to the other.
        confidence: how reliable the flow is at each pixel, from 0 to 1.
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
        motion: the motion since the previous dreamed frame; None at the start of a scene.
        onward: the motion to the next dreamed frame; None if this frame is dreamed.
        mask: where the dream is shown; None for everywhere.
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
        """Whether the frame is dreamed. If not, its picture is made from the dreams before and after it."""
        return self.onward is None


Past = Map | Image
"""What is stored with a dream. For a clip: its age, the number of dreams in which each pixel has grown. For a zoom
whose strength changes over time: the picture without the detail of the last seconds."""


class Carry(NamedTuple):
    """Everything that a dreamed frame passes to the next.

    Attributes:
        n: its number.
        source: its source.
        dreamed: its dream.
        past: see `Past`; None where it is not needed.
    """

    n: int
    source: Image
    dreamed: Image
    past: Past | None = None

    @property
    def kept(self) -> NDArray[np.float32]:
        """The dream, with its past as further channels if it has one: all that a resume needs."""
        return packed(self.dreamed, self.past)

    @classmethod
    def of_kept(cls, n: int, source: Image, kept: NDArray[np.float32]) -> "Carry":
        """The carry of frame n, from the array that `kept` returned."""
        past = {3: None, 4: kept[..., -1]}.get(kept.shape[2], kept[..., 3:])
        return cls(n, source, kept[..., :3], past)


def packed(dreamed: Image, past: Past | None) -> NDArray[np.float32]:
    """A dream and its past, if any, as one array of shape (height, width, channels) with 3, 4 or 6 channels."""
    return dreamed if past is None else np.dstack([dreamed, past])
