"""What a gradient is to the rest of dreamvid. Engines build them."""

from collections.abc import Callable

from dreamvid.arrays import Image

Weights = tuple[float, ...]
"""The numbers that the parts of an objective count by, in the order of `Objective.weights`."""

Gradient = Callable[[Image, Weights], tuple[Image, float]]
"""(image, weights) → (gradient of the image's own shape, value of the objective). Other weights cost nothing extra."""
