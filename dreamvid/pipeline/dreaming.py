"""The dream stage of a film, made from its settings."""

from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, Size, size_of
from dreamvid.events import Observe, Warn
from dreamvid.render import Dream
from dreamvid.settings import DreamSettings

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


def load_dream(
    values: DreamSettings, seed: int, still: Image, *, even: bool, observe: Observe, warn: Warn
) -> tuple[Dream, str]:
    """The dream stage of the frame loop, and the name of its network.

    Args:
        still: a picture of the film's size, which the strength of an even dream is taken from.
        even: whether every frame is dreamed towards that strength, or by steps of one length.
    """
    from dreamvid.dream.ascent import even_pace, steady
    from dreamvid.dream.dreamer import load_dreamer

    dreamer = load_dreamer(values)
    say_octaves(dreamer, size_of(still), values, warn)
    pace = even_pace(dreamer.strength(still, values)) if even else steady

    def dream(image: Image, n: int) -> Image:
        return dreamer(image, np.random.default_rng([seed, n]), values, observe, pace)

    return dream, dreamer.network.name


def say_octaves(dreamer: "Dreamer", size: Size, values: DreamSettings, warn: Warn) -> None:
    """Says if some octaves of an image of this size are too small for the network."""
    used = len(dreamer.octaves(size, values))
    if used < (values.octaves or 0):
        warn(f"{used} of {values.octaves} octaves are used: in smaller ones {dreamer.network.name} sees nothing")
