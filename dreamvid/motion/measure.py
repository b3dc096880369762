"""The measures of `dreamvid measure` and of the benchmarks: how coherent a film is, and how well a loop closes.

A loop is measured by the step from its last frame to its first, compared with the steps between other neighbours. A
steady camera movement hides a jump, since every step is large. If such a movement is found, each frame is first moved
to the position of the next, and only the remaining difference is measured.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image, Map, size_of, to_uint8, within
from dreamvid.filters import resize
from dreamvid.motion.ghosts import SIDE as GHOST_SIDE
from dreamvid.motion.ghosts import ghosts
from dreamvid.motion.warp import warp


def warping_error(frame: Image, before: Image, flow: Flow, confidence: Map) -> float:
    """The mean squared difference between a frame and the previous one moved along the flow, for images in [0, 1].

    Only pixels with a confidence over 0.5 count; if there are none, the error is 0. The measure is that of Lai et al.,
    "Learning Blind Video Temporal Consistency" (2018).

    Args:
        frame: a frame of the measured film.
        before: the previous frame of that film.
        flow: the flow of the source from this frame to the previous one.
        confidence: the confidence of that flow.
    """
    seen = confidence > 0.5
    if not seen.any():
        return 0.0
    return float(np.mean(np.square(frame - warp(before, flow, "replicate"))[seen]))


def sharpness(image: Image) -> float:
    """The mean magnitude of the luma gradient, per pixel, for values in [0, 1]."""
    rows, columns = np.gradient(luma_of(image))
    return float(np.mean(np.hypot(rows, columns)))


def clipped(image: Image) -> float:
    """The share of values that become 0 or 255 when they are written with 8 bits."""
    return float(np.mean((image < 0.5 / 255) | (image > 254.5 / 255)))


def luma_of(image: Image) -> NDArray[np.float32]:
    """The luma (ITU-R BT.601), shape (height, width)."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.float32)


def colourfulness(image: Image) -> float:
    """How colourful an image is: Hasler and Süsstrunk, "Measuring Colourfulness in Natural Images" (2003)."""
    red, green, blue = (image[..., channel].astype(np.float64) for channel in range(3))
    across, along = red - green, (red + green) / 2 - blue
    return float(np.hypot(across.std(), along.std()) + 0.3 * np.hypot(across.mean(), along.mean()))


CLOSES = 1.1
"""A loop closes if the step from its last frame to its first is at most this many times the median step, or the larger
of the steps beside it."""
JUMPS = 2.0
"""A step of more than this many times the median step is a jump."""
GHOSTS, UNUSUAL = 0.5, 2.0
"""A frame is a ghost if its share is more than this, and this many times the usual share: a pulse fades mostly."""

_SIDE = 240  # pixels; enough to find the camera
# The camera's motion is removed if this leaves at most 0.8 of the difference in at least 0.9 of the steps.
_LESS, _MOST = 0.8, 0.9
_MARGIN = 0.06  # share of the frame at each edge that is left out, since the camera brings in new content there


@dataclass(frozen=True)
class Closing:
    """The steps of a loop: root of the mean squared difference, of values in [0, 1].

    Attributes:
        frames: how many frames the loop has.
        last: from the last frame to the first.
        beside: the larger of the steps before and after that.
        median, largest: of the steps from each frame to the next.
        steady: whether a steady camera movement was found and removed.
        ghosts: the largest share of a frame's changes that shows two pictures at once; see `motion.ghosts`.
        usual_ghosts: the share that three quarters of the frames do not exceed.
        ghost: the number of that frame, from 0.
    """

    frames: int
    last: float
    beside: float
    median: float
    largest: float
    steady: bool
    ghosts: float
    usual_ghosts: float
    ghost: int

    @property
    def last_jumps(self) -> bool:
        """Whether the last step is larger than usual."""
        return self.last > CLOSES * max(self.median, self.beside)

    @property
    def jumps(self) -> bool:
        """Whether the last step is larger than usual, or another step is a jump."""
        return self.last_jumps or self.largest > JUMPS * self.median

    @property
    def has_ghosts(self) -> bool:
        """Whether two pictures are seen at once somewhere."""
        return self.ghosts > max(GHOSTS, UNUSUAL * self.usual_ghosts)

    @property
    def closes(self) -> bool:
        """Whether the loop has neither jumps nor ghosts."""
        return not self.jumps and not self.has_ghosts


def measure_closing(film: Callable[[], Iterable[Image]]) -> Closing:
    """Measures a loop of at least three frames. Each call of `film` must return its frames, all of one size.

    Raises:
        ValueError: there are fewer than three frames.
    """
    plain = _steps(film(), None)
    if len(plain) < 3:
        raise ValueError(f"a loop has three frames at least; here are {len(plain)}")
    camera = _camera(film())
    moved = _steps(film(), camera) if camera is not None else plain
    steady = bool(np.mean(np.array(moved) <= _LESS * np.array(plain)) >= _MOST)
    steps = moved if steady else plain
    shares = ghosts([to_uint8(_small(image, GHOST_SIDE)) for image in film()])
    return Closing(
        frames=len(steps), last=steps[-1], beside=max(steps[-2], steps[0]), median=float(np.median(steps[:-1])),
        largest=max(steps[:-1]), steady=steady, ghosts=float(shares.max()),
        usual_ghosts=float(np.percentile(shares, 75)), ghost=int(shares.argmax()),
    )


def _around(film: Iterable[Image]) -> Iterator[tuple[Image, Image]]:
    """Each frame with the next one, the last with the first."""
    frames = iter(film)
    first = next(frames, None)
    if first is None:
        return

    def all_of_them() -> Iterator[Image]:
        yield first
        yield from frames
        yield first

    yield from pairwise(all_of_them())


def _steps(film: Iterable[Image], camera: NDArray[np.float64] | None) -> list[float]:
    return [_step(before, after, camera) for before, after in _around(film)]


def _step(before: Image, after: Image, camera: NDArray[np.float64] | None) -> float:
    size = size_of(after)
    if camera is not None:
        to_unit = np.diag([1 / max(size), 1 / max(size), 1])
        matrix = (np.linalg.inv(to_unit) @ np.vstack([camera, [0, 0, 1]]) @ to_unit)[:2]
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(before, matrix, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        before = np.asarray(moved, np.float32)
    y, x = round(size.height * _MARGIN), round(size.width * _MARGIN)
    difference = (after - before)[y:size.height - y, x:size.width - x]
    return float(np.sqrt(np.mean(np.square(difference))))


def _camera(film: Iterable[Image]) -> NDArray[np.float64] | None:
    """The median affine motion from a frame to the previous one, in units of the longer side, or None.

    The affine motion between each two is found by the enhanced correlation coefficient (Evangelidis and Psarakis,
    2008). The step from the last frame to the first is left out.
    """
    found = [move for before, after in list(_around(_small(image, _SIDE) for image in film))[:-1]
             if (move := _move(before, after)) is not None]
    return np.median(found, axis=0) if found else None


def _small(image: Image, side: int) -> Image:
    return resize(image, within(size_of(image), side))


def _move(before: Image, after: Image) -> NDArray[np.float64] | None:
    then, now = (cv2.cvtColor(to_uint8(image), cv2.COLOR_RGB2GRAY) for image in (before, after))
    try:
        _, matrix = cv2.findTransformECC(now, then, np.eye(2, 3, dtype=np.float32), cv2.MOTION_AFFINE)
    except cv2.error:  # nothing in common
        return None
    side = max(now.shape)
    return np.column_stack([matrix[:, :2], matrix[:, 2] / side]).astype(np.float64)
