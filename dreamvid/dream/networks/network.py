"""What a network is to the rest of dreamvid: what is known of it, and image → named activations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dreamvid.dream.networks.catalogue import STRIDE, Entry
from dreamvid.errors import SettingError
from dreamvid.settings.spec import near

Activations = Callable[[Any, Sequence[str]], list[Any]]

TILE_BYTES = 2e9
"""Bytes of memory that the gradient of a tile of a network's own size takes: 530 to 620 a pixel, measured, for the one
that comes with dreamvid."""

LOGITS = "logits"
"""The layer that holds a network's classes, one channel each."""


@dataclass(frozen=True)
class NetworkFacts:
    """What is known of a network without its weights.

    Attributes:
        name: what `--network` calls it.
        channels: the names of its layers, from the image upwards, each with its number of channels.
        default_layers: what is dreamed if no layers are named, as `--layers` takes it; empty if nothing is known.
        objective: the measure that fits these layers, a name in `objective.MEASURES`.
        smallest: the smallest side, in pixels, of an image that it can see something in.
        stride: pixels between neighbouring positions of its coarsest layer. Tiles that begin at multiples of it see
            the same positions as the whole image does.
        tile: the side of its tiles, in pixels, if no other is asked for. It does not depend on the machine, since the
            last bits of a dream depend on its tiles.
    """

    name: str
    channels: Mapping[str, int] = field(hash=False)
    default_layers: str
    objective: str
    smallest: int
    stride: int
    tile: int

    @property
    def bytes_a_pixel(self) -> float:
        """About how many bytes of memory a gradient takes for each pixel: its own tiles are made for 2 GB."""
        return TILE_BYTES / self.tile**2

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of its layers, from the image upwards."""
        return tuple(self.channels)

    @property
    def classes(self) -> int:
        """How many classes its layer `logits` tells apart; 0 if it has no such layer."""
        return self.channels.get(LOGITS, 0)

    def check_layer(self, layer: str) -> None:
        """Raises SettingError if there is no such layer. The message suggests similar ones."""
        if layer not in self.channels:
            hint = near(layer, self.layers, 0.3) or f"; `dreamvid networks {self.name}` lists its layers"
            raise SettingError(f"{self.name} has no layer {layer!r}{hint}")


@dataclass(frozen=True)
class Network(NetworkFacts):
    """A network that an engine has loaded; its input range, padding and weights stay inside.

    Attributes:
        activations: (image, names) → activations, in the engine's own tensors: only that engine can call it. The image
            has the shape (1, height, width, 3) and values in [0, 1]; each activation has the shape (1, rows, columns,
            channels). Height and width are free. No more is built or computed than those layers need.
        digest: SHA-256 of its weights, in hexadecimal.
    """

    activations: Activations
    digest: str


def facts_of(entry: Entry, channels: Mapping[str, int]) -> NetworkFacts:
    """What is known of a network in the catalogue.

    Args:
        channels: its layers with their numbers of channels; with `logits` if the classifier is there.
    """
    return NetworkFacts(
        name=entry.name, channels=channels, default_layers=entry.layers, objective=entry.objective,
        smallest=entry.smallest, stride=STRIDE, tile=entry.tile,
    )
