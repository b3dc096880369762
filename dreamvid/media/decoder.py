"""The stored frames of a film file, decoded by ffmpeg from any of them on, each with its number."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import TypeVar

import numpy as np

from dreamvid.errors import FFmpegError
from dreamvid.media import ffmpeg
from dreamvid.media.base import ahead
from dreamvid.media.child import STAMPS, TIMEOUT, Reader
from dreamvid.media.probe import Facts, Key
from dreamvid.media.timing import TOLERANCE, number_at, stamps_of

T = TypeVar("T")

# Seconds before a key at which decoding begins, since seeking is inexact in some formats.
_EARLIER = Fraction(1, 2)
_SLOWEST = 5.0  # frames decoded a second


@dataclass(frozen=True)
class Selection:
    """The frames to decode, and how their pixels are converted.

    Attributes:
        facts: what is known of the film.
        numbers: numbers of the stored frames to decode.
        before: ffmpeg's filters that also need the frames before the first one.
        after: ffmpeg's filters for the selected frames.
        pixel_format: ffmpeg's name of the output's pixel format, such as 'rgb24'.
        max_pixels: the most pixels that a frame may declare.
        options: ffmpeg's options for the decoder.
    """

    facts: Facts
    numbers: range
    before: tuple[str, ...]
    after: tuple[str, ...]
    pixel_format: str
    max_pixels: int
    options: tuple[str, ...] = ()


def key_for(facts: Facts, number: int) -> Key | None:
    """The key at which decoding must begin to give the same frame as from the beginning; None for the beginning.

    It is the last key but one before the frame. Frames around a key may refer to earlier frames (open groups of
    pictures), and with a gradual refresh the picture is complete only at the next key.
    """
    before = [key for key in facts.keys if key.shown <= facts.times[number]][-2:-1]
    return before[0] if before and before[0].decoded > _EARLIER else None


def decode(
    selection: Selection, key: Key | None, convert: Callable[[np.ndarray], T]
) -> tuple[Reader, Generator[tuple[int, T], None, None]]:
    """Starts ffmpeg.

    Args:
        selection: what is decoded.
        key: where decoding begins; None for the film's beginning.
        convert: is given each frame's pixels, in a thread of its own.

    Returns:
        What runs, and the frames with their numbers, in order. If decoding began after the key frame, there are no
        frames. A caller that does not take all frames must close the iterator.

    Raises:
        FFmpegError: ffmpeg is missing; from the iterator, it was killed, or gave no frame for very long.
    """
    child = Reader(_arguments(selection, key))
    numbers = _by_time(child, selection, key) if selection.facts.exact else count(selection.numbers.start)

    def read() -> tuple[int, T] | None:
        pixels = child.read()
        if pixels is None:
            child.check_alive(selection.facts.path)
            return None
        number = next(numbers, None)
        return None if number is None else (number, convert(pixels))

    return child, _watched(selection, ahead(read, child.close, _timeout(selection)))


def _timeout(selection: Selection) -> float:
    """Seconds to wait for a frame; all frames before the first one may have to be decoded."""
    return TIMEOUT + selection.numbers.start / _SLOWEST


def _watched(selection: Selection, frames: Iterator[T]) -> Generator[T, None, None]:
    try:
        yield from frames
    except TimeoutError as error:
        path, seconds = selection.facts.path, _timeout(selection)
        raise FFmpegError(f"ffmpeg gave no frame of {path} for {seconds:g} seconds") from error


def _arguments(selection: Selection, key: Key | None) -> list[str]:
    facts = selection.facts
    options = list(selection.options)
    if key is not None:
        begin = key.decoded + facts.origin - facts.begin - _EARLIER
        options += ["-noaccurate_seek", "-ss", f"{float(begin):.6f}"]
    opening = ffmpeg.reading(facts.path, *options, max_pixels=selection.max_pixels)
    steps = [*selection.before, *_trim(selection), *selection.after]
    return ["-copyts", *opening, "-map", facts.stream, "-vf", ",".join(steps), "-fps_mode", "passthrough",
            "-enc_time_base", "1:1000000", "-pix_fmt", selection.pixel_format]


def _trim(selection: Selection) -> list[str]:
    if not selection.facts.exact:
        return [f"trim=start_frame={selection.numbers.start}:end_frame={selection.numbers.stop}"]
    begin, end = _limits(selection)
    return [STAMPS, f"trim=start_pts={begin}:end_pts={end}"]


def _limits(selection: Selection) -> tuple[int, int]:
    """The first stamp of the wanted frames, and the stamp after the last."""
    times, origin = selection.facts.times, selection.facts.origin
    first, last = stamps_of([times[selection.numbers.start] + origin, times[selection.numbers.stop - 1] + origin])
    return first - TOLERANCE, last + TOLERANCE


def _by_time(child: Reader, selection: Selection, key: Key | None) -> Iterator[int]:
    """The number of each decoded frame, found by its time. It is empty if decoding began after the key."""
    origin = selection.facts.origin
    stamps = stamps_of([time + origin for time in selection.facts.times])
    begin, end = _limits(selection)
    latest = None if key is None else stamps_of([key.shown + origin])[0] + TOLERANCE
    for stamp in iter(child.stamp, None):
        if latest is not None and stamp > latest:
            return
        latest = None  # only the first one counts
        if begin <= stamp < end:
            yield number_at(stamps, stamp)
