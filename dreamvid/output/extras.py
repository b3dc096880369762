"""The poster and the contact sheet of a film."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Image
from dreamvid.output.sheet import contact_sheet
from dreamvid.settings import EncoderSettings

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
