"""Measured motion: the optical flow between two frames, its confidence, and morphs along it."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image, Map, Size, size_of, to_uint8
from dreamvid.frame import Motion
from dreamvid.motion.scenes import Link

_HALF = 2
_SMALLEST = 32  # pixels; the estimator's coarsest level needs a minimum size
_SOFT = 0.75  # sigma in pixels: a hard edge of confidence would be dreamed as an edge of the picture


def no_motion(size: Size) -> Motion:
    """The motion of a frame that stands still, of full confidence."""
    shape = (size.height, size.width)
    return Motion(np.zeros((*shape, 2), np.float32), np.ones(shape, np.float32))


class Flows(NamedTuple):
    """The flows between two frames, at half their size and in its pixels: `back` to the other frame, and `forth`."""

    back: Flow
    forth: Flow

    def motion(self, size: Size) -> Motion:
        """The motion between the frames, which are of this size."""
        confidence, half = confidence_of(self.back, self.forth, _HALF), size_of(self.back)
        larger = np.array([size.width / half.width, size.height / half.height], np.float32)
        flow, whole = (cv2.resize(values, size, interpolation=cv2.INTER_LINEAR) for values in (self.back, confidence))
        return Motion(np.asarray(flow * larger, np.float32), np.asarray(whole, np.float32))

    def reversed(self) -> "Flows":
        """The flows from the other frame."""
        return Flows(self.forth, self.back)

    def then(self, other: "Flows") -> "Flows":
        """The flows by way of the other frame, on to one whose flows from there are `other`."""
        return Flows(self.back + _along(other.back, self.back), other.forth + _along(self.forth, other.forth))


def measure_motion(frame: Image, before: Image) -> Motion:
    """The motion from the frame before to this one, both of the same shape.

    The estimator is OpenCV's Dense Inverse Search (Kroeger et al., 2016). It runs both ways; the same frames give the
    same flow.
    """
    return measure_flows(frame, before).motion(size_of(frame))


def measure_flows(frame: Image, before: Image) -> Flows:
    """The flows from this frame to the one before, and back."""
    now, then = _grey(frame), _grey(before)
    return Flows(_dense_flow(now, then), _dense_flow(then, now))


def confidence_of(backward: Flow, forward: Flow, unit: float = 1.0) -> Map:
    """1 where a pixel was visible in the previous frame and its motion is reliable, 0 elsewhere, with soft edges.

    The confidence is 0 where the two flows, one after the other, do not lead back to the start (Sundaram, Brox and
    Keutzer, 2010); where the flow changes abruptly, as at the edges of moving objects, since it is inaccurate there
    (Ruder, Dosovitskiy and Brox, 2016); and where it leads out of the picture.

    Args:
        backward, forward: the flows, in their own pixels.
        unit: the number of the frame's pixels along one pixel of the flows.
    """
    good = consistent(backward, forward, unit) & ~motion_edges(backward, unit) & inside(backward)
    return np.asarray(cv2.GaussianBlur(good.astype(np.float32), (0, 0), _SOFT / unit), np.float32)


def consistent(backward: Flow, forward: Flow, unit: float = 1.0) -> NDArray[np.bool_]:
    """The forward-backward check: whether both flows, one after the other, end within a tolerance of the start."""
    there = _along(forward, backward)
    return _squares(backward + there) <= 0.01 * (_squares(backward) + _squares(there)) + 0.5 / unit**2


def motion_edges(flow: Flow, unit: float = 1.0) -> NDArray[np.bool_]:
    """Where neighbouring pixels move so differently that there must be an object's edge."""
    rows, columns = np.gradient(flow, axis=(0, 1))
    return _squares(np.asarray(rows)) + _squares(np.asarray(columns)) > 0.01 * unit**2 * _squares(flow) + 0.002


def inside(flow: Flow) -> NDArray[np.bool_]:
    """Whether the flow leads to a place in the picture."""
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, np.newaxis]
    return (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)


def _grey(image: Image) -> np.ndarray:
    """The luma of an image at half its size, the finest size at which the estimator works."""
    grey, size = cv2.cvtColor(to_uint8(image), cv2.COLOR_RGB2GRAY), size_of(image)
    return cv2.resize(grey, (-(-size.width // _HALF), -(-size.height // _HALF)), interpolation=cv2.INTER_AREA)


def _dense_flow(start: np.ndarray, end: np.ndarray) -> Flow:
    height, width = start.shape
    below, right = max(0, _SMALLEST - height), max(0, _SMALLEST - width)
    if below or right:
        start, end = (np.pad(grey, ((0, below), (0, right)), mode="edge") for grey in (start, end))
    # A new estimator for each call, since it keeps state.
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    estimator.setFinestScale(0)
    estimator.setGradientDescentIterations(12)  # more make no smaller error
    # None means no initial flow; the type stubs do not allow it.
    flow = estimator.calc(start, end, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.ascontiguousarray(flow[:height, :width], np.float32)


def _along(values: Flow, flow: Flow) -> Flow:
    """The values at the places to which a flow leads; linear interpolation is enough for smooth values."""
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, np.newaxis]
    return np.asarray(cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _squares(vectors: np.ndarray) -> np.ndarray:
    return np.einsum("ijk,ijk->ij", vectors, vectors)


class Numbered(NamedTuple):
    """A clip's frame with its number."""

    n: int
    image: Image


class Moved(NamedTuple):
    """A frame's motion since the last dreamed frame, and to the next one; `onward` is None if it is dreamed itself."""

    since: Motion | None
    onward: Motion | None


def tracked(
    groups: Iterable[list[Numbered]], link: Callable[[int, int], Link], before: Numbered | None = None
) -> Generator[list[tuple[Numbered, Moved]], None, None]:
    """Yields the same groups with the motion of each frame, measured in a thread while the previous group is used.

    Args:
        groups: groups of a clip's frames; the last frame of each group is dreamed.
        link: (number of a frame, number of another) → how they are linked. No motion is measured across a cut; beside a
            flash the motion is zero.
        before: the last dreamed frame before them, if there is one.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="motion") as thread:
        waiting: deque[tuple[list[Numbered], Future[list[Moved]]]] = deque()
        for group in groups:
            waiting.append((group, thread.submit(_moved, group, before, link)))
            before = group[-1]
            if len(waiting) > 1:
                ready, moves = waiting.popleft()
                yield list(zip(ready, moves.result(), strict=True))
        for ready, moves in waiting:
            yield list(zip(ready, moves.result(), strict=True))


def _moved(group: list[Numbered], before: Numbered | None, link: Callable[[int, int], Link]) -> list[Moved]:
    *between, after = group
    found: dict[tuple[int, int], Flows] = {}

    def flows(frame: Numbered, other: Numbered) -> Flows:
        """The flows between two frames: those by way of the frame in the middle, if they are known, or measured."""
        middle = between[len(between) // 2].n if between and frame is after else -1
        if {(middle, frame.n), (middle, other.n)} <= found.keys():
            return found[middle, frame.n].reversed().then(found[middle, other.n])
        found[frame.n, other.n] = measure_flows(frame.image, other.image)
        return found[frame.n, other.n]

    def motion(frame: Numbered, other: Numbered | None) -> Motion | None:
        how = Link.CUT if other is None else link(frame.n, other.n)
        if other is None or how is Link.CUT:
            return None
        size = size_of(frame.image)
        return no_motion(size) if how is Link.HOLD else flows(frame, other).motion(size)

    moved = [Moved(motion(frame, before), motion(frame, after)) for frame in between]
    return [*moved, Moved(motion(after, before), None)]
