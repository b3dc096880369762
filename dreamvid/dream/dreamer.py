"""Image → dreamed image: the network, the objective, tiles, ascent and octaves put together."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dreamvid.arrays import Image, Size, fit, size_of
from dreamvid.dream.ascent import LIMITS, Pace, ascend, steady
from dreamvid.dream.goal import objective_of
from dreamvid.dream.gradient import Gradient, gradient_of
from dreamvid.dream.networks.download import Progress
from dreamvid.dream.networks.loader import GraphInput, load_network
from dreamvid.dream.networks.network import LOGITS, Network
from dreamvid.dream.octaves import PYRAMIDS
from dreamvid.dream.tiles import at_least, tiled
from dreamvid.events import Event, Observe, Step, Tile, ignore
from dreamvid.filters import resize
from dreamvid.settings import DreamSettings

STRENGTH_STEPS = 10
"""Steps an octave after which the strength of a dream is taken; more add little."""
STRENGTH_SIDE = 320
"""Longer side of the copy that it is measured on, in pixels."""


@dataclass(frozen=True)
class Dreamer:
    """Dreams images of any size with one network that is loaded once; `gradient` is that of one tile."""

    network: Network
    gradient: Gradient

    def __call__(
        self, image: Image, rng: np.random.Generator, values: DreamSettings, observe: Observe, pace: Pace = steady
    ) -> Image:
        """The image dreamed once over its octaves, in [0, 1].

        Args:
            rng: the source of the random shifts; the same one gives the same dream.
            values: the settings in force for this image.
            observe: called after every step; it may raise `Cancelled`.
            pace: how long each step is, by the value of the objective.
        """
        assert values.steps is not None  # filled by the quality
        assert values.step_size is not None
        steps, step_size = values.steps, values.step_size
        sizes = self.octaves(size_of(image), values)
        gradient = self._tiled(values, observe)

        def dream(octave: int, start: Image) -> Image:
            return ascend(
                start, gradient, rng,
                steps=steps, step_size=step_size, jitter=values.jitter, smoothing=values.smooth,
                variation=values.tv, limit=LIMITS[values.limits], pace=pace,
                observe=lambda step, loss, now: observe(Step(octave, len(sizes), step, steps, loss, now)),
            )

        return np.clip(PYRAMIDS[values.pyramid].climb(image, sizes, dream), 0, 1)

    def _tiled(self, values: DreamSettings, observe: Observe) -> Gradient:
        assert values.overlap is not None  # filled by the settings
        gradient = tiled(
            self.gradient, tile=values.tile, overlap=values.overlap, stride=self.network.stride,
            observe=lambda number, total: observe(Tile(number, total)),
        )
        return at_least(gradient, self.network.smallest)

    def activation(self, image: Image, values: DreamSettings) -> float:
        """The value of the objective on an image as it is."""
        return self._tiled(values, ignore)(image)[1]

    def strength(self, image: Image, values: DreamSettings) -> float:
        """The objective that an image comes to when it is dreamed by itself, measured on a small copy of it."""
        small = resize(image, fit(size_of(image), min(STRENGTH_SIDE, max(image.shape))))
        losses: list[float] = []

        def remember(event: Event) -> None:
            if isinstance(event, Step):
                losses.append(event.loss)

        self(small, np.random.default_rng(0), values.but(steps=STRENGTH_STEPS), remember)
        return losses[-1]

    def octaves(self, size: Size, values: DreamSettings) -> list[Size]:
        """The sizes at which an image of this size is dreamed, small to large."""
        assert values.octaves is not None  # filled by the quality
        return PYRAMIDS[values.pyramid].sizes(
            size, octaves=values.octaves, scale=values.octave_scale, smallest=self.network.smallest
        )


def open_network(settings: DreamSettings, progress: Progress = lambda *_: None) -> Network:
    """Loads the network that the settings name.

    Args:
        progress: told of a download of weights.

    Raises:
        SettingError: there is no such network.
        WeightsError: the weights are missing or damaged.
    """
    return load_network(
        settings.network, Path(settings.weights) if settings.weights else None,
        classifier=settings.class_name is not None or LOGITS in (settings.layers or ""), offline=settings.offline,
        graph=GraphInput(settings.graph_input, settings.graph_mean, settings.graph_scale), progress=progress,
    )


def build_dreamer(network: Network, settings: DreamSettings, guide: Image | None = None) -> Dreamer:
    """A dreamer by a network that is loaded: builds the gradient of the objective.

    Args:
        guide: the picture that `--guide` names.

    Raises:
        SettingError: a layer, channel or class that is not there.
    """
    return Dreamer(network, gradient_of(network, objective_of(settings, network, guide)))


def load_dreamer(settings: DreamSettings, guide: Image | None = None) -> Dreamer:
    """Loads the network and builds a dreamer by it; see `open_network` and `build_dreamer`."""
    return build_dreamer(open_network(settings), settings, guide)
