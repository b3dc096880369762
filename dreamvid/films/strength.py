"""The strength of a zoom where it moves: what of it the dream follows, and what its pictures show at once.

A dream in a zoom grows over many frames, and is forgotten as slowly. So it cannot follow a beat: it is dreamed as its
strongest moments want, and each picture shows a share of the detail that grew lately.
"""

from dataclasses import replace
from fractions import Fraction
from math import exp

import numpy as np

from dreamvid.arrays import Image
from dreamvid.frame import Carry, Frame
from dreamvid.motion.show import shown
from dreamvid.motion.warp import warp
from dreamvid.render import Remember
from dreamvid.timeline.clock import Values
from dreamvid.timeline.table import Table

RELEASE = 10.0
"""Seconds in which a strong moment is no longer dreamed for: longer than from beat to beat, shorter than a song."""
LATELY = 2.0
"""Seconds in which detail that grew lately becomes the picture's own."""


def at_once(table: Table, fps: Fraction) -> Table:
    """The table of a zoom whose strength moves: `drive` is what is dreamed, `strength` the share that is shown."""
    drive = table.columns["drive"]
    level = peaks(drive, exp(-1 / (float(fps) * RELEASE)))
    share = np.divide(drive, level, out=np.ones_like(level), where=level > 0)
    return replace(table, columns={**table.columns, "drive": level, "strength": share})


def peaks(values: Values, fade: float) -> Values:
    """The largest value up to each, all before it smaller by `fade` with every step since."""
    found = values.copy()
    for n in range(1, len(found)):
        found[n] = max(found[n], found[n - 1] * fade)
    return found


def remembering(fps: Fraction, border: str) -> Remember:
    """The past of a zoom: the mean of the dreams before, moved along; the weights fall off over `LATELY`."""

    def before(frame: Frame, carry: Carry | None) -> Image:
        if carry is None or carry.past is None or frame.motion is None:
            return frame.source
        share = 1 - exp(-float((frame.n - carry.n) / fps) / LATELY)
        return warp(shown(carry.past, carry.dreamed, share, None), frame.motion.flow, border)

    return before


def answered(carry: Carry, share: float) -> Carry:
    """A dream with a share of the detail that grew lately, as a picture shows it."""
    if carry.past is None:
        return carry
    return carry._replace(dreamed=shown(carry.past, carry.dreamed, share, None).clip(0, 1))
