"""What a network is to the rest of dreamvid: image → named activations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import tensorflow as tf

from dreamvid.errors import SettingError

Activations = Callable[[tf.Tensor, Sequence[str]], list[tf.Tensor]]


@dataclass(frozen=True)
class Network:
    """A frozen function from an image to activations; its input range, padding and names stay inside.

    Attributes:
        name: what `--network` calls it.
        layers: the names of its layers, from the image upwards.
        activations: (image, names) → activations. The image has the shape (1, height, width, 3) and values in
            [0, 1]; each activation has the shape (1, rows, columns, channels). Height and width are free.
        stride: pixels between neighbouring positions of its coarsest layer. Tiles that begin at multiples of it see
            the same positions as the whole image does.
        smallest: the smallest side, in pixels, of an image that it can see something in.
        classes: how many classes its layer `logits` tells apart; 0 if it has no such layer.
        digest: SHA-256 of its weights, in hexadecimal.
    """

    name: str
    layers: tuple[str, ...]
    activations: Activations
    stride: int
    smallest: int
    classes: int
    digest: str

    def check_layer(self, layer: str) -> None:
        """Raises SettingError, naming the near ones, if there is no such layer."""
        if layer not in self.layers:
            near = get_close_matches(layer, self.layers, n=3, cutoff=0.3) or self.layers[-3:]
            raise SettingError(f"{self.name} has no layer {layer!r}; near ones are {', '.join(near)}")
