"""What a network is to the rest of dreamvid: image → named activations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import tensorflow as tf

from dreamvid.errors import SettingError

Activations = Callable[[tf.Tensor, Sequence[str]], list[tf.Tensor]]

LOGITS = "logits"
"""The layer that holds a network's classes, one channel each."""


@dataclass(frozen=True)
class Network:
    """A frozen function from an image to activations; its input range, padding and names stay inside.

    Attributes:
        name: what `--network` calls it.
        channels: the names of its layers, from the image upwards, each with its number of channels.
        activations: (image, names) → activations. The image has the shape (1, height, width, 3) and values in
            [0, 1]; each activation has the shape (1, rows, columns, channels). Height and width are free. Within a
            `tf.function` it adds constants and operations to its graph, and no more than those layers need.
        stride: pixels between neighbouring positions of its coarsest layer. Tiles that begin at multiples of it see
            the same positions as the whole image does.
        smallest: the smallest side, in pixels, of an image that it can see something in.
        digest: SHA-256 of its weights, in hexadecimal.
        default_layers: what is dreamed if no layers are named, as `--layers` takes it; empty if nothing is known.
        objective: the measure that fits these layers, a name in `measures.MEASURES`.
    """

    name: str
    channels: Mapping[str, int] = field(hash=False)
    activations: Activations
    stride: int
    smallest: int
    digest: str
    default_layers: str
    objective: str

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of its layers, from the image upwards."""
        return tuple(self.channels)

    @property
    def classes(self) -> int:
        """How many classes its layer `logits` tells apart; 0 if it has no such layer."""
        return self.channels.get(LOGITS, 0)

    def check_layer(self, layer: str) -> None:
        """Raises SettingError, naming the near ones, if there is no such layer."""
        if layer not in self.channels:
            near = get_close_matches(layer, self.layers, n=3, cutoff=0.3) or self.layers[-3:]
            raise SettingError(f"{self.name} has no layer {layer!r}; near ones are {', '.join(near)}")
