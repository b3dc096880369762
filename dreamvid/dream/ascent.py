"""Normalised steps along a gradient."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

import numpy as np

from dreamvid.arrays import Image, Map
from dreamvid.dream.natural import even_spectrum, natural_colours
from dreamvid.dream.objective import Gradient
from dreamvid.dream.shifts import Shift
from dreamvid.filters import smooth
from dreamvid.settings import FrameValues

Limit = Callable[[Image, Image], Image]
"""(image, step) → the image after the step, in [0, 1]."""

Pace = Callable[[float], float]
"""Value of the objective → factor on the length of the step."""

SMOOTHING = (0.5, 1.0, 2.0)
"""Sigmas of the Gaussians, in pixels, whose mean removes the checkerboard pattern of a gradient."""

SHORTEST, LONGEST = 0.5, 2.5
"""Bounds of an even pace."""

MARGIN = np.float32(0.15)
"""The distance to black or white within which soft steps become shorter."""


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

    For each step the image is shifted by up to `jitter` pixels along both axes, and its gradient is shifted back.

    Args:
        rng: draws the shifts.
        values: the steps, and the weights of the objective. `smooth` multiplies `SMOOTHING`; 0 turns smoothing off.
            `colour` and `spectrum` filter the gradient; see `natural.py`. Then it is scaled to a standard deviation of
            one. `tv` is the weight of the total variation, which is minimised: its slope is subtracted from the scaled
            gradient. Each neighbour that differs adds 1 or -1 to that slope, so with `tv` 0.25 four differing
            neighbours pull as hard as a gradient of one standard deviation.
        shift: how the image continues at its edges when it is shifted: one of `SHIFTS`.
        limit: how steps are limited at black and white: `soft_limit` or `clip_limit`.
        pace: the factor on the length of each step: `steady`, or `even_pace(strength)`.
        stride: a factor on the length of steps for each pixel; None for 1.
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
    """A step that is shortened near black and white: within `MARGIN`, in proportion to the distance.

    So the limits are approached but not reached, and bright areas keep their detail.
    """
    room = np.clip(image, 0, 1)
    # computed in place and without np.where, since copies and selections would cost more than the arithmetic
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
    """The values with `drive` times the total step length: shorter or more steps, since longer steps add noise."""
    far = values.steps * values.drive
    steps = max(values.steps, ceil(far))
    return replace(values, steps=steps, step_size=values.step_size * far / steps)


def with_fewer_steps(values: FrameValues, share: float) -> FrameValues:
    """The values with this share of the steps, rounded up, for octaves below the largest. Each step is longer.

    With half the steps, each is 1.26 times as long, so together they go 0.63 times as far. Each dream of a film begins
    with the one before, so large shapes need fewer steps than fine detail.
    """
    steps = ceil(values.steps * share)
    return replace(values, steps=steps, step_size=values.step_size * (values.steps / max(steps, 1)) ** (1 / 3))


def even_pace(strength: float) -> Pace:
    """Longer steps where a dream is weaker than `strength`, shorter ones where it is stronger.

    In a long film the objective varies by a third as figures appear and vanish; this keeps it closer to one strength.
    If the objective is not positive, the pace is steady.
    """

    def pace(value: float) -> float:
        return min(max((strength / value) ** 2, SHORTEST), LONGEST) if strength > 0 and value > 0 else 1.0

    return pace


SOFTNESS = np.float32(0.01)
"""Differences well below this are weighted by their square, so shading is hardly affected."""


def variation_slope(image: Image) -> Image:
    """d total variation / d image. A difference d of neighbouring pixels counts as √(d² + s²) - s; s is `SOFTNESS`.

    Every neighbour that differs clearly pulls a pixel by one, up or down: so a value is -4 to 4.
    """
    slope = np.zeros_like(image)
    for axis in (0, 1):
        difference = np.diff(image, axis=axis)
        pull = difference / np.hypot(difference, SOFTNESS)
        after, before = [(slice(None),) * axis + (part,) for part in (slice(1, None), slice(None, -1))]
        slope[after] += pull
        slope[before] -= pull
    return slope
