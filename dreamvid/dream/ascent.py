"""Normalised steps along a gradient."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

import numpy as np

from dreamvid.arrays import Image, Map
from dreamvid.dream.gradient import Gradient
from dreamvid.dream.natural import even_spectrum, natural_colours
from dreamvid.dream.shifts import Shift
from dreamvid.dream.variation import variation_slope
from dreamvid.filters import smooth
from dreamvid.settings import FrameValues

Limit = Callable[[Image, Image], Image]
"""(image, step) → the image after the step, in [0, 1]."""

Pace = Callable[[float], float]
"""Value of the objective → how many times its usual length the step is."""

SMOOTHING = (0.5, 1.0, 2.0)
"""Sigmas of the Gaussians, in pixels, whose mean takes the checkerboard out of a gradient."""

SHORTEST, LONGEST = 0.5, 2.5
"""Bounds of an even pace."""

MARGIN = np.float32(0.15)
"""How near to black or white soft steps begin to grow shorter."""


def ascend(
    image: Image,
    gradient: Gradient,
    rng: np.random.Generator,
    values: FrameValues,
    *,
    jitter: int,
    shift: Shift,
    limit: Limit,
    pace: Pace,
    stride: Map | None = None,
    observe: Callable[[int, float, Image], None],
) -> Image:
    """`values.steps` steps, each `values.step_size` long where the gradient is one standard deviation.

    Before each step the image is shifted by up to `jitter` pixels along both axes, and the gradient back after.

    Args:
        rng: draws the shifts.
        values: the steps, and the weights of the objective. `smooth` multiplies `SMOOTHING`; 0 turns smoothing off.
            `tv` is the weight of the total variation, which is made smaller: its slope, to which every neighbour that
            differs adds one or minus one, is subtracted from the gradient after that was scaled to a standard deviation
            of one. So with 0.25 a pixel unlike its four neighbours is pulled back as hard as the objective pulls at one
            deviation. `colour` and `spectrum` filter the gradient before it is scaled; see `natural.py`.
        shift: what comes in at the edges: one of `SHIFTS`.
        limit: how a step ends at black and white: `soft_limit` or `clip_limit`.
        pace: how much longer or shorter each step is: `steady`, or `even_pace(strength)`.
        stride: how many times longer each step is at each pixel; None: once.
        observe: called after each step with its number, from 1, the objective's value before it, and the image after.
    """
    sigmas = tuple(sigma * values.smooth for sigma in SMOOTHING if values.smooth)
    for step in range(1, values.steps + 1):
        pixels = rng.integers(-jitter, jitter, size=2, endpoint=True)
        slope, value = gradient(shift.there(image, pixels), values.weights)
        slope = smooth(shift.back(slope, pixels), sigmas)
        direction = normalised(even_spectrum(natural_colours(slope, values.colour), values.spectrum))
        if values.tv:
            direction -= np.float32(values.tv) * variation_slope(image)
        if stride is not None:
            direction *= stride[..., np.newaxis]
        image = limit(image, direction * np.float32(values.step_size * pace(value)))
        observe(step, value, image)
    return image


def normalised(slope: Image) -> Image:
    """The gradient divided by its standard deviation over the whole image; a gradient of zeros stays as it is."""
    deviation = float(slope.std())
    return slope / np.float32(deviation) if deviation > 0 else slope


def clip_limit(image: Image, step: Image) -> Image:
    """The full step, cut off at black and white."""
    return np.clip(image + step, 0, 1)


def soft_limit(image: Image, step: Image) -> Image:
    """A step that grows shorter the less room it has: within `MARGIN` of the limit, in proportion to the room.

    So the limits are approached and not reached, and bright parts keep their drawing.
    """
    room = np.clip(image, 0, 1)
    # in place from here on, and without a choice by pixel: both would cost more than the arithmetic, at every step
    room -= step > 0  # now to white, negative, or from black
    np.abs(room, out=room)
    room /= MARGIN
    np.minimum(room, 1, out=room)
    room *= step
    room += image
    return np.clip(room, 0, 1, out=room)


LIMITS: dict[str, Limit] = {"soft": soft_limit, "clip": clip_limit}


def steady(_: float) -> float:
    """Every step has its usual length."""
    return 1.0


def driven(values: FrameValues) -> FrameValues:
    """The values with steps that go `drive` times as far in all: shorter ones, or more, since longer ones add noise."""
    far = values.steps * values.drive
    steps = max(values.steps, ceil(far))
    return replace(values, steps=steps, step_size=values.step_size * far / steps)


def even_pace(strength: float) -> Pace:
    """Longer steps where a dream is weaker than `strength`, shorter ones where it is stronger.

    In a long film the figures come and go, and the objective with them, by a third; with this it stays closer to one
    strength. Of objectives that are not positive there is no ratio, and the pace is steady.
    """

    def pace(value: float) -> float:
        return min(max((strength / value) ** 2, SHORTEST), LONGEST) if strength > 0 and value > 0 else 1.0

    return pace
