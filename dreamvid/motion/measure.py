"""The measures of `dreamvid measure` and of the benchmarks: how coherent a film is, and how well a loop closes.

A loop is measured by the step from its last frame to its first, compared with the steps just before and after it. A
steady camera movement hides a jump, since every step is large. If such a movement is found, each frame is first moved
to the position of the next, and only the remaining difference is measured.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Bytes, Flow, Image, Map, size_of, to_uint8, within
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
"""A loop closes if the step from its last frame to its first is at most this many times as large as those around it, or
so much more unusual than the most unusual other step."""
JUMPS = 2.0
"""A step of more than this many times those around it is a jump wherever it is."""
GHOSTS, UNUSUAL = 0.5, 2.0
"""A frame is a ghost if its share is more than this, and this many times the usual share: a pulse fades mostly."""

_NEAR = 6  # steps on each side with which a step is compared
_UNSEEN = 0.5 / 255  # a step that nobody sees
_SIDE = 240  # pixels; enough to find the camera
# The camera's motion is removed if this leaves at most 0.8 of the difference in at least 0.9 of the steps.
_LESS, _MOST = 0.8, 0.9
_MARGIN = 0.06  # share of the frame at each edge that is left out, since the camera brings in new content there


@dataclass(frozen=True)
class Closing:
    """How a loop closes. A step is the root of the mean squared difference of two frames, of values in [0, 1].

    A jump is a step divided by the steps around it; see `jumps_of`. In a film that shakes or that suddenly moves, many
    steps are large, but each has others like it beside it.

    Attributes:
        frames: how many frames the loop has.
        last: the step from the last frame to the first.
        median: of the steps from each frame to the next.
        steady: whether a steady camera movement was found and removed.
        last_jump: the jump from the last frame to the first.
        other_jump: the largest jump elsewhere.
        jump: the number of the frame after that, from 0.
        ghosts: the largest share of a frame's changes that shows two pictures at once; see `motion.ghosts`.
        usual_ghosts: the share that three quarters of the frames do not exceed.
        ghost: the number of that frame, from 0.
    """

    frames: int
    last: float
    median: float
    steady: bool
    last_jump: float
    other_jump: float
    jump: int
    ghosts: float
    usual_ghosts: float
    ghost: int

    @property
    def last_jumps(self) -> bool:
        """Whether the picture jumps from the last frame to the first, more than elsewhere."""
        return self.last_jump > CLOSES * max(1, self.other_jump) or self.last_jump > JUMPS

    @property
    def jumps(self) -> bool:
        """Whether the picture jumps, at the end or elsewhere."""
        return self.last_jumps or self.other_jump > JUMPS

    @property
    def has_ghosts(self) -> bool:
        """Whether two pictures are seen at once somewhere."""
        return self.ghosts > max(GHOSTS, UNUSUAL * self.usual_ghosts)

    @property
    def closes(self) -> bool:
        """Whether the loop has neither jumps nor ghosts."""
        return not self.jumps and not self.has_ghosts


def measure_closing(film: Callable[[], Iterable[Image]]) -> Closing:
    """Measures a loop of at least three frames, which is read twice. Memory does not grow with its length.

    Args:
        film: each call returns its frames, all of one size.

    Raises:
        ValueError: there are fewer than three frames.
    """
    plain, camera = _steps_and_camera(film())
    if len(plain) < 3:
        raise ValueError(f"a loop has three frames at least; here are {len(plain)}")
    moved: list[float] = []

    def small_frames() -> Iterator[Bytes]:
        for before, after in _around(film()):
            if camera is not None:
                moved.append(_step(before, after, camera))
            yield to_uint8(_small(before, GHOST_SIDE))

    shares = ghosts(small_frames(), len(plain))
    steady = bool(moved) and bool(np.mean(np.array(moved) <= _LESS * np.array(plain)) >= _MOST)
    steps = moved if steady else plain
    *others, last = jumps_of(steps)
    return Closing(
        frames=len(steps), last=steps[-1], median=float(np.median(steps[:-1])), steady=steady, last_jump=last,
        other_jump=max(others), jump=int(np.argmax(others)) + 1, ghosts=float(shares.max()),
        usual_ghosts=float(np.percentile(shares, 75)), ghost=int(shares.argmax()),
    )


def jumps_of(steps: Sequence[float]) -> list[float]:
    """For each step of a loop, how many times larger it is than those around it.

    Compared are the six before it and the six after it; the larger of the two sides counts, since motion may begin or
    end there. Of each side the second largest step counts: a single wrong frame has two large steps.
    """
    near = max(1, min(_NEAR, (len(steps) - 1) // 2))
    rank = min(2, near)

    def jump(n: int) -> float:
        sides = (np.take(steps, range(first, first + near), mode="wrap") for first in (n - near, n + 1))
        return steps[n] / max(_UNSEEN, *(float(np.sort(side)[-rank]) for side in sides))

    return [jump(n) for n in range(len(steps))]


def _around(film: Iterable[Image]) -> Iterator[tuple[Image, Image]]:
    """Each frame with the next one, the last with the first."""
    frames = iter(film)
    first = list(islice(frames, 1))
    return pairwise(chain(first, frames, first))


def _steps_and_camera(film: Iterable[Image]) -> tuple[list[float], NDArray[np.float64] | None]:
    """The steps of a loop, and the median affine motion from a frame to the previous one; None if none is found.

    The motion is in units of the longer side. That between each two frames is found by the enhanced correlation
    coefficient (Evangelidis and Psarakis, 2008). From the last frame to the first there may be none.
    """
    steps, moves = [], []
    for before, after in _around(film):
        steps.append(_step(before, after, None))
        moves.append(_move(_small(before, _SIDE), _small(after, _SIDE)))
    found = [move for move in moves[:-1] if move is not None]
    return steps, np.median(found, axis=0) if found else None


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
