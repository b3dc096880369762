"""A guide: the features of a second picture are what the dream grows.

As in the original DeepDream notebook (Mordvintsev, Olah and Tyka, 2015), each position of the image is moved towards
the feature of the guide with which its own feature has the largest dot product.
"""

from collections.abc import Sequence

import numpy as np

from dreamvid.arrays import Image, size_of, within
from dreamvid.dream.engines import Engine
from dreamvid.dream.networks.network import Network
from dreamvid.dream.tiles import padded
from dreamvid.filters import resize

LONGEST_SIDE = 512
"""Pixels to which larger guides are reduced; the network has learned what it knows on smaller pictures."""


def guide_features(engine: Engine, network: Network, guide: Image, layers: Sequence[str]) -> list[np.ndarray]:
    """The features of a guide of any size: for each layer an array of shape (positions, channels)."""
    guide = resize(guide, within(size_of(guide), LONGEST_SIDE))
    return engine.features(network, padded(guide, network.smallest), layers)
