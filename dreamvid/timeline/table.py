"""The value of every moving setting at every frame, evaluated once before the first dream; and leads.

A lead is how much earlier a curve is evaluated, so that the picture follows it on time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamvid.settings import FrameValues, time_of

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


LEADS: dict[str, float] = {"smooth": 0.333, "spectrum": 0.333, "weights": 0.133}
"""Field of `FrameValues` → seconds from a step in the value to half of its effect in the picture; 0 for others.

`tests/benchmarks/bench_lead.py` measured them on zooms of 30 frames and 15 dreams a second. The camera, blend, step
size, tv and colour take effect in the next frame; so does strength where it follows a sound (`bench_lags.py`).
"""


def lead_of(wanted: str, name: str) -> float:
    """The lead of a curve, in seconds.

    Args:
        wanted: auto, none, or a number of seconds.
        name: the field of `FrameValues`.
    """
    if wanted == "none":
        return 0.0
    return LEADS.get(name, 0.0) if wanted == "auto" else float(time_of("lead", wanted))
