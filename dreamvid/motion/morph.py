"""A picture that becomes another along the motion between them, so that what is in both is never seen twice."""

import numpy as np

from dreamvid.arrays import Flow, Image
from dreamvid.filters import smooth
from dreamvid.motion.flow import Trust, inside, measure_motion
from dreamvid.motion.warp import warp

_SPREAD = 0.02  # of the longer side: how softly motion that is trusted passes into none; an edge would tear
_NOTHING, _ENOUGH = 0.45, 0.7  # share of the picture that must move in a way to be trusted, for any of it to count


class Morph:
    """The way from one picture to another of the same shape.

    Both are moved towards each other along the optical flow, and mixed. The flow at a place between them is combined
    of the two that are measured, as Jiang et al. have it ("Super SloMo", 2018). Where it cannot be trusted nothing is
    moved, and the mix is a plain one.

    Args:
        one, other: the pictures to measure the motion on: the frames themselves, or what they were dreamed of.
    """

    def __init__(self, one: Image, other: Image) -> None:
        forth, back = measure_motion(one, other), measure_motion(other, one)
        believed = _ramp(float(min(forth.trust.mean(), back.trust.mean())))
        self._forth = _gentle(forth.flow, forth.trust * np.float32(believed))
        self._back = _gentle(back.flow, back.trust * np.float32(believed))

    def mixed(self, one: Image, other: Image, share: float) -> Image:
        """The picture that has a share, from 0 to 1, of the other; at 0 it is the one, at 1 the other."""
        s = np.float32(share)
        # A place x of `one` is found at x + forth in `other`; a place of `other` at x + back in `one`.
        to_one = np.asarray(s * s * self._back - s * (1 - s) * self._forth, np.float32)
        to_other = np.asarray((1 - s) * (1 - s) * self._forth - s * (1 - s) * self._back, np.float32)
        moved, met = warp(one, to_one, "replicate"), warp(other, to_other, "replicate")
        of_one, of_other = _weight(to_one, 1 - s), _weight(to_other, s)
        return np.asarray(((of_one * moved + of_other * met) / (of_one + of_other)).clip(0, 1), np.float32)


def _gentle(flow: Flow, trust: Trust) -> Flow:
    """The flow where it is trusted; elsewhere what is around, and none far from all that is trusted."""
    sigma = _SPREAD * max(flow.shape)
    trusted = smooth(trust, (sigma,))[..., np.newaxis]
    spread = smooth(flow * trust[..., np.newaxis], (sigma,)) / np.maximum(trusted, np.float32(1e-3))
    kept = trust[..., np.newaxis]
    return np.asarray(kept * flow + (1 - kept) * spread * np.minimum(1, 4 * trusted), np.float32)


def _weight(flow: Flow, share: np.float32) -> np.ndarray:
    """How much a picture counts that is moved so: its share, but nearly nothing where it has no such place."""
    return np.where(inside(flow), share, share * np.float32(0.01) + np.float32(1e-6))[..., np.newaxis]


def _ramp(share: float) -> float:
    """How far the motion counts, by the share of the picture in which it can be trusted."""
    return float(np.clip((share - _NOTHING) / (_ENOUGH - _NOTHING), 0, 1))
