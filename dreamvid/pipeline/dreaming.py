"""The dream stage of a film, made from its settings."""

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.events import Observe, Warn
from dreamvid.render import Dream
from dreamvid.settings import DreamSettings


def load_dream(values: DreamSettings, seed: int, size: Size, observe: Observe, warn: Warn) -> tuple[Dream, str]:
    """The dream stage of the frame loop, and the name of its network."""
    from dreamvid.dream.dreamer import load_dreamer

    dreamer = load_dreamer(values)
    octaves = len(dreamer.octaves(size, values))
    if octaves < (values.octaves or 0):
        warn(f"{octaves} of {values.octaves} octaves are used: in smaller ones {dreamer.network.name} sees nothing")

    def dream(image: Image, n: int) -> Image:
        return dreamer(image, np.random.default_rng([seed, n]), values, observe)

    return dream, dreamer.network.name
