"""Scenes: how each frame of a clip follows the one before it."""

from collections import deque
from collections.abc import Generator, Iterable
from enum import Enum

import cv2
import numpy as np
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from dreamvid.arrays import Image, Size, fit, size_of, to_uint8
from dreamvid.filters import resize

_AHEAD = 4
"""Frames that are looked at before one is judged; so a flash may last one frame less."""

_WINDOW = 2  # frames on both sides that the detector compares a change with
_LEAST = 15.0  # the detector's least change of a cut, in levels of 255
_SIDE = 256  # longest side of the pictures that the detector sees; larger ones tell it no more
_THUMB = Size(32, 18)
_STANDS_OUT = 2.0  # how much larger a cut is than the changes beside it; the detector's hues mislead it in the dark
_LIKE = 0.5  # how much more alike the frames around a flash are than either is to the flash
_FPS = 25.0  # any rate: the detector is only asked for frame numbers


class Link(Enum):
    """How a frame follows the one before: it moved on; it is a flash or comes after one; or a new scene begins."""

    FLOW = "flow"
    HOLD = "hold"
    CUT = "cut"


class Scenes:
    """Watches the frames of a clip on their way, a few ahead, and tells how each follows the one before.

    Cuts are changes that stand out from those before and after (PySceneDetect's adaptive detector), so neither a fade
    nor a fast camera is one. A change that is undone within a few frames is a flash.

    Args:
        find: whether cuts are looked for at all. The first frame begins a scene in any case.
    """

    def __init__(self, *, find: bool = True) -> None:
        self._find = find
        self._detector = AdaptiveDetector(min_scene_len=1, window_width=_WINDOW, min_content_val=_LEAST)
        self._seen = 0
        self._fed = 0
        self._changes: set[int] = set()
        self._thumbs: dict[int, np.ndarray] = {}
        self._links: dict[int, Link] = {0: Link.CUT}

    def link(self, n: int) -> Link:
        """How frame n, counted from 0, which `watch` has given out, follows frame n - 1."""
        return self._links.get(n, Link.FLOW)

    def watch(self, frames: Iterable[Image]) -> Generator[Image, None, None]:
        """The same frames; each is given out when enough after it are known to judge it."""
        if not self._find:
            yield from frames
            return
        waiting: deque[Image] = deque()
        given = 0
        for frame in frames:
            self._look(frame)
            waiting.append(frame)
            if len(waiting) > _AHEAD:
                self._judge(given)
                yield waiting.popleft()
                given += 1
        if waiting:
            self._feed(waiting[-1], times=_WINDOW)
        for n, frame in enumerate(waiting, given):
            self._judge(n)
            yield frame

    def _look(self, frame: Image) -> None:
        # The detector judges only what has neighbours on both sides, so the ends are repeated.
        if not self._seen:
            self._feed(frame, times=_WINDOW)
        self._feed(frame, times=1)
        self._thumbs[self._seen] = resize(frame, _THUMB)
        self._thumbs.pop(self._seen - 2 * _AHEAD, None)
        self._seen += 1

    def _feed(self, frame: Image, *, times: int) -> None:
        long_side = min(_SIDE, max(size_of(frame)))
        small = cv2.cvtColor(to_uint8(resize(frame, fit(size_of(frame), long_side))), cv2.COLOR_RGB2BGR)
        for _ in range(times):
            found = self._detector.process_frame(FrameTimecode(self._fed, _FPS), small)
            self._changes.update(code.frame_num - _WINDOW for code in found)
            self._fed += 1

    def _judge(self, n: int) -> None:
        if n in self._changes and n not in self._links:
            back = self._end_of_flash(n)
            if back is not None:
                self._links.update(dict.fromkeys(range(n, back + 1), Link.HOLD))
            elif self._stands_out(n):
                self._links[n] = Link.CUT
        self._changes.discard(n)

    def _stands_out(self, n: int) -> bool:
        """Whether a change is larger than those beside it, as no step of a fade is."""
        beside = max(self._change(n - 1), self._change(n + 1))
        return self._change(n) > _STANDS_OUT * beside

    def _change(self, n: int) -> float:
        """How different frame n is from the one before; 0 where there are not both."""
        before, now = self._thumbs.get(n - 1), self._thumbs.get(n)
        return 0.0 if before is None or now is None else _difference(now, before)

    def _end_of_flash(self, n: int) -> int | None:
        """The frame in which the picture of before frame n is back; None if it does not come back soon."""
        before, flash = self._thumbs[n - 1], self._thumbs[n]
        for later in range(n + 1, min(n + _AHEAD, self._seen)):
            if _difference(self._thumbs[later], before) < _LIKE * _difference(self._thumbs[later], flash):
                return later
        return None


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())
