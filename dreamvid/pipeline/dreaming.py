"""Dreamers, and the dream stage of a film, made from their settings."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, Size, size_of
from dreamvid.events import Fetched, Observe, Warn
from dreamvid.render import Dream
from dreamvid.settings import DreamSettings
from dreamvid.video.still import read_still

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer
    from dreamvid.dream.networks.network import Network

GROWING = 10
"""Frames in which a film grows out of its picture at its own pace: longer steps would draw noise there."""


def open_network(values: DreamSettings, observe: Observe) -> "Network":
    """The network that the settings name; a download of its weights is told."""
    from dreamvid.dream.dreamer import open_network as load

    return load(values, lambda name, here, total: observe(Fetched(name, here, total)))


def open_dreamer(values: DreamSettings, observe: Observe, warn: Warn) -> "Dreamer":
    """The dreamer that the settings describe, its guide read from its file."""
    # before TensorFlow is loaded, so that a bad guide is told at once
    guide = read_still(Path(values.guide), warn, values.max_pixels).image if values.guide else None
    from dreamvid.dream.dreamer import build_dreamer

    return build_dreamer(open_network(values, observe), values, guide)


def load_dream(
    values: DreamSettings, seed: int, still: Image, *, even: bool, observe: Observe, warn: Warn
) -> tuple[Dream, "Network"]:
    """The dream stage of the frame loop, and its network.

    Args:
        still: a picture of the film's size, which the strength of an even dream is taken from.
        even: whether every frame is dreamed towards that strength, or by steps of one length.
    """
    dreamer = open_dreamer(values, observe, warn)
    from dreamvid.dream.ascent import even_pace, steady

    say_octaves(dreamer, size_of(still), values, warn)
    pace = even_pace(dreamer.strength(still, values)) if even else steady

    def dream(image: Image, n: int) -> Image:
        return dreamer(image, np.random.default_rng([seed, n]), values, observe, pace if n >= GROWING else steady)

    return dream, dreamer.network


def say_octaves(dreamer: "Dreamer", size: Size, values: DreamSettings, warn: Warn) -> None:
    """Says if some octaves of an image of this size are too small for the network."""
    used = len(dreamer.octaves(size, values))
    if used < (values.octaves or 0):
        warn(f"{used} of {values.octaves} octaves are used: in smaller ones {dreamer.network.name} sees nothing")
