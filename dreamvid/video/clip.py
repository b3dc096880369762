"""The frames of a film file, decoded by ffmpeg beside the dreaming."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path

import numpy as np

from dreamvid.arrays import Image, Size, fit, from_uint8, from_uint16
from dreamvid.errors import FFmpegError, InputError, SettingError
from dreamvid.settings import MAX_PIXELS, SourceSettings
from dreamvid.video import ffmpeg
from dreamvid.video.ahead import ahead
from dreamvid.video.base import Source
from dreamvid.video.child import Reader
from dreamvid.video.encoder import PATIENCE
from dreamvid.video.probe import Facts, probe
from dreamvid.video.timing import rate_of
from dreamvid.video.tracks import Tracks

MAX_SIDE = 8192
"""Longest side of a film's frames, in pixels."""
MIN_SIDE = 16
"""Shortest side that is worth dreaming, in pixels."""

_HDR = ("smpte2084", "arib-std-b67")
# To linear light with white at 100 candela, to the smaller gamut, the lights compressed, and back to a display's curve.
_TONE_MAP = ("zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,"
             "tonemap=tonemap=hable:desat=0,zscale=transfer=bt709:range=pc,format=gbrp16le")
_TRANSPARENT = re.compile(r"yuva|rgba|argb|abgr|bgra|gbrap|ya|pal8")
_DEEP = re.compile(r"(p|x2..|gray|ya|y2)(9|10|12|14|16)|48|64|f32|f16|xyz")
# A film whose packets end so much before the time it states has lost its end; sound and picture differ by less.
_SHORT = Fraction(1, 2)
_LONGEST = 3600  # seconds of one frame; ffmpeg holds in memory all that it repeats
_SLOWEST = 5.0  # frames decoded a second


@dataclass(frozen=True)
class Window:
    """Which frames of a film are read: from `first`, counted from 0, up to but not including `stop`."""

    first: int
    stop: int


def window(total: int, fps: Fraction, values: SourceSettings) -> Window:
    """The frames that are shown from `start` on and before `end`, `frames` at most.

    Raises:
        SettingError: the start lies after the last of the `total` frames.
    """
    first = _frame_at(values.start, fps)
    stop = total if values.end is None else min(total, _frame_at(values.end, fps))
    if first >= total:
        raise SettingError(f"--start is {values.start:g}, but the clip ends after {float(total / fps):g} seconds")
    stop = max(stop, first + 1)
    return Window(first, stop if values.frames is None else min(stop, first + values.frames))


def _frame_at(seconds: float, fps: Fraction) -> int:
    """The first frame at or after a time; a time typed with few digits means the frame that it is nearest to."""
    return ceil(Fraction(seconds) * fps - Fraction(1, 20))


class Clip(Source):
    """A film file that ffmpeg can read; see `ffmpeg.FORMATS`.

    Args:
        path: the file.
        values: what is read of it.
        warn: gets one sentence for each thing worth knowing.
        max_pixels: the most that a frame may declare.

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
        self._window = window(self._total(own), self.fps, values)
        self.frames = self._window.stop - self._window.first
        self._say_what_is_unusual(steady)
        self._cut_off = self._frames_cut_off()

    @property
    def tracks(self) -> Tracks:
        """The sound and subtitles that belong to the frames."""
        facts, values = self._facts, self._values
        shown = (facts.times[0] if facts.times else Fraction(0)) + self._window.first / self.fps
        start = shown if self._window.first else Fraction(0)
        whole = values.end is None and values.frames is None
        return Tracks(
            facts.path, facts.tracks, begin=facts.begin, start=start, shown=shown,
            length=None if whole else shown - start + self.frames / self.fps, frames=self.frames,
        )

    def _total(self, own: Fraction) -> int:
        times = self._facts.times
        if not self._resampled or len(times) < 2:
            return max(1, len(times))
        return max(1, round((times[-1] - times[0] + 1 / own) * self.fps))

    def _say_what_is_unusual(self, steady: bool) -> None:
        facts, name = self._facts, self._facts.path.name
        if not steady:
            self._warn(f"{name} has a variable frame rate; it is made constant at {float(self.fps):g}")
        if facts.interlaced and not self._values.deinterlace:
            self._warn(f"{name} is interlaced; --deinterlace makes whole frames of its fields")
        if facts.transfer in _HDR and not can_tone_map():
            self._warn(f"{name} has a high dynamic range, which this ffmpeg cannot tone-map; it will look flat")

    def _frames_cut_off(self) -> int:
        """How many frames the file promises and does not hold."""
        facts = self._facts
        short = (facts.seconds or facts.ends) - facts.ends
        if short < _SHORT or self._values.end is not None or self._values.frames is not None:
            return 0
        if self._values.strict:
            raise InputError(f"{facts.path} is truncated: the last {float(short):.1f} seconds are missing")
        return round(short * self.fps)

    def __iter__(self) -> Iterator[Image]:
        picture = ["-map", self._facts.stream, "-vf", self._filters(), "-fps_mode", "passthrough"]
        opening = ffmpeg.reading(self._facts.path, max_pixels=self._max_pixels)
        child = Reader([*opening, *picture, "-pix_fmt", self._format()])
        count = 0
        # What lies before the first frame is decoded too.
        patience = PATIENCE + self._window.first / _SLOWEST
        try:
            for image in ahead(lambda: _image(child.read()), child.close, patience):
                count += 1
                yield image
        except TimeoutError as error:
            raise FFmpegError(f"ffmpeg gave no frame of {self._facts.path} for {patience:g} seconds") from error
        self._settle(child, count)

    def _settle(self, child: Reader, count: int) -> None:
        """At the end: what is missing, and why."""
        path, why = self._facts.path, next(iter(child.complaints), "")
        if child.status is not None and child.status < 0:
            raise FFmpegError(f"ffmpeg was ended by signal {-child.status} while it read {path}")
        if not count:
            raise InputError(f"{path} has no frame that can be decoded" + (f": {why}" if why else ""))
        self.lost = max(0, self.frames - count) + self._cut_off
        if not self.lost:
            return
        text = f"{path} is damaged: {self.lost} of {self.frames + self._cut_off} frames are missing"
        if self._values.strict:
            raise InputError(text)
        self._warn(text)

    def _format(self) -> str:
        return "rgb48be" if _DEEP.search(self._facts.pixel_format) else "rgb24"

    def _filters(self) -> str:
        """ffmpeg's filters, from the upright stored frame to the one that is wanted."""
        facts, steps = self._facts, []
        if self._values.deinterlace and facts.interlaced:
            steps.append("bwdif=mode=send_frame:deint=all")
        if self._resampled:
            steps.append(f"fps=fps={self.fps.numerator}/{self.fps.denominator}:round=near")
        steps.append(f"trim=start_frame={self._window.first}:end_frame={self._window.stop}")
        if _TRANSPARENT.match(facts.pixel_format):
            steps.append("format=gbrap,premultiply=inplace=1")
        if facts.transfer in _HDR and can_tone_map():
            steps.append(_TONE_MAP)
        matrix = "bt709" if facts.matrix == "unknown" and min(facts.size) >= 720 else "auto"
        steps.append(f"scale={self.size.width}:{self.size.height}:in_color_matrix={matrix}:out_range=pc:"
                     "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp")
        return ",".join(steps)


def _image(pixels: np.ndarray | None) -> Image | None:
    if pixels is None:
        return None
    return from_uint8(pixels) if pixels.dtype == np.uint8 else from_uint16(pixels)


def _check_times(facts: Facts) -> None:
    """Refuses a film whose times are so wrong that to fill its gaps would take for ever."""
    longest = max((after - before for before, after in pairwise(facts.times)), default=Fraction(0))
    if longest > _LONGEST:
        raise InputError(f"{facts.path} shows a frame for {float(longest):.0f} seconds, where {_LONGEST} are the most; "
                         "its times are damaged")


def can_tone_map() -> bool:
    """Whether this ffmpeg has the filters that a high dynamic range needs."""
    return {"zscale", "tonemap"} <= ffmpeg.filters()


def frame_size(facts: Facts, long_side: int | None) -> Size:
    """The size with square pixels; the side that is too short for that grows, so nothing is lost.

    Raises:
        InputError: it is too large or too small.
    """
    width, height = facts.size
    shape = facts.pixel_shape
    square = Size(round(width * shape), height) if shape >= 1 else Size(width, round(height / shape))
    size = square if long_side is None else fit(square, long_side)
    if max(size) > MAX_SIDE:
        raise InputError(f"{facts.path} is {square} pixels; a side may have {MAX_SIDE} at most: "
                         f"--size {MAX_SIDE}, or less, makes it smaller")
    if min(size) < MIN_SIDE:
        raise InputError(f"{facts.path} gives frames of {size} pixels; a side must have {MIN_SIDE} at least")
    return size
