"""The networks that dreamvid knows by name. Nothing here needs TensorFlow."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dreamvid.errors import SettingError
from dreamvid.settings.dream import TILE
from dreamvid.settings.spec import near

EMBEDDED = "efficientnet_lite0"

STRIDE = 32
"""The coarsest layers of all networks in the catalogue have a position for every 32 pixels."""


@dataclass(frozen=True)
class Download:
    """A published file: its address, and its MD5 or SHA-256 in hexadecimal, empty where none is published."""

    url: str
    digest: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class Entry:
    """A network in the catalogue.

    Attributes:
        name: what `--network` calls it.
        grows: layers worth dreaming, from low to high, and what they grow.
        layers: the layers that are dreamed if none are named.
        objective: the measure that fits those layers.
        megabytes: the size of its weights.
        builder: the function of keras.applications that builds it; empty for the embedded network.
        scaling: the range of its input, a name in `SCALINGS` of TensorFlow's engine.
        smallest: the smallest side of an image that it takes, in pixels.
        tile: the side of the tiles in which it sees a large image, in pixels, if no other is asked for.
        weights: its ImageNet weights without the classifier; None where they come with dreamvid.
        classified: the same with the classifier; None where it has no layer `logits`.
    """

    name: str
    grows: Mapping[str, str] = field(hash=False)
    layers: str
    objective: str
    megabytes: int
    builder: str = ""
    scaling: str = ""
    smallest: int = 32
    tile: int = TILE
    weights: Download | None = None
    classified: Download | None = None

    @property
    def has_classes(self) -> bool:
        """Whether `--class` works with it."""
        return self.classified is not None or not self.builder


_BY_DEPTH = ("strokes, edges and hatching", "textures and patterns", "eyes, animals and parts of things")
"""How features grow with depth: Olah, Mordvintsev and Schubert, "Feature Visualization", Distill, 2017."""


def _published() -> Iterator[Entry]:
    """The networks of keras.applications; `published.toml` says what its keys mean."""
    for family in tomllib.loads(Path(__file__).with_name("published.toml").read_text("utf-8")).values():
        for name, network in family["networks"].items():
            address, layers = family["address"].format(network["stem"]), network["layers"]
            classified = Download(f"{address}.h5", network["classifier_digest"]) if family["classifier"] else None
            yield Entry(
                name, MappingProxyType(dict(zip(layers, _BY_DEPTH, strict=True))),
                # the TensorFlow tutorial dreams two layers of InceptionV3; elsewhere the highest is a good start
                layers="mixed3,mixed5" if name == "inception_v3" else layers[-1], objective=family["objective"],
                megabytes=network["megabytes"], builder=network["builder"], scaling=family["scaling"],
                smallest=family["smallest"], weights=Download(f"{address}{family['bare']}.h5", network["digest"]),
                classified=classified)


CATALOGUE: Mapping[str, Entry] = MappingProxyType({
    EMBEDDED: Entry(
        EMBEDDED, MappingProxyType({
            "block4": "bold strokes", "block8": "textures", "block10": "dogs, eyes and fur",
            "block12_expand": "buildings and faces",
        }), layers="block10", objective="mean-square", megabytes=9, tile=1920),
    **{entry.name: entry for entry in _published()},
})


def is_graph(network: str) -> bool:
    """Whether `--network` names the file of a frozen graph."""
    return network.endswith(".pb")


def entry_of(name: str) -> Entry:
    """The entry of a network.

    Raises:
        SettingError: there is no such network. The message suggests similar names.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    hint = near(name.lower().replace("-", "_"), CATALOGUE, 0.4) or "; `dreamvid networks` lists them"
    raise SettingError("network", name, f"there is no such network{hint} (a frozen graph is a file that ends in .pb)")
