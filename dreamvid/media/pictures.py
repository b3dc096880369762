"""Numbered pictures as a film."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from dreamvid.arrays import Bytes, Image, fit, size_of, to_uint8, within
from dreamvid.errors import InputError
from dreamvid.filters import resize
from dreamvid.media.base import Source, ahead
from dreamvid.media.clip import window
from dreamvid.media.still import STILL_SUFFIXES, read_still
from dreamvid.media.timing import FALLBACK, in_place
from dreamvid.settings import MAX_PIXELS, SourceSettings

PICTURE_SUFFIXES = (*STILL_SUFFIXES, ".heic", ".heif", ".gif", ".bmp", ".ppm", ".pgm")
"""How the names of pictures end."""
_DIGITS = re.compile(r"([0-9]+)")
NUMBER = re.compile(r"%\d{0,3}d")
"""A frame's number in the names of numbered pictures, such as %d, %06d or %010d; no name is longer than 999 digits."""


def is_pattern(path: Path) -> bool:
    """Whether the last part of the path holds a frame's number, such as %06d."""
    return NUMBER.search(path.name) is not None


class Pictures(Source):
    """Pictures in their natural order. The first one sets the size; others are scaled to it.

    Args:
        paths: the pictures.
        values: what is read of them; `fps` is their rate, or else it is 30.
        warn: gets one sentence for each thing worth knowing.
        max_pixels: the most that a picture may declare.

    Raises:
        InputError, SettingError: see `open_source`.
    """

    def __init__(self, paths: Sequence[Path], values: SourceSettings, warn: Callable[[str], None],
                 max_pixels: int = MAX_PIXELS) -> None:
        self.fps = values.fps or FALLBACK
        wanted = window(len(paths), self.fps, values)
        self._paths = paths[wanted.start : wanted.stop]
        self._strict = values.strict
        self._warn = warn
        self._max_pixels = max_pixels
        own = size_of(read_still(self._paths[0], lambda _: None, max_pixels).image)
        self.size = fit(own, values.size) if values.size else own
        self.frames = len(self._paths)

    def read(self, first: int = 0) -> Iterator[Image]:
        self.lost = 0
        wanted = range(first, self.frames)
        good = next((n for n in range(first, 0, -1) if self._can_be_read(n)), 0) if wanted else 0
        left = iter(range(good, self.frames))
        with closing(ahead(lambda: self._next(left), lambda: None)) as decoded:
            for _, image in in_place(decoded, wanted, whole=True):
                yield image

    def small(self, long_side: int) -> Iterator[Bytes]:
        size = within(self.size, long_side)
        return (to_uint8(resize(image, size)) for image in self.read())

    def _can_be_read(self, number: int) -> bool:
        try:
            read_still(self._paths[number], lambda _: None, self._max_pixels)
        except InputError:
            return False
        return True

    def _next(self, left: Iterator[int]) -> tuple[int, Image] | None:
        """The next picture that can be read, and its number; None after the last."""
        for number in left:
            try:
                image = read_still(self._paths[number], self._warn, self._max_pixels).image
                return number, resize(image, self.size)
            except InputError as error:
                if self._strict:
                    raise
                self.lost += 1
                self._warn(f"{error}; the picture before it is shown in its place")
        return None


def natural(path: Path) -> list[tuple[bool, int, str]]:
    """A sort key for natural order: frame 2 before frame 10, and 999 before 1000."""
    # Every other part is a number. (str.isdigit is true of '²' too, which int does not know.)
    parts = enumerate(_DIGITS.split(path.name.lower()))
    return [(place % 2 == 1, int(part) if place % 2 else 0, part) for place, part in parts]


def in_folder(folder: Path) -> list[Path]:
    """The pictures in a folder, in natural order.

    Raises:
        InputError: there is none, or the folder cannot be read.
    """
    try:
        paths = [path for path in folder.iterdir()
                 if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file() and not path.name.startswith(".")]
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}") from error
    if not paths:
        raise InputError(f"{folder} holds no picture ({', '.join(PICTURE_SUFFIXES)})")
    return sorted(paths, key=natural)


def matching(pattern: Path) -> Iterator[tuple[int, Path]]:
    """The files whose names are of a pattern such as `shot_%04d.png`, each with its number, in any order."""
    before, after = map(re.escape, NUMBER.split(pattern.name, maxsplit=1))
    named = re.compile(f"{before}(\\d+){after}")
    return ((int(match[1]), path) for path in pattern.parent.iterdir() if (match := named.fullmatch(path.name)))


def by_pattern(pattern: Path, warn: Callable[[str], None]) -> list[Path]:
    """The pictures whose names are of a pattern such as `shot_%04d.png`, by number; gaps are a warning.

    Raises:
        InputError: there is none, or the folder cannot be read.
    """
    try:
        numbered = sorted(matching(pattern))
    except OSError as error:
        raise InputError(f"{pattern.parent} cannot be read: {error.strerror}") from error
    if not numbered:
        raise InputError(f"no picture is named like {pattern}")
    gaps = sum(after - before - 1 for (before, _), (after, _) in pairwise(numbered) if after > before)
    if gaps:
        warn(f"{gaps} numbers between {numbered[0][1].name} and {numbered[-1][1].name} are not there")
    return [path for _, path in numbered]
