"""Loops that breathe: a few dreams of one picture, mixed along a circle, under a camera that moves along one too."""

from collections.abc import Iterator
from math import cos, exp, sin, tau

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.events import Begun, Frame, Observe
from dreamvid.filters import resize
from dreamvid.motion.dive import Spiral, key_size, view
from dreamvid.pipeline.dive import Deepen

DREAMS = 3
_GAIN = 1.4  # dreams that do not know of each other grow pale when they are mixed
# The camera's way is a circle too: it comes as much nearer, as a logarithm, as it turns, so it is never still.
_SWAY = 0.05


def pulse_frames(still: Image, frames: int, deepen: Deepen, observe: Observe) -> Iterator[Image]:
    """A dream that swells out of a picture and fades into it again, from one shape to the next."""
    details = _details(still, deepen, observe)
    observe(Begun(frames))
    for n in range(frames):
        angle = tau * n / frames
        yield _mixed(still, details, angle, (1 - cos(angle)) / 2)


def sway_frames(still: Image, frames: int, deepen: Deepen, observe: Observe) -> Iterator[Image]:
    """A dream that is always there and always changing, while the camera moves nearer and back, and turns."""
    size = Size(still.shape[1], still.shape[0])
    base = resize(still, key_size(size))
    details = _details(base, deepen, observe)
    observe(Begun(frames))
    for n in range(frames):
        angle = tau * n / frames
        camera = Spiral(exp(_SWAY * (1.5 + sin(angle))), _SWAY * cos(angle))
        yield view(_mixed(base, details, angle, 1.0), size, camera, 1).clip(0, 1)


def _details(still: Image, deepen: Deepen, observe: Observe) -> list[Image]:
    """What each of the dreams adds to the picture."""
    observe(Begun(DREAMS, "dream"))
    details = []
    for n in range(DREAMS):
        details.append(deepen(still, n, 1.0) - still)
        observe(Frame(n + 1, DREAMS))
    return details


def _mixed(still: Image, details: list[Image], angle: float, strength: float) -> Image:
    """The picture with the dreams in shares that follow each other round a circle and are 1 together."""
    shares = [(1 + cos(angle - tau * n / len(details))) / len(details) for n in range(len(details))]
    mixed = sum(np.float32(share) * detail for share, detail in zip(shares, details, strict=True))
    return np.clip(still + np.float32(strength * _GAIN) * mixed, 0, 1)
