"""The dream stage of a film, made from its settings."""

from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.events import Observe, Warn
from dreamvid.render import Dream
from dreamvid.settings import DreamSettings

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


def load_dream(values: DreamSettings, seed: int, size: Size, observe: Observe, warn: Warn) -> tuple[Dream, str]:
    """The dream stage of the frame loop, and the name of its network."""
    from dreamvid.dream.dreamer import load_dreamer

    dreamer = load_dreamer(values)
    say_octaves(dreamer, size, values, warn)

    def dream(image: Image, n: int) -> Image:
        return dreamer(image, np.random.default_rng([seed, n]), values, observe)

    return dream, dreamer.network.name


def say_octaves(dreamer: "Dreamer", size: Size, values: DreamSettings, warn: Warn) -> None:
    """Says if some octaves of an image of this size are too small for the network."""
    used = len(dreamer.octaves(size, values))
    if used < (values.octaves or 0):
        warn(f"{used} of {values.octaves} octaves are used: in smaller ones {dreamer.network.name} sees nothing")
