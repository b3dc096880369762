"""The frames of a film file, decoded by ffmpeg in parallel with the dream."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from itertools import chain, pairwise
from math import ceil
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from dreamvid.arrays import Bytes, Image, Size, fit, from_uint8, from_uint16, within
from dreamvid.errors import InputError, SettingError, named
from dreamvid.media import ffmpeg
from dreamvid.media.base import Source
from dreamvid.media.child import Reader
from dreamvid.media.decoder import Selection, decode, key_for
from dreamvid.media.probe import Facts, probe
from dreamvid.media.sound import Tracks
from dreamvid.media.timing import frames_shown, has_holes, in_place, rate_of
from dreamvid.settings import MAX_PIXELS, SourceSettings

T = TypeVar("T")

MAX_SIDE = 8192
"""Longest side of a film's frames, in pixels."""
MIN_SIDE = 16
"""Shortest side that is worth dreaming, in pixels."""

# In these formats a missing frame was always lost, even if ffmpeg does not report it.
_STEADY = ("mpegts", "mpeg")
_HDR = ("smpte2084", "arib-std-b67")
# To linear light with white at 100 cd/m², to the BT.709 gamut, highlights compressed, and back to a display's curve.
_TONE_MAP = ("zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,"
             "tonemap=tonemap=hable:desat=0,zscale=transfer=bt709:range=pc,format=gbrp16le")
_TRANSPARENT = re.compile(r"yuva|rgba|argb|abgr|bgra|gbrap|ya|pal8")
_DEEP = re.compile(r"(p|x2..|gray|ya|y2)(9|10|12|14|16)|48|64|f32|f16|xyz")
# If packets end this many seconds before the stated duration, the file is truncated; sound and picture differ by less.
_SHORT = Fraction(1, 2)
# For analysis, frames that no other refers to need no deblocking.
_ROUGHLY = ("-skip_loop_filter", "noref")
_LONGEST = 3600  # seconds that one frame may be shown, since ffmpeg keeps repeated frames in memory


def window(total: int, fps: Fraction, values: SourceSettings) -> range:
    """The numbers of the frames from `start` to before `end`, at most `frames` of them.

    Raises:
        SettingError: the start lies after the last of the `total` frames.
    """
    first = _frame_at(float(values.start), fps)
    stop = min(total, _frame_at(float(values.end), fps)) if values.end else total
    if first >= total:
        raise SettingError("start", values.start, f"the clip ends after {float(total / fps):g} seconds")
    stop = max(stop, first + 1)
    return range(first, min(stop, first + values.frames) if values.frames else stop)


def _frame_at(seconds: float, fps: Fraction) -> int:
    """The first frame at or after a time, with a tolerance of a twentieth of a frame for rounded times."""
    return ceil(Fraction(seconds) * fps - Fraction(1, 20))


class _Decoding(NamedTuple, Generic[T]):
    """A running ffmpeg, its first frame if there is one, and an iterator over the others; all with their numbers."""

    child: Reader
    head: list[tuple[int, T]]
    rest: Generator[tuple[int, T], None, None]


class Clip(Source):
    """A film file that ffmpeg can read; see `ffmpeg.FORMATS`.

    Args:
        path: the file.
        values: which frames are read, and how.
        warn: called with each warning, one sentence.
        max_pixels: the most pixels that a frame may declare.

    Raises:
        InputError, SettingError, FFmpegError: see `open_source`.
    """

    def __init__(self, path: Path, values: SourceSettings, warn: Callable[[str], None],
                 max_pixels: int = MAX_PIXELS) -> None:
        self._facts = facts = probe(path, max_pixels)
        self._max_pixels = max_pixels
        self._values = values
        _check_times(facts)
        self._warn = warn
        own, steady = rate_of(facts.times, facts.rate)
        self.fps = values.fps or own
        self._resampled = not steady or self.fps != own
        self.size = frame_size(facts, values.size)
        total = self._total(own)
        # Frame of the clip → number of the stored frame that it shows.
        self._shown = frames_shown(facts.times, self.fps, total) if self._resampled else range(total)
        self._has_holes = not steady and self.fps == own and has_holes(facts.times, own)
        self._is_cut_up = self._has_holes and facts.format in _STEADY
        self._warned = False
        self._window = window(total, self.fps, values)
        self.frames = len(self._window)
        self._warn_of_unusual(steady)
        self._cut_off = self._frames_cut_off()

    @property
    def tracks(self) -> Tracks:
        """The sound and subtitles that belong to the frames."""
        facts, values = self._facts, self._values
        shown = (facts.times[0] if facts.times else Fraction(0)) + self._window.start / self.fps
        start = shown if self._window.start else Fraction(0)
        whole = not values.end and not values.frames
        return Tracks(
            facts.path, facts.tracks, begin=facts.begin, start=start, shown=shown,
            length=None if whole else shown - start + self.frames / self.fps, frames=self.frames,
        )

    def _total(self, own: Fraction) -> int:
        times = self._facts.times
        if not self._resampled or len(times) < 2:
            return max(1, len(times))
        return max(1, round((times[-1] - times[0] + 1 / own) * self.fps))

    def _warn_of_unusual(self, steady: bool) -> None:
        facts, name = self._facts, self._facts.path.name
        if not steady and not self._is_cut_up:
            self._warn(f"{name} has a variable frame rate; it is made constant at {float(self.fps):g}")
        if facts.interlaced and not self._values.deinterlace:
            self._warn(f"{name} is interlaced; the setting deinterlace makes whole frames of its fields")
        if facts.transfer in _HDR and not can_tone_map():
            self._warn(f"{name} has a high dynamic range, which this ffmpeg cannot tone-map; it will look flat")

    def _frames_cut_off(self) -> int:
        """How many frames are missing at the end, according to the stated duration."""
        facts = self._facts
        short = (facts.seconds or facts.ends) - facts.ends
        if short < _SHORT or self._values.end or self._values.frames:
            return 0
        if self._values.strict:
            raise InputError(f"{facts.path} is truncated: the last {float(short):.1f} seconds are missing")
        return round(short * self.fps)

    def read(self, first: int = 0) -> Iterator[Image]:
        return self._film(first, self._selection(self._deinterlacing(), self._steps(self.size), self._format()), _image)

    def small(self, long_side: int) -> Iterator[Bytes]:
        size = within(self.size, long_side)
        # Scaling first makes all later filters cheap. It also merges fields into whole frames.
        steps = (f"scale={size.width}:{size.height}:flags=area", *self._steps(size))
        return self._film(0, self._selection((), steps, "rgb24", _ROUGHLY), lambda pixels: pixels)

    def _selection(
        self, before: tuple[str, ...], after: tuple[str, ...], pixel_format: str, options: tuple[str, ...] = ()
    ) -> Selection:
        return Selection(self._facts, range(len(self._shown)), before, after, pixel_format, self._max_pixels, options)

    def _film(self, first: int, selection: Selection, convert: Callable[[np.ndarray], T]) -> Iterator[T]:
        """The frames from number `first` on, each at its place."""
        self.lost = count = 0
        wanted = self._shown[self._window.start + first : self._window.stop]
        if not wanted:
            return
        child, head, rest = _begun(replace(selection, numbers=range(wanted[0], wanted[-1] + 1)), convert)
        with closing(rest):
            before = -1
            placed = in_place(chain(head, rest), wanted, whole=self._facts.exact)
            for number, (own, frame) in zip(wanted, placed, strict=False):
                missing = own != number or (self._has_holes and number == before)
                # A frame that is missing without an error message of ffmpeg was not meant to be shown.
                if missing and (child.messages or self._is_cut_up):
                    self._lose(first + count)
                before = number
                count += 1
                yield frame
        self._settle(child, count, len(wanted))

    def _lose(self, number: int) -> None:
        if self._values.strict:
            raise InputError(f"{self._facts.path} is damaged: frame {number} is missing")
        self.lost += 1

    def _settle(self, child: Reader, count: int, wanted: int) -> None:
        """At the end, counts the missing frames, and warns or raises."""
        path, why = self._facts.path, next(iter(child.messages), "")
        if not count:
            raise InputError(f"{path} has no frame that can be decoded" + (f": {why}" if why else ""))
        if count < wanted:
            self._lose(count)
            self.lost += wanted - count - 1
        self.lost += self._cut_off
        if self.lost and not self._warned:
            self._warn(f"{path} is damaged: {self.lost} of {wanted + self._cut_off} frames are missing")
            self._warned = True

    def _format(self) -> str:
        return "rgb48be" if _DEEP.search(self._facts.pixel_format) else "rgb24"

    def _deinterlacing(self) -> tuple[str, ...]:
        """ffmpeg's filters that make whole frames out of fields."""
        return ("bwdif=mode=send_frame:deint=all",) if self._values.deinterlace and self._facts.interlaced else ()

    def _steps(self, size: Size) -> tuple[str, ...]:
        """ffmpeg's filters from the upright stored frame to the requested size and colours."""
        facts, steps = self._facts, list[str]()
        if _TRANSPARENT.match(facts.pixel_format):
            steps.append("format=gbrap,premultiply=inplace=1")
        if facts.transfer in _HDR and can_tone_map():
            steps.append(_TONE_MAP)
        matrix = "bt709" if facts.matrix == "unknown" and min(facts.size) >= 720 else "auto"
        steps.append(f"scale={size.width}:{size.height}:in_color_matrix={matrix}:out_range=pc:"
                     "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp")
        return tuple(steps)


def _begun(selection: Selection, convert: Callable[[np.ndarray], T]) -> _Decoding[T]:
    """Starts decoding near the first wanted frame, or at the film's beginning if that frame is not found there."""
    first = selection.numbers.start
    for numbers, key in ((selection.numbers, key_for(selection.facts, first)), (range(selection.numbers.stop), None)):
        child, frames = decode(replace(selection, numbers=numbers), key, convert)
        head = next(frames, None)
        if numbers.start == 0 or not selection.facts.exact or (head is not None and head[0] == first):
            break
        frames.close()
    return _Decoding(child, [head] if head is not None else [], frames)


def _image(pixels: np.ndarray) -> Image:
    return from_uint8(pixels) if pixels.dtype == np.uint8 else from_uint16(pixels)


def _check_times(facts: Facts) -> None:
    """Refuses a film with a gap so long that its times must be damaged."""
    longest = max((after - before for before, after in pairwise(facts.times)), default=Fraction(0))
    if longest > _LONGEST:
        raise InputError(f"{facts.path} shows a frame for {float(longest):.0f} seconds, where {_LONGEST} are the most; "
                         "its times are damaged")


def can_tone_map() -> bool:
    """Whether this ffmpeg has the filters that a high dynamic range needs."""
    return {"zscale", "tonemap"} <= ffmpeg.filters()


def frame_size(facts: Facts, long_side: int) -> Size:
    """The size of frames with square pixels. `long_side` is the longer side; 0 keeps the file's size.

    If pixels are not square, the side that is too short grows, so no detail is lost.

    Raises:
        InputError: it is too large or too small.
    """
    width, height = facts.size
    shape = facts.pixel_shape
    square = Size(round(width * shape), height) if shape >= 1 else Size(width, round(height / shape))
    size = fit(square, long_side) if long_side else square
    if max(size) > MAX_SIDE:
        raise InputError(f"{facts.path} is {square} pixels; a side may have {MAX_SIDE} at most: "
                         f"{named('size')} {MAX_SIDE}, or less, makes it smaller")
    if min(size) < MIN_SIDE:
        raise InputError(f"{facts.path} gives frames of {size} pixels; a side must have {MIN_SIDE} at least")
    return size
