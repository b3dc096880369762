"""Morphs from one picture to another along the motion between them, and the best place for a loop to do so."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from dreamvid.arrays import Bytes, Flow, Image, Map, from_uint8, size_of, within
from dreamvid.filters import resize, smooth
from dreamvid.motion.flow import inside, measure_flows
from dreamvid.motion.warp import warp

_FULLY, _NOT = 0.75, 0.88  # share of the difference that remains along a flow: where it is used fully, and not at all
_ALIKE = 0.06  # difference of values in [0, 1] up to which two pictures may be mixed slowly
_NEAR = 0.01  # of the longer side: width over which that difference is averaged


class Morph:
    """A morph from one picture to another of the same shape.

    Both are moved towards each other along the optical flow, and mixed. The flow at an intermediate time is combined
    from the two measured flows (Jiang et al., "Super SloMo", 2018). If the flow leaves most of the difference, because
    the pictures have nothing in common, they are mixed without being moved. The confidence of the flow does not decide:
    a flow that is wrong by some pixels still moves a face much nearer to the other than it was.

    Args:
        one, other: the pictures on which the motion is measured: the frames themselves, or their sources.
    """

    def __init__(self, one: Image, other: Image) -> None:
        flows, size = measure_flows(one, other), size_of(one)
        self._forth, self._back = flows.motion(size).flow, flows.reversed().motion(size).flow
        self._ends = one, other
        apart = float(np.sqrt(np.mean(np.square(one - other))))
        use = np.float32(np.clip((_NOT - self.difference() / max(apart, 1e-9)) / (_NOT - _FULLY), 0, 1))
        self._forth, self._back = use * self._forth, use * self._back

    def mixed(self, one: Image, other: Image, share: float, quick: float = 1.0) -> Image:
        """The morph of two pictures: at `share` 0 it is `one`, at 1 it is `other`.

        Args:
            one, other: the pictures, of the shape of those on which the motion was measured.
            share: how far the morph has gone, from 0 to 1.
            quick: the part of the morph, from 0 to 1 and in its middle, in which places change that still differ when
                they are moved. A slow change would show both pictures there at once.
        """
        flows = self._flows(share)
        shares = np.float32(share) if quick == 1 else self._shares(flows, share, quick)
        moved, met = _moved((one, other), flows)
        of_one, of_other = _weight(flows[0], 1 - shares), _weight(flows[1], shares)
        return np.asarray(((of_one * moved + of_other * met) / (of_one + of_other)).clip(0, 1), np.float32)

    def difference(self) -> float:
        """The root of the mean squared difference between both pictures, each moved half the way to the other."""
        one, other = _moved(self._ends, self._flows(0.5))
        return float(np.sqrt(np.mean(np.square(one - other))))

    def _flows(self, share: float) -> tuple[Flow, Flow]:
        """The flows that move both pictures to the morph at `share`."""
        s = np.float32(share)
        # `forth` leads from pixels of `one` to `other`; `back` leads from pixels of `other` to `one`.
        return (np.asarray(s * s * self._back - s * (1 - s) * self._forth, np.float32),
                np.asarray((1 - s) * (1 - s) * self._forth - s * (1 - s) * self._back, np.float32))

    def _shares(self, flows: tuple[Flow, Flow], share: float, quick: float) -> Map:
        """The share of the other picture at each place."""
        one, other = _moved(self._ends, flows)
        apart = smooth(np.abs(one - other).max(axis=-1), (_NEAR * max(one.shape),))
        part = quick + (1 - quick) * np.exp(-np.square(apart / _ALIKE))
        return np.asarray(((share - 0.5) / part + 0.5).clip(0, 1), np.float32)


def _moved(pictures: tuple[Image, Image], flows: tuple[Flow, Flow]) -> tuple[Image, Image]:
    return warp(pictures[0], flows[0], "replicate"), warp(pictures[1], flows[1], "replicate")


def _weight(flow: Flow, share: np.float32 | Map) -> np.ndarray:
    """The weight of a moved picture: its share, or nearly 0 where the flow leads out of the picture."""
    return np.where(inside(flow), share, share * np.float32(0.01) + np.float32(1e-6))[..., np.newaxis]


class Seam(NamedTuple):
    """Where a loop of a clip closes: its frames `tail` + k turn into its frames `head` + k, for k below `length`."""

    head: int
    tail: int
    length: int

    @property
    def frames(self) -> int:
        """The number of pictures of the loop."""
        return self.tail - self.head


_SIDE = 96  # pixels of the pictures that are compared
_PLACES = 12  # places near each end that are tried
_COMPARED = 24  # pairs of places that are compared along the motion: those that are most alike without it
_AS_GOOD = 1.05  # of the least difference: of all pairs up to this, the one of the longest loop is chosen
_LEAST = 3  # a loop keeps at least a third of the clip


def find_seam(frames: Iterable[Bytes], total: int, reach: int, length: int) -> Seam:
    """Finds where the end of a clip is most like its beginning.

    Pairs of places are compared by the mean difference of their frames; the best of them by the difference that remains
    in the middle of a morph.

    Args:
        frames: all frames of the clip, uint8 (height, width, 3) RGB.
        total: number of frames.
        reach: number of frames at each end in which the seam may lie, at most half of `total`.
        length: number of frames of the seam, at most `reach`.
    """
    ends = {n: _small(frame) for n, frame in enumerate(frames) if n < reach or n >= total - reach}
    pairs = [Seam(head, tail, length) for head in _places(0, reach - length)
             for tail in _places(total - reach, total - length) if tail - head >= total // _LEAST]
    nearest = sorted(pairs, key=lambda pair: _difference(ends, pair))[:_COMPARED]
    middle = length // 2
    left = {pair: Morph(ends[pair.tail + middle], ends[pair.head + middle]).difference() for pair in nearest}
    return max((pair for pair in nearest if left[pair] <= _AS_GOOD * min(left.values())), key=lambda pair: pair.frames)


def _small(frame: Bytes) -> Image:
    return resize(from_uint8(frame), within(size_of(frame), _SIDE))


def _places(first: int, last: int) -> list[int]:
    return sorted({round(place) for place in np.linspace(first, last, _PLACES)})


def _difference(ends: dict[int, Image], seam: Seam) -> float:
    steps = _places(0, seam.length - 1)
    return float(np.mean([np.sqrt(np.mean(np.square(ends[seam.tail + k] - ends[seam.head + k]))) for k in steps]))
