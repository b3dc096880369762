"""Curves. The text of a curve is an expression, or keyframes whose values are expressions."""

import numpy as np

from dreamvid.timeline.clock import Clock, Values
from dreamvid.timeline.expression import Expression, parse_expression
from dreamvid.timeline.keyframes import Keyframes, are_keyframes, interpolated, parse_keyframes

Curve = Expression | Keyframes[Expression]


def parse_curve(text: str) -> Curve:
    """Parses the text of a curve, such as '1.2 + 0.8*bass' or '0s: 1.2; 4s: 2 ease'.

    Raises:
        CurveError: it is not a valid curve. The place is marked.
    """
    if are_keyframes(text) or ":" in text:
        return parse_keyframes(text, parse_expression)
    return parse_expression(text)


def expressions_of(curve: Curve) -> list[Expression]:
    """The expressions of a curve."""
    return [curve] if isinstance(curve, Expression) else [key.value for key in curve.keys]


def dots(curve: Keyframes[Expression], clock: Clock) -> list[tuple[float, float]]:
    """The time in seconds, and the value, of each keyframe.

    Raises:
        CurveError: as for `values_at`.
    """
    seconds = np.array(curve.seconds(clock))
    values = [key.value.at(seconds, clock)[n] for n, key in enumerate(curve.keys)]
    return list(zip(seconds.tolist(), map(float, values), strict=True))


def values_at(curve: Curve, times: Values, clock: Clock) -> Values:
    """The values of a curve at these times, shape (times,). They may be infinite, or NaN.

    Raises:
        CurveError: it uses beats or a sound that the clock does not have, or a keyframe's time is invalid.
    """
    if isinstance(curve, Expression):
        return curve.at(times, clock)
    values = [key.value.at(times, clock) for key in curve.keys]
    return interpolated(curve.keys, curve.seconds(clock), values, times)
