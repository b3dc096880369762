"""Contact sheets: pictures side by side with even gutters, each with a label, under a title; and a film's poster."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import PIL.Image
from PIL import ImageDraw, ImageFont

from dreamvid.arrays import Image, Size, from_uint8, size_of, to_uint8, within
from dreamvid.filters import resize
from dreamvid.settings import EncoderSettings

GUTTER = 12
"""Space between pictures, in pixels."""

_POINTS = 12
_PAPER, _INK = (18, 18, 20), (232, 232, 232)
_LINE, _TITLE_HEIGHT = 15, 26


def contact_sheet(cells: Sequence[tuple[str, Image]], title: str, *, columns: int, side: int = 240) -> Image:
    """Lays out labelled pictures, row by row.

    Args:
        cells: (label, picture); pictures are reduced to fit a square of `side` pixels, never enlarged. Labels wrap.
        title: text at the top; a long one gets a smaller font.
        columns: pictures in a row.
        side: side of a cell, in pixels.
    """
    pictures = [resize(picture, within(size_of(picture), side)) for _, picture in cells]
    columns = min(columns, len(cells))
    wide = max(p.shape[1] for p in pictures)
    labels = [_lines(label, wide) for label, _ in cells]
    under = 3 + _LINE * max(map(len, labels))
    cell = Size(wide, max(p.shape[0] for p in pictures) + under)
    rows = ceil(len(cells) / columns)
    width = columns * (cell.width + GUTTER) + GUTTER
    paper = PIL.Image.new("RGB", (width, rows * (cell.height + GUTTER) + GUTTER + _TITLE_HEIGHT), _PAPER)
    draw = ImageDraw.Draw(paper)
    _write(draw, (GUTTER, GUTTER // 2), title, width=width - 2 * GUTTER, points=16)
    for n, (lines, picture) in enumerate(zip(labels, pictures, strict=True)):
        row, column = divmod(n, columns)
        x = GUTTER + column * (cell.width + GUTTER)
        y = GUTTER + _TITLE_HEIGHT + row * (cell.height + GUTTER)
        paper.paste(PIL.Image.fromarray(to_uint8(picture)), (x, y))
        draw.multiline_text((x, y + cell.height - under + 3), "\n".join(lines), fill=_INK, spacing=2,
                            font=ImageFont.load_default(_POINTS))
    return from_uint8(np.asarray(paper))


def _lines(text: str, width: int) -> list[str]:
    """Wraps text to a width in pixels, between words, and within words that are too long."""
    font, lines = ImageFont.load_default(_POINTS), [""]
    for word in text.split():
        if lines[-1] and font.getlength(f"{lines[-1]} {word}") > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
        while len(lines[-1]) > 1 and font.getlength(lines[-1]) > width:
            fits = next(n for n in range(len(lines[-1]) - 1, 0, -1) if n == 1 or font.getlength(lines[-1][:n]) <= width)
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return lines


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, *, width: int, points: int) -> None:
    """Draws one line of text in a font that fits the width; at 8 points it is cut off instead."""
    while points > 8 and draw.textlength(text, ImageFont.load_default(points)) > width:
        points -= 1
    font = ImageFont.load_default(points)
    while text and draw.textlength(text, font) > width:
        text = text[:-1]
    draw.text(at, text, fill=_INK, font=font)


CELLS = 16


def extra_frames(film: EncoderSettings, frames: int) -> frozenset[int]:
    """The numbers of the pictures that a film's poster and contact sheet show."""
    poster = {frames // 2} if film.poster else set[int]()
    return frozenset(poster | set(_cells(frames) if film.sheet else ()))


def _cells(frames: int) -> list[int]:
    count = min(CELLS, frames)
    return [-(-n * frames // count) for n in range(count)]


def made_extras(
    film: EncoderSettings, frames: int, fps: Fraction, shown: Callable[[int], Image]
) -> Iterator[tuple[Path, Image]]:
    """The requested ones of poster (the middle picture) and contact sheet, each with its path.

    Args:
        film: settings with the paths.
        frames, fps: length and rate of the film.
        shown: number of a picture → the picture.
    """
    if film.poster:
        yield Path(film.poster), shown(frames // 2)
    if film.sheet:
        cells = [(f"{float(n / fps):.2f} s", shown(n)) for n in _cells(frames)]
        yield Path(film.sheet), contact_sheet(cells, f"{frames} frames, {float(fps):.5g} a second", columns=4)
