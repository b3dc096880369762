"""Finds the cuts and the flashes of a clip, and so its scenes."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import cv2
import numpy as np
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from dreamvid.arrays import Bytes, Image, Size, from_uint8

SIDE = 256
"""Longest side, in pixels, of the analysed frames; larger ones give no better result."""

_AHEAD = 4
"""How many later frames are known when a frame is judged. A flash may last one frame less."""

_WINDOW = 2  # frames on each side with which the detector compares a change
_LEAST = 15.0  # the least change that is a cut, in levels of 255
_THUMB = Size(32, 18)
_STANDS_OUT = 2.0  # a cut is at least this many times the changes beside it; hues are unreliable in dark frames
_LIKE = 0.5  # after a flash, the difference from before it is at most this share of the difference from the flash
_FPS = 25.0  # any rate will do, since only frame numbers are used


class Link(Enum):
    """How two frames are linked: by motion (FLOW), by a flash (HOLD), or not at all, since a cut lies between (CUT)."""

    FLOW = "flow"
    HOLD = "hold"
    CUT = "cut"


@dataclass(frozen=True)
class Scene:
    """The frames between two cuts.

    Attributes:
        first: the number of its first frame.
        stop: the number after that of its last frame.
        held: the numbers, in order, of its frames that are a flash or come directly after one.
    """

    first: int
    stop: int
    held: tuple[int, ...] = ()

    def flashes(self, n: int) -> bool:
        """Whether frame n is a flash."""
        return n in self.held and n + 1 in self.held


def scan(frames: Iterable[Bytes], *, find: bool = True) -> tuple[Scene, ...]:
    """Divides a clip into scenes.

    A cut is a change that is much larger than those before and after it (PySceneDetect's adaptive detector), so fades
    and fast camera movements are not cuts. A change that is undone within a few frames is a flash.

    Args:
        frames: all frames in order, uint8 (height, width, 3) RGB; `SIDE` pixels are enough for the longer side.
        find: whether to look for cuts; if not, all frames are one scene.

    Returns:
        Scenes that follow each other without a gap, from frame 0 to the last; none if there is no frame.
    """
    judge, count = _Judge(), 0
    for frame in frames:
        count += 1
        if find:
            judge.look(frame)
    judge.end()
    cuts = [0, *sorted(judge.cuts), count] if count else []
    held = sorted(judge.held)
    return tuple(Scene(first, stop, tuple(held[bisect_left(held, first) : bisect_left(held, stop)]))
                 for first, stop in pairwise(cuts))


class _Judge:
    """Judges frames, each when the next `_AHEAD` frames are known.

    Attributes:
        cuts: the frames found so far that begin a scene, without frame 0.
        held: the frames that are a flash or come directly after one.
    """

    def __init__(self) -> None:
        self.cuts: set[int] = set()
        self.held: set[int] = set()
        self._detector = AdaptiveDetector(min_scene_len=1, window_width=_WINDOW, min_content_val=_LEAST)
        self._fed = 0
        self._seen = 0
        self._judged = 0
        self._last: Bytes | None = None
        self._changes: set[int] = set()
        self._thumbs: dict[int, Image] = {}

    def look(self, frame: Bytes) -> None:
        """Adds the next frame, and judges the one `_AHEAD` frames before it."""
        # The detector judges only frames with neighbours on both sides, so the first and last frame are repeated.
        if not self._seen:
            self._feed(frame, times=_WINDOW)
        self._feed(frame, times=1)
        thumb = cv2.resize(frame, _THUMB, interpolation=cv2.INTER_AREA)
        self._thumbs[self._seen] = from_uint8(np.asarray(thumb, np.uint8))
        self._thumbs.pop(self._seen - 2 * _AHEAD, None)
        self._last = frame
        self._seen += 1
        if self._seen > _AHEAD:
            self._judge_next()

    def end(self) -> None:
        """Judges the last frames."""
        if self._last is not None:
            self._feed(self._last, times=_WINDOW)
        while self._judged < self._seen:
            self._judge_next()

    def _feed(self, frame: Bytes, *, times: int) -> None:
        pixels = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
        for _ in range(times):
            found = self._detector.process_frame(FrameTimecode(self._fed, _FPS), pixels)
            self._changes.update(code.frame_num - _WINDOW for code in found)
            self._fed += 1

    def _judge_next(self) -> None:
        n = self._judged
        self._judged += 1
        if n in self._changes and n > 0 and n not in self.held:
            back = self._end_of_flash(n)
            if back is not None:
                self.held.update(range(n, back + 1))
            elif self._stands_out(n):
                self.cuts.add(n)
        self._changes.discard(n)

    def _stands_out(self, n: int) -> bool:
        """Whether a change is much larger than those beside it, unlike a step of a fade."""
        beside = max(self._change(n - 1), self._change(n + 1))
        return self._change(n) > _STANDS_OUT * beside

    def _change(self, n: int) -> float:
        """The difference between frame n and the previous one; 0 if one of them is missing."""
        before, now = self._thumbs.get(n - 1), self._thumbs.get(n)
        return 0.0 if before is None or now is None else _difference(now, before)

    def _end_of_flash(self, n: int) -> int | None:
        """The first frame after n that looks like the one before n; None if no frame within `_AHEAD` frames does."""
        before, flash = self._thumbs[n - 1], self._thumbs[n]
        for later in range(n + 1, min(n + _AHEAD, self._seen)):
            if _difference(self._thumbs[later], before) < _LIKE * _difference(self._thumbs[later], flash):
                return later
        return None


def _difference(one: Image, other: Image) -> float:
    return float(np.abs(one - other).mean())
