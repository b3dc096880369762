"""The atlas of a network: one picture dreamed by each of its layers, or by each channel of one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Unpack

import numpy as np

from dreamvid.arrays import Image, Size, fit, size_of
from dreamvid.calls import called
from dreamvid.events import Begun, Caller, Frame, Listener, Warn, ignore
from dreamvid.filters import resize
from dreamvid.media.remote import local
from dreamvid.media.still import read_still
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import AtlasSettings, DreamSettings, files_read, values_of
from dreamvid.settings.options import AtlasOptions
from dreamvid.stills.batch import noise
from dreamvid.stills.dreaming import check_dream, open_dreamer, with_engine
from dreamvid.stills.given import PathName, Picture, PictureResult, as_path
from dreamvid.stills.recipe import network_of, recipe_text

NOTHING = 0.001
"""Layers and channels that change the picture by less than this mean are labelled "does nothing"."""


@dataclass(frozen=True, kw_only=True)
class Atlas(PictureResult):
    """A contact sheet that was made.

    Attributes:
        labels: the options under its pictures.
        seed: seed of the noise and the random shifts.
        network: name of the network.
        weights: SHA-256 of the network's weights, in hexadecimal.
    """

    labels: list[str]
    seed: int
    network: str
    weights: str


def atlas(
    picture: Picture | None = None, output: PathName | None = None, settings: AtlasSettings | None = None,
    **options: Unpack[AtlasOptions],
) -> Atlas:
    """Dreams one picture by every layer of a network, or by the channels of one layer, side by side.

    Args:
        picture: a path, an array or a Pillow image; None for noise around mid-grey.
        output: the contact sheet; without it `NETWORK-layers.png` or `NETWORK-LAYER.png` in the current folder.
        settings: settings as an object; keyword settings take precedence.
        **options: settings by keyword, such as `layer="block4"`; and `preset`, `overwrite`, `observe`, `warn`, as for
            `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with called(AtlasSettings, settings, options) as (wanted, caller), ExitStack() as stack:
        source = None if picture is None else stack.enter_context(as_path(picture))
        return make_atlas(source, output, wanted, caller)


DreamCells = Callable[[Path | None, AtlasSettings, list[DreamSettings], Listener], Iterator[Image]]
"""Dreams the pictures of an atlas: (picture, settings, dream settings of each, listener) → the pictures, in order."""


def make_atlas(
    source: Path | None, output: PathName | None, settings: AtlasSettings, caller: Caller,
    dream_cells: DreamCells | None = None,
) -> Atlas:
    """Makes an atlas; see `atlas`.

    Args:
        dream_cells: dreams its pictures elsewhere; None for this process.
    """
    source = source and local(source, caller, offline=settings.dream.offline)
    settings, layer = with_engine(settings, caller.warn), settings.layer
    target = Path(output or f"{Path(settings.dream.network).stem}-{layer or 'layers'}.png")
    inputs = [*([source] if source else []), *map(Path, files_read(settings))]
    check_still(target, overwrite=caller.overwrite, inputs=inputs)
    start = start_of(source, settings, caller.warn)
    begun = perf_counter()
    variants = _variants(settings, layer, caller.warn)
    weights = check_dream(variants[0], caller)
    recipe = recipe_text("layers", settings, {"picture": source} if source else {}, weights, caller.warn)
    caller.observe(Begun(len(variants), "picture"))
    cells, labels = [], []
    made = (dream_cells or _dream_here)(source, settings, variants, caller)
    for variant, dreamed in zip(variants, made, strict=True):
        label = f"--layers {variant.layers}" + (f" --channels {variant.channels}" if variant.channels else "")
        nothing = np.abs(dreamed - start).mean() < NOTHING
        cells.append((f"{label} (does nothing)" if nothing else label, dreamed))
        labels.append(label)
        caller.observe(Frame(len(cells), len(variants), dreamed))
    name = network_of(settings)
    sheet = contact_sheet(cells, _title(name, layer, settings), columns=settings.columns, side=settings.size)
    write_still(target, sheet, overwrite=caller.overwrite, recipe=recipe)
    return Atlas(
        output=str(target), labels=labels, width=sheet.shape[1], height=sheet.shape[0],
        seconds=round(perf_counter() - begun, 3), seed=settings.seed, network=name, weights=weights, image=sheet,
    )


def start_of(source: Path | None, settings: AtlasSettings, warn: Warn) -> Image:
    """The picture, or noise, that each picture of an atlas is dreamed from."""
    if source is None:
        return noise(Size(settings.size, settings.size), settings.seed)
    picture = read_still(source, warn, settings.dream.max_pixels).image
    return resize(picture, fit(size_of(picture), settings.size))


def _variants(settings: AtlasSettings, layer: str, warn: Warn) -> list[DreamSettings]:
    """The dream settings of each picture on the sheet."""
    from dreamvid.dream.networks import describe

    values = settings.dream.but(layers=layer) if layer else settings.dream
    network = describe(values)
    if not layer:
        names = [name for name in network.layers if name != "logits"]
        return [values.but(layers=name) for name in names[: settings.most]]
    network.check_layer(layer)
    channels = network.channels[layer]
    if channels > settings.most:
        warn(f"{layer} has {channels} channels; the first {settings.most} are shown, and the setting most shows more")
    return [values.but(layers=layer, channels=str(n)) for n in range(min(channels, settings.most))]


def _dream_here(
    source: Path | None, settings: AtlasSettings, variants: list[DreamSettings], listener: Listener
) -> Iterator[Image]:
    start = start_of(source, settings, ignore)
    for variant in variants:
        yield dream_cell(start, settings, variant, listener)


def dream_cell(start: Image, settings: AtlasSettings, variant: DreamSettings, listener: Listener) -> Image:
    """Dreams one picture of an atlas."""
    dreamer = open_dreamer(settings.machine, variant, listener)
    values = values_of(variant, dreamer.objective.weights)
    return dreamer(start, np.random.default_rng(settings.seed), values, listener.observe)


def _title(network: str, layer: str, settings: AtlasSettings) -> str:
    values = settings.dream
    what = f"the channels of {layer}" if layer else "the layers"
    return f"{what} of {network}: {values.octaves} octaves, {values.steps} steps of {values.step_size:g}"
