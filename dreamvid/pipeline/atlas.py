"""The atlas of a network: one picture dreamed by each of its layers, or by each channel of one."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, Size, fit, size_of
from dreamvid.events import Begun, Frame, Observe, Warn, ignore
from dreamvid.filters import resize
from dreamvid.pipeline.dreaming import open_network
from dreamvid.pipeline.noise import noise
from dreamvid.pipeline.recipe import recipe_text
from dreamvid.settings import AtlasSettings, DreamSettings, files_read
from dreamvid.video.sheet import contact_sheet
from dreamvid.video.still import check_still, read_still, write_still

if TYPE_CHECKING:
    from dreamvid.dream.networks.network import Network


@dataclass(frozen=True)
class Atlas:
    """A contact sheet that was made.

    `labels` are the options under its pictures; `weights` is the SHA-256 of the network's weights.
    """

    output: str
    labels: list[str]
    width: int
    height: int
    seconds: float
    seed: int
    network: str
    weights: str


def atlas(
    picture: str | os.PathLike[str] | None = None,
    output: str | os.PathLike[str] | None = None,
    settings: AtlasSettings | None = None,
    *,
    overwrite: bool = False,
    observe: Observe = ignore,
    warn: Warn = ignore,
) -> Atlas:
    """Dreams one picture by every layer of a network, or by the channels of one layer, side by side.

    Args:
        picture: what is dreamed; noise around mid-grey if None.
        output: the contact sheet; without it `NETWORK-layers.png` or `NETWORK-LAYER.png` in the current folder.
        settings: everything else; the defaults if None.
        overwrite: whether an existing output may be replaced.
        observe: gets every event; it may raise `Cancelled`.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    settings = settings or AtlasSettings()
    layer = settings.layer
    target = Path(output or f"{Path(settings.dream.network).stem}-{layer or 'layers'}.png")
    source = Path(picture) if picture is not None else None
    check_still(target, overwrite=overwrite, inputs=[*([source] if source else []), *map(Path, files_read(settings))])
    start = _start(source, settings, warn)
    begun = perf_counter()
    network, wishes = _wishes(settings, layer, observe, warn)
    recipe = recipe_text("layers", settings, {"picture": source} if source else {}, network, warn)
    observe(Begun(len(wishes), "picture"))
    cells = []
    for label, dreamed in _dreams(network, wishes, start, settings, observe):
        cells.append((label, dreamed))
        observe(Frame(len(cells), len(wishes)))
    sheet = contact_sheet(cells, _title(network.name, layer, settings), columns=settings.columns, side=settings.size)
    write_still(target, sheet, overwrite=overwrite, recipe=recipe)
    return Atlas(
        output=str(target), labels=[label for label, _ in cells], width=sheet.shape[1], height=sheet.shape[0],
        seconds=round(perf_counter() - begun, 3), seed=settings.seed, network=network.name,
        weights=network.digest,
    )


def _start(source: Path | None, settings: AtlasSettings, warn: Warn) -> Image:
    if source is None:
        return noise(Size(settings.size, settings.size), settings.seed)
    picture = read_still(source, warn, settings.dream.max_pixels).image
    return resize(picture, fit(size_of(picture), settings.size))


def _wishes(
    settings: AtlasSettings, layer: str | None, observe: Observe, warn: Warn
) -> tuple["Network", list[DreamSettings]]:
    """The network, and what each picture is dreamed by."""
    values = settings.dream if layer is None else settings.dream.but(layers=layer)
    network = open_network(values, observe)
    if layer is None:
        names = [name for name in network.layers if name != "logits"]
        return network, [values.but(layers=name) for name in names[: settings.most]]
    network.check_layer(layer)
    channels = network.channels[layer]
    if channels > settings.most:
        warn(f"{layer} has {channels} channels; the first {settings.most} are shown, and --most shows more")
    return network, [values.but(layers=layer, channels=str(n)) for n in range(min(channels, settings.most))]


def _dreams(
    network: "Network", wishes: list[DreamSettings], start: Image, settings: AtlasSettings, observe: Observe
) -> Iterator[tuple[str, Image]]:
    from dreamvid.dream.dreamer import build_dreamer

    for values in wishes:
        dreamer = build_dreamer(network, values)
        label = f"--layers {values.layers}" + (f" --channels {values.channels}" if values.channels else "")
        yield label, dreamer(start, np.random.default_rng(settings.seed), values, observe)


def _title(network: str, layer: str | None, settings: AtlasSettings) -> str:
    values = settings.dream
    what = f"the channels of {layer}" if layer else "the layers"
    return f"{what} of {network}: {values.octaves} octaves, {values.steps} steps of {values.step_size:g}"
