"""Measured motion: where each pixel was in another frame, how reliable that is, and pictures morphed along it."""

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

_SMALLEST = 32  # pixels; the estimator's coarsest level needs some
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
    """Where a pixel was seen in the frame before, and its motion is known: 1; elsewhere 0, with soft edges.

    Three things take the confidence away: the two flows, one after the other, do not lead back (Sundaram, Brox and
    Keutzer, 2010); the flow changes abruptly, as at the edges of moving objects, where it is least exact (as Ruder,
    Dosovitskiy and Brox, 2016, have it); and it leads out of the picture.
    """
    good = consistent(backward, forward) & ~motion_edges(backward) & inside(backward)
    return np.asarray(cv2.GaussianBlur(good.astype(np.float32), (0, 0), _SOFT), np.float32)


def consistent(backward: Flow, forward: Flow) -> NDArray[np.bool_]:
    """The forward-backward check: whether going back and forth again ends within a tolerance of the start."""
    there = warp(forward, backward, "replicate")
    return _squares(backward + there) <= 0.01 * (_squares(backward) + _squares(there)) + 0.5


def motion_edges(flow: Flow) -> NDArray[np.bool_]:
    """Where neighbouring pixels move so differently that an object must end there."""
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
    # A new estimator every time: it carries state from call to call.
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    # None, which its stubs lack, means that there is no first guess.
    flow = estimator.calc(start, end, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return np.ascontiguousarray(flow[:height, :width], np.float32)


def _squares(vectors: np.ndarray) -> np.ndarray:
    return np.einsum("ijk,ijk->ij", vectors, vectors)


class Numbered(NamedTuple):
    """A clip's frame with its number."""

    n: int
    image: Image


class Moved(NamedTuple):
    """A frame's motion since the last one that is dreamed; and to the next one, unless it is dreamed itself."""

    since: Motion | None
    onward: Motion | None


def tracked(
    groups: Iterable[list[Numbered]], link: Callable[[int, int], Link], before: Numbered | None = None
) -> Generator[list[tuple[Numbered, Moved]], None, None]:
    """The same frames, each with its motion, which is measured in a thread while the group before is in use.

    Args:
        groups: of a clip's frames, of which the last is dreamed.
        link: numbers of two frames → how the first follows the other. No motion is measured between two scenes, and
            none beside a flash, which stands still.
        before: the last frame that was dreamed before them, if there is one.
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


_SPREAD = 0.02  # of the longer side: width of the transition from reliable motion to none; a hard edge would tear
_NOTHING, _ENOUGH = 0.45, 0.7  # mean confidence up to which motion does not count, and from which it counts fully


class Morph:
    """The way from one picture to another of the same shape.

    Both are moved towards each other along the optical flow, and mixed. The flow at a place between them is combined
    of the two that are measured, as Jiang et al. have it ("Super SloMo", 2018). Where its confidence is
    low nothing is moved, and the mix is a plain one.

    Args:
        one, other: the pictures to measure the motion on: the frames themselves, or what they were dreamed of.
    """

    def __init__(self, one: Image, other: Image) -> None:
        forth, back = measure_motion(one, other), measure_motion(other, one)
        reliability = _ramp(float(min(forth.confidence.mean(), back.confidence.mean())))
        self._forth = _gentle(forth.flow, forth.confidence * np.float32(reliability))
        self._back = _gentle(back.flow, back.confidence * np.float32(reliability))

    def mixed(self, one: Image, other: Image, share: float) -> Image:
        """The picture that has a share, from 0 to 1, of the other; at 0 it is the one, at 1 the other."""
        s = np.float32(share)
        # A place x of `one` is found at x + forth in `other`; a place of `other` at x + back in `one`.
        to_one = np.asarray(s * s * self._back - s * (1 - s) * self._forth, np.float32)
        to_other = np.asarray((1 - s) * (1 - s) * self._forth - s * (1 - s) * self._back, np.float32)
        moved, met = warp(one, to_one, "replicate"), warp(other, to_other, "replicate")
        of_one, of_other = _weight(to_one, 1 - s), _weight(to_other, s)
        return np.asarray(((of_one * moved + of_other * met) / (of_one + of_other)).clip(0, 1), np.float32)


def _gentle(flow: Flow, confidence: Map) -> Flow:
    """The flow where its confidence is high; elsewhere that of the surroundings, and none far from such places."""
    sigma = _SPREAD * max(flow.shape)
    near = smooth(confidence, (sigma,))[..., np.newaxis]
    spread = smooth(flow * confidence[..., np.newaxis], (sigma,)) / np.maximum(near, np.float32(1e-3))
    kept = confidence[..., np.newaxis]
    return np.asarray(kept * flow + (1 - kept) * spread * np.minimum(1, 4 * near), np.float32)


def _weight(flow: Flow, share: np.float32) -> np.ndarray:
    """How much a picture counts that is moved so: its share, but nearly nothing where it has no such place."""
    return np.where(inside(flow), share, share * np.float32(0.01) + np.float32(1e-6))[..., np.newaxis]


def _ramp(confidence: float) -> float:
    """How much the motion counts, 0 to 1, by its mean confidence."""
    return float(np.clip((confidence - _NOTHING) / (_ENOUGH - _NOTHING), 0, 1))
