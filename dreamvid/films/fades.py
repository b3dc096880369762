"""Fades between layers, channels or classes over time, and their moving weights.

Keyframes such as `0s: block4; 4s: block10:0.7,block12_expand:0.3` are parsed into names with weights. The network and
the objective do not depend on time: they get the union of all names, and each frame has its own weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from dreamvid.errors import SettingError
from dreamvid.settings import DreamSettings
from dreamvid.timeline.clock import Clock, CurveError, Values
from dreamvid.timeline.expression import Expression, parse_expression
from dreamvid.timeline.keyframes import Key, Keyframes, Time, are_keyframes, interpolated, parse_keyframes

FIELDS = {"layers": "layers", "channels": "channels", "class_name": "class"}
"""Field of `DreamSettings` that may fade → its key."""


class Part(NamedTuple):
    """One layer, channel or class, and its weight."""

    name: str
    weight: Expression


Mixture = tuple[Part, ...]
"""What is dreamed at one keyframe."""


@dataclass(frozen=True)
class Fade:
    """A fade between mixtures over time.

    Attributes:
        field: field of `DreamSettings`, a key of `FIELDS`.
        keyframes: keyframes whose values are mixtures.
    """

    field: str
    keyframes: Keyframes[Mixture]

    @property
    def expressions(self) -> list[Expression]:
        """The expressions of all weights."""
        return [part.weight for key in self.keyframes.keys for part in key.value]

    def names(self) -> list[str]:
        """The distinct names."""
        return list(dict.fromkeys(part.name for key in self.keyframes.keys for part in key.value))

    def among(self, dream: DreamSettings) -> list[DreamSettings]:
        """Dream settings for each name alone."""
        return [dream.but(**{self.field: name}) for name in self.names()]

    def mixtures(self) -> list[Mixture]:
        """The distinct mixtures."""
        return list(dict.fromkeys(key.value for key in self.keyframes.keys))

    def shares(self, times: Values, clock: Clock) -> Values:
        """The share of each mixture, shape (mixtures, times), from 0 to 1; the shares sum to 1.

        Raises:
            CurveError: a keyframe's time is invalid.
        """
        keys, seconds = self.keyframes.keys, self.keyframes.seconds(clock)
        others = [[np.float64(key.value == mixture) for key in keys] for mixture in self.mixtures()[1:]]
        found = [interpolated(keys, seconds, [np.full(1, one) for one in row], times) for row in others]
        return np.array([1 - sum(found, np.zeros(len(times))), *found])

    def weights(self, times: Values, clock: Clock) -> Values:
        """The weight of each name in each mixture, shape (mixtures, names, times).

        Raises:
            CurveError: a weight uses a sound, and the film has none.
        """
        names, mixtures = self.names(), self.mixtures()
        found = np.zeros((len(mixtures), len(names), len(times)))
        for row, mixture in zip(found, mixtures, strict=True):
            for part in mixture:
                row[names.index(part.name)] += part.weight.at(times, clock)
        return found


def fade_of(dream: DreamSettings) -> Fade | None:
    """The fade in some dream settings; None if nothing fades.

    Raises:
        SettingError: keyframes are invalid, or two settings fade.
    """
    found = [fade for field, key in FIELDS.items() if (fade := _fade(field, key, getattr(dream, field)))]
    if len(found) > 1:
        raise SettingError("layers", dream.layers, "{channels} moves too, and only one of the two can")
    return found[0] if found else None


def among(dream: DreamSettings) -> list[DreamSettings]:
    """Dream settings for each name alone if the dream fades; otherwise an empty list."""
    fade = fade_of(dream)
    return fade.among(dream) if fade else []


def _fade(field: str, key: str, text: str) -> Fade | None:
    try:
        if are_keyframes(text):
            return Fade(field, parse_keyframes(text, _mixture))
        if all(_is_number(weight) for _, weight, _ in _parts(text)):
            return None
        return Fade(field, Keyframes((Key(_BEGINNING, _mixture(text, text, 0)),), text))
    except CurveError as error:
        raise SettingError(key, text, str(error)) from error


_BEGINNING = Time(Decimal(0), "s")


def _mixture(content: str, text: str, offset: int) -> Mixture:
    """Parses names and weights such as 'block10:0.7,block12_expand:bass'."""
    found = []
    for name, weight, start in _parts(content):
        if not name:
            raise CurveError("a name is missing", text, offset, offset + len(content))
        found.append(Part(name, parse_expression(weight or "1", text, offset + start)))
    return tuple(found)


def _parts(content: str) -> Iterator[tuple[str, str, int]]:
    """(name, weight, offset of the weight) of each part; commas inside brackets do not separate parts."""
    start = 0
    for stop in [*_commas(content), len(content)]:
        name, colon, weight = content[start:stop].partition(":")
        yield name.strip(), weight.strip(), start + len(name) + len(colon)
        start = stop + 1


def _commas(content: str) -> Iterator[int]:
    depth = 0
    for place, letter in enumerate(content):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth <= 0:
            yield place


def _is_number(text: str) -> bool:
    """Whether a weight is a number rather than an expression."""
    try:
        float(text or "1")
    except ValueError:
        return False
    return True
