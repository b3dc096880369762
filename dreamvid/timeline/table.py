"""The value of every moving setting at every frame, evaluated once before the first dream."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamvid.settings import FrameValues

SPEEDS = ("zoom", "rotate", "pan_x", "pan_y")
"""The camera's speeds. Each value is the mean over the time since the previous frame."""


@dataclass(frozen=True, eq=False)
class Table:
    """The values of every frame: `table[n]`.

    Attributes:
        still: the constant settings, and the first values of those that move.
        columns: field of `FrameValues` → its value at each frame, shape (frames,); for weights (frames, weights).
    """

    still: FrameValues
    columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def __getitem__(self, n: int) -> FrameValues:
        """The values at frame n; beyond the last frame, those of the last."""
        if not self.columns:
            return self.still
        return replace(self.still, **{name: plain(values[min(n, len(values) - 1)])
                                      for name, values in self.columns.items()})

    def between(self, first: int, last: int) -> FrameValues:
        """The values at frame `last`, with the camera's mean speeds since the earlier frame `first`."""
        speeds = {name: self.columns[name][first + 1:last + 1] for name in SPEEDS if name in self.columns}
        means = {name: np.exp(np.log(values).mean()) if name == "zoom" else values.mean()
                 for name, values in speeds.items() if len(values)}
        return replace(self[last], **{name: float(mean) for name, mean in means.items()})


def plain(value: Any) -> Any:
    """A NumPy number as a float, or a row of numbers as a tuple of floats."""
    return tuple(map(float, value)) if np.ndim(value) else float(value)
