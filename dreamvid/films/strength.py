"""A moving strength in a zoom.

A zoom's dream grows and fades over many frames, so it cannot follow a beat. It is therefore dreamed at the strength of
recent peaks, and each picture shows a share of the detail that grew recently.
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
"""Time constant, in seconds, with which the dreamed strength decays after a peak."""
LATELY = 2.0
"""Time constant, in seconds, after which detail no longer counts as recent."""


def at_once(table: Table, fps: Fraction) -> Table:
    """The table of a zoom whose strength moves: `drive` is what is dreamed, `strength` the share that is shown."""
    drive = table.columns["drive"]
    level = peaks(drive, exp(-1 / (float(fps) * RELEASE)))
    share = np.divide(drive, level, out=np.ones_like(level), where=level > 0)
    return replace(table, columns={**table.columns, "drive": level, "strength": share})


def peaks(values: Values, fade: float) -> Values:
    """Running maximum that decays by the factor `fade` at every step."""
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
