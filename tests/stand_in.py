"""A dreamer that costs nothing, for tests of what is around dreaming."""

from types import SimpleNamespace

import numpy as np

from dreamvid.arrays import Image
from dreamvid.dream.ascent import Pace, steady


class StandIn:
    """Dreams in no time: the image mirrored, with some noise, as much as the pace says."""

    objective = SimpleNamespace(weights=())

    def __call__(
        self, image: Image, rng: np.random.Generator, *_: object, pace: Pace = steady, **__: object
    ) -> Image:
        return np.clip(0.8 * image[:, ::-1] + 0.2 * pace(1.0) * rng.random(image.shape, np.float32), 0, 1)

    def strength(self, *_: object) -> float:
        return 1.0
