"""Draws small plots of values over the frames of a film."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
from PIL import ImageDraw, ImageFont

from dreamvid.arrays import Image, from_uint8

_PAPER, _INK, _FAINT = (18, 18, 20), (232, 232, 232), (70, 70, 74)
_COLOURS = ((255, 176, 60), (110, 170, 255))
_WIDTH, _HEIGHT, _MARGIN, _TITLE = 720, 120, 12, 20


@dataclass(frozen=True)
class Panel:
    """A plot with a title and at most two curves, each (label, value for each frame), on an axis from 0."""

    title: str
    curves: Sequence[tuple[str, Sequence[float]]]


def plot(panels: Sequence[Panel], marks: Sequence[int], frames: int) -> Image:
    """Draws panels one below the other.

    Args:
        panels: curves of `frames` values; NaN leaves a gap.
        marks: frames to mark with a vertical line in all panels.
        frames: length of the axis.
    """
    high = _HEIGHT + _TITLE + _MARGIN
    paper = PIL.Image.new("RGB", (_WIDTH, high * len(panels) + _MARGIN), _PAPER)
    draw = ImageDraw.Draw(paper)
    for n, panel in enumerate(panels):
        _draw(draw, panel, _MARGIN + n * high, marks, frames)
    return from_uint8(np.asarray(paper))


def _draw(draw: ImageDraw.ImageDraw, panel: Panel, top: int, marks: Sequence[int], frames: int) -> None:
    peaks = [float(np.nanmax(values)) for _, values in panel.curves if np.isfinite(values).any()]
    most = max(peaks, default=0.0) or 1.0
    floor, wide = top + _TITLE + _HEIGHT, _WIDTH - 2 * _MARGIN
    step = wide / max(1, frames - 1)
    font = ImageFont.load_default(12)
    draw.text((_MARGIN, top), f"{panel.title}, 0 to {most:.4g}", fill=_INK, font=font)
    for frame in marks:
        draw.line([(_MARGIN + frame * step, floor - _HEIGHT), (_MARGIN + frame * step, floor)], fill=_FAINT)
    draw.line([(_MARGIN, floor), (_WIDTH - _MARGIN, floor)], fill=_FAINT)
    for (label, values), colour, place in zip(panel.curves, _COLOURS, (260, 150), strict=False):
        draw.text((_WIDTH - place, top), label, fill=colour, font=font)
        points = [(_MARGIN + n * step, floor - value / most * _HEIGHT) for n, value in enumerate(values)
                  if np.isfinite(value)]
        draw.line(points, fill=colour, width=2)
