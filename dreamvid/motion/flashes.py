"""Detects flashing films: the general flash of WCAG 2.3.1 ("Three Flashes or Below Threshold")."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Image, size_of, within
from dreamvid.filters import resize

CHANGE, DARK, AREA, MOST = 0.1, 0.8, 0.25, 3
"""The change of relative luminance that counts, the highest luminance of the darker state, the share of the picture
that must change, and the flashes a second that are allowed."""

_SIDE = 48  # longest side of the analysed picture, in pixels
_TOGETHER = 0.1  # changes within this many seconds count as one


@dataclass
class Flashes:
    """The flashes of a film so far. Call `seen` with its pictures in order.

    Attributes:
        events: (time, direction) of changes over at least `AREA` of the picture in the last second, alternating.
    """

    events: list[tuple[float, int]] = field(default_factory=list)
    _extreme: NDArray[np.float64] | None = None
    _direction: NDArray[np.int8] | None = None
    _changed: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def seen(self, picture: Image, time: float) -> bool:
        """Whether the film has flashed more than `MOST` times in the second up to this picture.

        Args:
            picture: the next picture.
            time: its time in seconds.
        """
        light = luminance(resize(picture, within(size_of(picture), _SIDE)))
        if self._extreme is None or self._direction is None or self._extreme.shape != light.shape:
            self._extreme, self._direction = light, np.zeros(light.shape, np.int8)
            self._changed = {way: np.full(light.shape, -np.inf) for way in (-1, 1)}
            return False
        step = light - self._extreme
        turned = (np.abs(step) >= CHANGE) & (np.minimum(light, self._extreme) < DARK) & (step * self._direction <= 0)
        further = step * self._direction > 0
        self._direction = np.where(turned, np.sign(step), self._direction).astype(np.int8)
        self._extreme = np.where(turned | further, light, self._extreme)
        for way in (-1, 1):
            self._changed[way][turned & (step * way > 0)] = time
            if (time - self._changed[way] <= _TOGETHER).mean() >= AREA and (
                    not self.events or self.events[-1][1] != way):
                self.events.append((time, way))
        self.events = [event for event in self.events if time - event[0] <= 1]
        return len(self.events) > 2 * MOST


def luminance(image: Image) -> NDArray[np.float64]:
    """The relative luminance of an sRGB image, from 0 to 1, as WCAG defines it."""
    value = image.astype(np.float64)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
