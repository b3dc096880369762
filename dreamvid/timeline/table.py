"""Every moving setting at every frame of a film, evaluated once before the first dream."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamvid.settings import FrameValues

SPEEDS = ("zoom", "rotate", "pan_x", "pan_y")
"""The values that are speeds of the camera, each the mean over the time since the frame before."""


@dataclass(frozen=True, eq=False)
class Table:
    """The values of every frame: `table[n]`.

    Attributes:
        still: the settings that hold still, and the first values of those that move.
        columns: field of `FrameValues` → its value at each frame, shape (frames,); of weights (frames, weights).
    """

    still: FrameValues
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def __getitem__(self, n: int) -> FrameValues:
        """The values at frame n; after the last frame, those of the last."""
        if not self.columns:
            return self.still
        return replace(self.still, **{name: plain(values[min(n, len(values) - 1)])
                                      for name, values in self.columns.items()})

    def between(self, first: int, last: int) -> FrameValues:
        """The values at frame `last`, with the mean speeds of the camera since frame `first`, which comes before."""
        speeds = {name: self.columns[name][first + 1:last + 1] for name in SPEEDS if name in self.columns}
        means = {name: np.exp(np.log(values).mean()) if name == "zoom" else values.mean()
                 for name, values in speeds.items() if len(values)}
        return replace(self[last], **{name: float(mean) for name, mean in means.items()})


def plain(value: Any) -> Any:
    """A number or a row of numbers of NumPy as Python's own."""
    return tuple(map(float, value)) if np.ndim(value) else float(value)
