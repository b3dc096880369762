"""Finds the moving settings of a film, evaluates them over its length, and checks them, before any dream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np

from dreamvid.errors import SettingError
from dreamvid.films.fades import FIELDS, Fade, fade_of
from dreamvid.settings import FrameValues, Settings, is_curve, key_of, spec_of
from dreamvid.timeline.clock import Clock, CurveError, Values
from dreamvid.timeline.curve import Curve, expressions_of, parse_curve, values_at
from dreamvid.timeline.expression import Expression
from dreamvid.timeline.keyframes import Keyframes
from dreamvid.timeline.table import SPEEDS, Table, plain

WITHIN = 16
"""Samples within a frame over which speeds are averaged."""
SAMPLES = 2000
"""Limit on the keyframes that replace a function; shorter films get one for each frame."""


@dataclass(frozen=True)
class Moving:
    """A moving number.

    Attributes:
        item: its field in the settings.
        curve: its curve.
        text: the curve as written.
    """

    item: Any
    curve: Curve
    text: str

    @property
    def name(self) -> str:
        """The field of `FrameValues`."""
        return self.item.name


@dataclass(frozen=True)
class Curves:
    """Everything that moves in a film: numbers, and a fade between layers, channels or classes."""

    numbers: tuple[Moving, ...]
    fade: Fade | None

    def __bool__(self) -> bool:
        return bool(self.numbers) or self.fade is not None

    @property
    def expressions(self) -> list[Expression]:
        """The expressions of all curves."""
        found = [expression for moving in self.numbers for expression in expressions_of(moving.curve)]
        return found + (self.fade.expressions if self.fade else [])

    @property
    def names(self) -> set[str]:
        """The names used in the expressions, including functions."""
        return set().union(*(expression.names for expression in self.expressions))

    @property
    def bands(self) -> list[tuple[float, float]]:
        """The frequency bands used in the expressions, in hertz."""
        return list(dict.fromkeys(band for expression in self.expressions for band in expression.bands))

    @property
    def units(self) -> set[str]:
        """The units used in the keyframes' times."""
        keyed = [moving.curve for moving in self.numbers if isinstance(moving.curve, Keyframes)]
        return {key.time.unit for one in [*keyed, *([self.fade.keyframes] if self.fade else [])] for key in one.keys}


def curves_of(settings: Settings) -> Curves:
    """Finds what moves in a film.

    Args:
        settings: the film's settings. Functions are ignored; `sampled` replaces them first.

    Raises:
        SettingError: a text is not a valid curve.
    """
    found = []
    for item, value in _moving(settings):
        if not isinstance(value, str):
            continue
        try:
            found.append(Moving(item, parse_curve(value), value))
        except CurveError as error:
            raise SettingError(key_of(item), value, str(error)) from error
    return Curves(tuple(found), fade_of(vars(settings)["dream"]))


def _moving(settings: Settings) -> list[tuple[Any, Any]]:
    """(field, value) of each setting whose value is a curve."""
    own = [(item, getattr(settings, item.name)) for item in settings.__dataclass_fields__.values()]
    found = [(item, value) for item, value in own if "spec" in item.metadata and spec_of(item).moves
             and is_curve(value)]
    return found + [pair for _, value in own if isinstance(value, Settings) for pair in _moving(value)]


def sampled(settings: Any, clock: Clock) -> Any:
    """Replaces functions by keyframes, so that a recipe can contain them.

    Raises:
        SettingError: a function raises, or does not return a number for each time.
    """
    changes = {}
    for name, value in vars(settings).items():
        if isinstance(value, Settings):
            changes[name] = sampled(value, clock)
        elif callable(value):
            changes[name] = _keyframes(name, value, clock)
    return settings.but(**changes) if any(getattr(settings, name) is not value for name, value in changes.items()) \
        else settings


def _keyframes(name: str, function: Callable[[Any], Any], clock: Clock) -> str:
    count = max(2, min(SAMPLES, round(clock.duration * clock.fps)))
    times = np.linspace(0, float(clock.duration), count)
    try:
        values = np.broadcast_to(np.asarray(function(times), np.float64), times.shape)
    except Exception as error:
        raise SettingError(name, function, f"it must return a number for each time in an array: {error}") from error
    return "; ".join(f"{time:.6f}s: {value:.9g}" for time, value in zip(times, values, strict=True))


def columns(curves: Curves, times: Values, pictures: Values, clock: Clock, *, clamp: bool, lead: Callable[[str], float]
            ) -> dict[str, Values]:
    """The values of moving numbers, by field of `FrameValues`: shape (times,), but (pictures,) for `depth`.

    Args:
        times: times of the dreams, in seconds.
        pictures: times of the pictures, in seconds.
        clock: the film's clock.
        clamp: whether values are clipped to the settings' ranges; otherwise one outside is an error.
        lead: field → seconds by which its curve is read ahead.

    Raises:
        SettingError: a value is outside its range or not finite, and the message names the first time; or a curve is
            invalid.
    """
    found = {}
    for moving in curves.numbers:
        own = (pictures if moving.name == "depth" else times) + lead(moving.name)
        try:
            found[moving.name] = _column(moving, own, clock, clamp=clamp)
        except CurveError as error:
            raise SettingError(key_of(moving.item), moving.text, str(error)) from error
    return found


def _column(moving: Moving, times: Values, clock: Clock, *, clamp: bool) -> Values:
    if moving.name not in SPEEDS:
        return _within(moving, values_at(moving.curve, times, clock), times, clamp=clamp)
    # A frame's speed is the mean since the previous frame, so the camera's path does not depend on the frame rate.
    steps = (np.arange(WITHIN) + 0.5) / WITHIN - 1
    moments = np.maximum(0, times[:, np.newaxis] + steps / float(clock.fps)).ravel()
    speeds = _within(moving, values_at(moving.curve, moments, clock), moments, clamp=clamp).reshape(-1, WITHIN)
    mean = np.exp(np.log(speeds).mean(axis=1)) if moving.name == "zoom" else speeds.mean(axis=1)
    return np.where(speeds.min(axis=1) == speeds.max(axis=1), speeds[:, 0], mean)


def _within(moving: Moving, values: Values, times: Values, *, clamp: bool) -> Values:
    """The values, checked against or clipped to the range of their setting."""
    spec = spec_of(moving.item)
    low, high = (bound if value is None else value for value, bound in ((spec.low, -np.inf), (spec.high, np.inf)))
    held = np.clip(values, low, high) if clamp else values
    wrong = np.isnan(held) | (held < low) | (held > high) | np.isinf(held)
    if wrong.any():
        first = int(np.argmax(wrong))
        where = f"at {max(0.0, times[first]):.6g}s it is {values[first]:.6g}"
        helps = "" if np.isnan(values[first]) else "; {clamp} holds it within that"
        raise SettingError(key_of(moving.item), moving.text, f"{where}, and it must be {spec.allowed}{helps}")
    return held


def table_of(still: FrameValues, found: Mapping[str, Values]) -> Table:
    """The table of a film. Constant columns become fixed values.

    Args:
        still: values of the settings that do not move.
        found: columns of the settings that move.
    """
    steady = {name: plain(values[0]) for name, values in found.items() if (values == values[0]).all()}
    usual = {name: plain(values.mean(axis=0)) for name, values in found.items() if name not in steady}
    return Table(replace(still, **steady, **usual), {name: found[name] for name in usual})


def weights_over(
    shares: Values, weights: Values, units: Values, strength: Callable[[tuple[float, ...]], float]
) -> dict[str, Values]:
    """The objective's weights at each time, shape (times, weights), and `aim`, the strength relative to the first time.

    Each mixture is normalised by the strength that it reaches alone. Without that, layers with large activations would
    dominate until their share is almost zero.

    Args:
        shares, weights: as `mixed` returns them.
        units: weights of the objective for each name alone, shape (names, weights).
        strength: weights of the objective → strength that it reaches with them.
    """
    means = weights.mean(axis=2)
    strengths = np.ones(len(means))
    if len(means) > 1:
        strengths = np.array([strength(plain(mean @ units)) for mean in means])
    if (strengths <= 0).any():
        strengths = np.ones(len(means))
    level = (shares * strengths[:, np.newaxis]).sum(axis=0)
    names = level * ((shares / strengths[:, np.newaxis])[:, np.newaxis] * weights).sum(axis=0)
    size = np.abs(weights).sum(axis=1) / np.maximum(np.abs(means).sum(axis=1, keepdims=True), 1e-12)
    aims = (shares * strengths[:, np.newaxis] * size).sum(axis=0)
    return {"weights": names.T @ units, "aim": aims / max(aims[0], 1e-12)}


def mixed(fade: Fade, times: Values, clock: Clock) -> tuple[Values, Values]:
    """The shares of a fade's mixtures and the weights in them; see `Fade.shares` and `Fade.weights`.

    Raises:
        SettingError: a weight is not finite (the message names the first time), or a curve is invalid.
    """
    key, text = FIELDS[fade.field], fade.keyframes.text
    try:
        shares, weights = fade.shares(times, clock), fade.weights(times, clock)
    except CurveError as error:
        raise SettingError(key, text, str(error)) from error
    wrong = ~np.isfinite(weights).all(axis=(0, 1))
    if wrong.any():
        raise SettingError(key, text, f"at {times[int(np.argmax(wrong))]:.6g}s a weight is not a number")
    return shares, weights


def digest(found: Mapping[str, Values]) -> str:
    """SHA-256 of columns rounded to nine digits, in hexadecimal; empty if nothing moves."""
    if not found:
        return ""
    text = "\n".join(f"{name} " + " ".join(f"{value:.9g}" for value in values.ravel())
                     for name, values in sorted(found.items()))
    return sha256(text.encode()).hexdigest()
