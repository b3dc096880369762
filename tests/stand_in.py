"""A dreamer that costs nothing, for tests of what is around dreaming."""

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

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


def replace_dreamer(patch: pytest.MonkeyPatch, longest: int) -> None:
    """Films are dreamed by the stand-in, in ranges of so many pictures at most, on a machine like every other."""
    making, shared, extend, ranges = (import_module(f"dreamvid.films.{name}")
                                      for name in ("making", "shared", "extend", "ranges"))
    for module in (making, shared, extend):
        patch.setattr(module, "open_plan_dreamer", lambda *_: StandIn())
    for module in (making, shared):
        patch.setattr(module, "machine", lambda *_: {"processor": "this"})
    patch.setattr(ranges, "SHORTEST", 1)
    patch.setattr(ranges, "LONGEST", longest)
