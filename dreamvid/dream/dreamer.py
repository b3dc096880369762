"""Image → dreamed image: combines the network, the objective, tiles, ascent and octaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dreamvid.arrays import Image, Map, Size, size_of, within
from dreamvid.dream.ascent import LIMITS, Pace, ascend, steady, with_fewer_steps
from dreamvid.dream.engines import Engine
from dreamvid.dream.networks.describe import describe
from dreamvid.dream.networks.network import Network
from dreamvid.dream.networks.request import Progress, request_of
from dreamvid.dream.objective import Gradient, Objective, objective_of, union
from dreamvid.dream.octaves import PYRAMIDS
from dreamvid.dream.shifts import SHIFTS
from dreamvid.dream.tiles import at_least, padded, tiled
from dreamvid.events import Event, Observe, Step, Tile, ignore
from dreamvid.filters import resize
from dreamvid.settings import DreamSettings, FrameValues

STRENGTH_STEPS = 10
"""Steps per octave when the strength of a dream is measured; more steps add little."""
STRENGTH_SIDE = 320
"""Longer side, in pixels, of the small copy of an image on which its strongest place is looked for. The strength is
measured on it, too, if all octaves are larger than `STRENGTH_OCTAVE_SIDE`."""
STRENGTH_OCTAVE_SIDE = 400
"""The strength is measured at the largest octave whose longer side is at most this many pixels."""
WINDOWS = 7
"""Windows in a row, and rows of them, in which the strongest place of an image is looked for."""


@dataclass(frozen=True)
class Dreamer:
    """Dreams images of any size.

    Attributes:
        network: the network.
        objective: what a dream maximises, with the weights of the settings.
        gradient: the gradient of the objective, for one tile.
        settings: the octaves, tiles, shifts, limits and pyramid. Settings that move in time come from a frame's values.
    """

    network: Network
    objective: Objective
    gradient: Gradient
    settings: DreamSettings

    def __call__(
        self, image: Image, rng: np.random.Generator, values: FrameValues, observe: Observe, *, pace: Pace = steady,
        stride: Map | None = None,
    ) -> Image:
        """The image dreamed once over its octaves, in [0, 1].

        Args:
            rng: the source of the random shifts; the same one gives the same dream.
            values: the steps, their size, smoothing, variation, and the weights of the objective.
            observe: called after every step; it may raise `Cancelled`.
            pace: how long each step is, by the value of the objective.
            stride: a factor on the length of steps at each pixel of the image; None for 1.
        """
        sizes = self.octaves(size_of(image))
        gradient, fewer = self._tiled(observe), with_fewer_steps(values, self.settings.coarse_steps or 1)

        def dream(octave: int, start: Image) -> Image:
            here = values if octave == len(sizes) else fewer
            return ascend(
                start, gradient, rng, here,
                jitter=self.settings.jitter, shift=SHIFTS[self.settings.shifts],
                limit=LIMITS[self.settings.limits], pace=pace,
                stride=None if stride is None else resize(stride, size_of(start)),
                observe=lambda step, score, now: observe(Step(octave, len(sizes), step, here.steps, score, now)),
            )

        return np.clip(PYRAMIDS[self.settings.pyramid].climb(image, sizes, dream), 0, 1)

    @property
    def tile(self) -> int:
        """The side of the tiles, in pixels."""
        return self.settings.tile or self.network.tile

    def _tiled(self, observe: Observe) -> Gradient:
        gradient = tiled(
            self.gradient, tile=self.tile,
            overlap=self.settings.overlap, stride=self.network.stride,
            observe=lambda number, total: observe(Tile(number, total)),
        )
        return at_least(gradient, self.network.smallest)

    def activation(self, image: Image, values: FrameValues) -> float:
        """The value of the objective, with these weights, on an image as it is."""
        return self._tiled(ignore)(image, values.weights)[1]

    def strength(self, image: Image, values: FrameValues) -> float:
        """The objective that an image reaches when it is dreamed alone, measured on a small copy."""
        # at one of the image's own octaves if there is a small one, since the engine compiles each size that it meets
        size = size_of(image)
        own = [octave for octave in self.octaves(size) if max(octave) <= STRENGTH_OCTAVE_SIDE]
        small = resize(image, own[-1] if own else within(size, STRENGTH_SIDE))
        scores: list[float] = []

        def remember(event: Event) -> None:
            if isinstance(event, Step):
                scores.append(event.score)

        self(small, np.random.default_rng(0), replace(values, steps=STRENGTH_STEPS), remember)
        return scores[-1]

    def strongest(self, image: Image, values: FrameValues) -> tuple[float, float]:
        """The position where the objective is largest, as fractions of the width and height from the upper left.

        It is the centre of the best of `WINDOWS` × `WINDOWS` windows, each with half the image's shorter side.
        """
        small = resize(image, within(size_of(image), STRENGTH_SIDE))
        height, width = small.shape[:2]
        side = max(min(height, width) // 2, min(height, width, self.network.smallest))
        corners = [(y, x) for y in np.linspace(0, height - side, WINDOWS, dtype=int)
                   for x in np.linspace(0, width - side, WINDOWS, dtype=int)]
        y, x = max(corners, key=lambda at: self.activation(
            np.ascontiguousarray(small[at[0] : at[0] + side, at[1] : at[1] + side]), values))
        return float((x + side / 2) / width), float((y + side / 2) / height)

    def octaves(self, size: Size) -> list[Size]:
        """The sizes at which an image of this size is dreamed, small to large."""
        return PYRAMIDS[self.settings.pyramid].sizes(
            size, octaves=self.settings.octaves, scale=self.settings.octave_scale, smallest=self.network.smallest
        )


def build_dreamer(
    engine: Engine, settings: DreamSettings, guide: Image | None = None, progress: Progress = lambda *_: None,
    among: Sequence[DreamSettings] = (),
) -> Dreamer:
    """Loads the network that the settings name, and builds the gradient of their objective.

    Args:
        guide: the picture that `settings.guide` names; None without a guide.
        progress: called while weights are downloaded.
        among: the settings between which a film fades, whose objectives become parts of the dreamer's; empty without
            fades.

    Raises:
        SettingError: a network, layer, channel or class does not exist. This is checked before anything is loaded.
        WeightsError: the weights are missing or damaged.
        ValueError: a guide is missing, or the settings name none.
    """
    if (guide is None) != (not settings.guide):
        raise ValueError("give a guide if the settings name one, and only then")
    facts = describe(settings)
    objective = union([objective_of(each, facts) for each in among]) if among else objective_of(settings, facts)
    network = engine.network(request_of(settings), progress)
    for layer in objective.layers:
        network.check_layer(layer)  # another version of Keras might build another network
    features = [] if guide is None else guide_features(engine, network, guide, objective.layers)
    return Dreamer(network, objective, engine.gradient(network, objective, features), settings)


LONGEST_SIDE = 512
"""Pixels to which larger guides are reduced; the network has learned what it knows on smaller pictures."""


def guide_features(engine: Engine, network: Network, guide: Image, layers: Sequence[str]) -> list[np.ndarray]:
    """The features of a guide of any size: for each layer an array of shape (positions, channels)."""
    guide = resize(guide, within(size_of(guide), LONGEST_SIDE))
    return engine.features(network, padded(guide, network.smallest), layers)
