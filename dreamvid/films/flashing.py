"""Warns once if a film flashes in a way that can harm photosensitive viewers, and names the likely setting."""

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from dreamvid.arrays import Image
from dreamvid.events import Warn
from dreamvid.motion.flashes import Flashes
from dreamvid.timeline.clock import Values
from dreamvid.timeline.table import Table


def flash_watch(table: Table, fps: Fraction, warn: Warn) -> Callable[[int, Image], None]:
    """Makes a function to call with each picture's number and image. Without curves it never warns."""
    watch, told = Flashes(), not table.columns

    def look(n: int, picture: Image) -> None:
        nonlocal told
        if told or not watch.seen(picture, float(n / fps)):
            return
        told = True
        warn(f"at {float(n / fps):.1f}s the film flashes more than three times a second over a quarter of the picture, "
             f"which can harm photosensitive viewers (WCAG 2.3.1); it is {mover(table.columns, n, fps)} that moves "
             "most there")

    return look


def mover(columns: Mapping[str, Values], n: int, fps: Fraction) -> str:
    """The setting whose curve moves most, relative to its range, in the second before frame n."""
    first = max(0, n - round(fps))
    names = {"drive": "strength", "weights": "layers", "aim": "layers"}
    ways = {name: float(np.abs(np.diff(values[first:n + 1], axis=0)).sum() / max(np.ptp(values), 1e-9))
            for name, values in columns.items() if len(values[first:n + 1]) > 1}
    most = max(ways, key=lambda name: ways[name], default="")
    return names.get(most, most) or "a setting"
