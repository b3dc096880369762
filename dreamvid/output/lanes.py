"""Plots curves over time, in lanes one below the other with a common time axis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageDraw, ImageFont

from dreamvid.arrays import Image, from_uint8

WIDTH, LEFT, RIGHT, HEIGHT, GAP, TITLE, AXIS = 1200, 190, 24, 84, 22, 44, 34
"""In pixels: width of the picture, labels and right margin; height of a lane, gap, title and axis."""

_TWICE = 2  # drawn at twice the size and reduced, for smooth lines
_PAPER, _INK, _DIM, _FAINT, _LANE = (17, 18, 22), (235, 235, 238), (150, 152, 160), (52, 54, 62), (25, 27, 33)
_COLOURS = ((255, 184, 77), (108, 178, 255), (255, 122, 138), (124, 214, 152), (196, 152, 255), (94, 210, 214))
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)


_Look = tuple[int, tuple[int, int, int]]  # size in pixels, colour


@dataclass(frozen=True)
class Lane:
    """Curves over time in one lane.

    Attributes:
        label: title of the lane, at the left.
        note: smaller text under the label.
        curves: name → values at even steps over the whole axis, NaN where a curve has no value. The names are
            written if there are several curves.
        low, high: the values at the lower and the upper edge.
        dots: (time in seconds, value) of points to mark on the curve.
        wave: whether to draw a filled waveform around the middle.
    """

    label: str
    curves: Sequence[tuple[str, NDArray[np.float64]]]
    low: float = 0.0
    high: float = 1.0
    note: str = ""
    dots: Sequence[tuple[float, float]] = ()
    wave: bool = False


def draw_lanes(
    title: str, lanes: Sequence[Lane], seconds: float, beats: Sequence[float] = (), *, bar: int = 4
) -> Image:
    """Draws lanes into a picture.

    Args:
        title: text at the top.
        lanes: from top to bottom.
        seconds: length of the time axis.
        beats: times to mark in all lanes, such as beats or cuts.
        bar: every so many beats, one is brighter.
    """
    tall = TITLE + len(lanes) * (HEIGHT + GAP) + AXIS
    paper = PIL.Image.new("RGB", (WIDTH * _TWICE, tall * _TWICE), _PAPER)
    draw = ImageDraw.Draw(paper)
    _text(draw, (LEFT, 14), title, (15, _INK))
    for n, lane in enumerate(lanes):
        top = TITLE + n * (HEIGHT + GAP)
        _box(draw, (LEFT, top, WIDTH - RIGHT, top + HEIGHT), _LANE)
        _marks(draw, top, seconds, beats, bar)
        _lane(draw, lane, top, _COLOURS[n % len(_COLOURS)], seconds)
    _axis(draw, tall - AXIS - GAP, seconds)
    return from_uint8(np.asarray(paper.resize((WIDTH, tall), PIL.Image.Resampling.LANCZOS)))


def _x(time: float, seconds: float) -> float:
    return LEFT + (WIDTH - RIGHT - LEFT) * time / max(seconds, 1e-9)


def _box(draw: ImageDraw.ImageDraw, corners: tuple[float, float, float, float], colour: tuple[int, int, int]) -> None:
    draw.rectangle([corner * _TWICE for corner in corners], fill=colour)


def _text(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, look: _Look, anchor: str = "la") -> None:
    size, colour = look
    draw.text((place[0] * _TWICE, place[1] * _TWICE), text, fill=colour, font=ImageFont.load_default(size * _TWICE),
              anchor=anchor)


def _marks(draw: ImageDraw.ImageDraw, top: float, seconds: float, beats: Sequence[float], bar: int) -> None:
    """Draws vertical lines at the beats: above 160 only the bright ones, and above 320 of these none."""
    every = 1 if len(beats) <= 160 else bar
    for n, beat in enumerate(beats):
        if 0 <= beat <= seconds and n % every == 0 and len(beats) / every <= 320:
            line = [(_x(beat, seconds) * _TWICE, (top + side) * _TWICE) for side in (0, HEIGHT)]
            draw.line(line, fill=_FAINT if n % bar else _DIM, width=_TWICE)


def _lane(draw: ImageDraw.ImageDraw, lane: Lane, top: float, colour: tuple[int, int, int], seconds: float) -> None:
    _text(draw, (16, top + 6), lane.label, (15, _INK))
    for row, line in enumerate(_wrapped(lane.note)):
        _text(draw, (16, top + 28 + 15 * row), line, (11, _DIM))
    if not lane.wave:
        _text(draw, (LEFT - 8, top), f"{lane.high:.4g}", (11, _DIM), "ra")
        _text(draw, (LEFT - 8, top + HEIGHT), f"{lane.low:.4g}", (11, _DIM), "rs")
    for n, (name, values) in enumerate(lane.curves):
        own = _COLOURS[(_COLOURS.index(colour) + n) % len(_COLOURS)]
        _wave(draw, values, top, own) if lane.wave else _line(draw, lane, values, top, own)
        if len(lane.curves) > 1:
            _text(draw, (LEFT + 8 + 160 * n, top + 4), name, (11, own))
    for time, value in lane.dots:
        x, y = _x(time, seconds), _y(lane, value, top)
        draw.ellipse([(x - 4) * _TWICE, (y - 4) * _TWICE, (x + 4) * _TWICE, (y + 4) * _TWICE], fill=_INK)


def _wrapped(text: str, most: int = 24) -> list[str]:
    """Splits a note into at most three lines."""
    lines = [text[start:start + most] for start in range(0, len(text), most)]
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"]


def _y(lane: Lane, value: float, top: float) -> float:
    share = (value - lane.low) / max(lane.high - lane.low, 1e-12)
    return top + 3 + (HEIGHT - 6) * (1 - min(max(share, 0), 1))


def _line(draw: ImageDraw.ImageDraw, lane: Lane, values: NDArray[np.float64], top: float, colour: tuple[int, int, int]
          ) -> None:
    xs = np.linspace(LEFT, WIDTH - RIGHT, len(values))
    points = [(x * _TWICE, _y(lane, value, top) * _TWICE) for x, value in zip(xs, values, strict=True)
              if np.isfinite(value)]
    draw.line(points, fill=colour, width=2 * _TWICE, joint="curve")


def _wave(draw: ImageDraw.ImageDraw, values: NDArray[np.float64], top: float, colour: tuple[int, int, int]) -> None:
    xs = np.linspace(LEFT, WIDTH - RIGHT, len(values))
    half, middle = (HEIGHT - 6) / 2, top + HEIGHT / 2
    edge = [(x * _TWICE, (middle - half * value) * _TWICE) for x, value in zip(xs, values, strict=True)]
    back = [(x * _TWICE, (middle + half * value) * _TWICE) for x, value in zip(xs[::-1], values[::-1], strict=True)]
    draw.polygon([*edge, *back], fill=colour)


def _axis(draw: ImageDraw.ImageDraw, top: float, seconds: float) -> None:
    step = next((step for step in _STEPS if seconds / step <= 14), seconds / 10 or 1)
    for n in range(int(seconds / step + 1e-9) + 1):
        x = _x(n * step, seconds)
        draw.line([(x * _TWICE, (top + 2) * _TWICE), (x * _TWICE, (top + 8) * _TWICE)], fill=_DIM, width=_TWICE)
        _text(draw, (x, top + 12), _clock(n * step), (12, _DIM), "ma")


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:g}s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}:{rest:02.0f}"
