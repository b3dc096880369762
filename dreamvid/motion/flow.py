"""Measured motion: the optical flow between two frames, its confidence, and morphs along it."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Flow, Image, Map, Size, size_of, to_uint8
from dreamvid.filters import smooth
from dreamvid.frame import Motion
from dreamvid.motion.scenes import Link
from dreamvid.motion.warp import warp

_SMALLEST = 32  # pixels; the estimator's coarsest level needs a minimum size
_SOFT = 0.75  # sigma in pixels: a hard edge of confidence would be dreamed as an edge of the picture


def no_motion(size: Size) -> Motion:
    """The motion of a frame that stands still, of full confidence."""
    shape = (size.height, size.width)
    return Motion(np.zeros((*shape, 2), np.float32), np.ones(shape, np.float32))


def measure_motion(frame: Image, before: Image) -> Motion:
    """The motion from the frame before to this one, both of the same shape.

    The estimator is OpenCV's Dense Inverse Search (Kroeger et al., 2016). It runs both ways; the same frames give the
    same flow.
    """
    now, then = _grey(frame), _grey(before)
    backward, forward = _dense_flow(now, then), _dense_flow(then, now)
    return Motion(backward, confidence_of(backward, forward))


def confidence_of(backward: Flow, forward: Flow) -> Map:
    """1 where a pixel was visible in the previous frame and its motion is reliable, 0 elsewhere, with soft edges.

    The confidence is 0 where the two flows, one after the other, do not lead back to the start (Sundaram, Brox and
    Keutzer, 2010); where the flow changes abruptly, as at the edges of moving objects, since it is inaccurate there
    (Ruder, Dosovitskiy and Brox, 2016); and where it leads out of the picture.
    """
    good = consistent(backward, forward) & ~motion_edges(backward) & inside(backward)
    return np.asarray(cv2.GaussianBlur(good.astype(np.float32), (0, 0), _SOFT), np.float32)


def consistent(backward: Flow, forward: Flow) -> NDArray[np.bool_]:
    """The forward-backward check: whether both flows, one after the other, end within a tolerance of the start."""
    there = warp(forward, backward, "replicate")
    return _squares(backward + there) <= 0.01 * (_squares(backward) + _squares(there)) + 0.5


def motion_edges(flow: Flow) -> NDArray[np.bool_]:
    """Where neighbouring pixels move so differently that there must be an object's edge."""
    rows, columns = np.gradient(flow, axis=(0, 1))
    return _squares(np.asarray(rows)) + _squares(np.asarray(columns)) > 0.01 * _squares(flow) + 0.002


def inside(flow: Flow) -> NDArray[np.bool_]:
    """Whether the flow leads to a place in the picture."""
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, np.newaxis]
    return (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)


def _grey(image: Image) -> np.ndarray:
    return cv2.cvtColor(to_uint8(image), cv2.COLOR_RGB2GRAY)


def _dense_flow(start: np.ndarray, end: np.ndarray) -> Flow:
    height, width = start.shape
    below, right = max(0, _SMALLEST - height), max(0, _SMALLEST - width)
    if below or right:
        start, end = (np.pad(grey, ((0, below), (0, right)), mode="edge") for grey in (start, end))
    # A new estimator for each call, since it keeps state.
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    # None means no initial flow; the type stubs do not allow it.
    flow = estimator.calc(start, end, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.ascontiguousarray(flow[:height, :width], np.float32)


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
    return [*(Moved(_motion(frame, before, link), _motion(frame, after, link)) for frame in between),
            Moved(_motion(after, before, link), None)]


def _motion(frame: Numbered, other: Numbered | None, link: Callable[[int, int], Link]) -> Motion | None:
    if other is None or (how := link(frame.n, other.n)) is Link.CUT:
        return None
    return no_motion(size_of(frame.image)) if how is Link.HOLD else measure_motion(frame.image, other.image)


_SPREAD = 0.02  # of the longer side: width of the transition between reliable motion and none; a hard edge would show
_NOTHING, _ENOUGH = 0.45, 0.7  # mean confidence up to which motion is ignored, and from which it is used fully


class Morph:
    """A morph from one picture to another of the same shape.

    Both are moved towards each other along the optical flow, and mixed. The flow at an intermediate time is combined
    from the two measured flows (Jiang et al., "Super SloMo", 2018). Where the confidence is low, the pictures are mixed
    without being moved.

    Args:
        one, other: the pictures on which the motion is measured: the frames themselves, or their sources.
    """

    def __init__(self, one: Image, other: Image) -> None:
        forth, back = measure_motion(one, other), measure_motion(other, one)
        reliability = _ramp(float(min(forth.confidence.mean(), back.confidence.mean())))
        self._forth = _gentle(forth.flow, forth.confidence * np.float32(reliability))
        self._back = _gentle(back.flow, back.confidence * np.float32(reliability))

    def mixed(self, one: Image, other: Image, share: float) -> Image:
        """The morph of two pictures: at `share` 0 it is `one`, at 1 it is `other`."""
        s = np.float32(share)
        # `forth` leads from pixels of `one` to `other`; `back` leads from pixels of `other` to `one`.
        to_one = np.asarray(s * s * self._back - s * (1 - s) * self._forth, np.float32)
        to_other = np.asarray((1 - s) * (1 - s) * self._forth - s * (1 - s) * self._back, np.float32)
        moved, met = warp(one, to_one, "replicate"), warp(other, to_other, "replicate")
        of_one, of_other = _weight(to_one, 1 - s), _weight(to_other, s)
        return np.asarray(((of_one * moved + of_other * met) / (of_one + of_other)).clip(0, 1), np.float32)


def _gentle(flow: Flow, confidence: Map) -> Flow:
    """The flow where its confidence is high; elsewhere that of the surroundings, which fades to zero with distance."""
    sigma = _SPREAD * max(flow.shape)
    near = smooth(confidence, (sigma,))[..., np.newaxis]
    spread = smooth(flow * confidence[..., np.newaxis], (sigma,)) / np.maximum(near, np.float32(1e-3))
    kept = confidence[..., np.newaxis]
    return np.asarray(kept * flow + (1 - kept) * spread * np.minimum(1, 4 * near), np.float32)


def _weight(flow: Flow, share: np.float32) -> np.ndarray:
    """The weight of a moved picture: its share, or nearly 0 where the flow leads out of the picture."""
    return np.where(inside(flow), share, share * np.float32(0.01) + np.float32(1e-6))[..., np.newaxis]


def _ramp(confidence: float) -> float:
    """The weight of the motion, 0 to 1, from its mean confidence."""
    return float(np.clip((confidence - _NOTHING) / (_ENOUGH - _NOTHING), 0, 1))
