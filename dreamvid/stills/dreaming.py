"""Dreamers, made from their settings."""

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from psutil import virtual_memory

from dreamvid.arrays import Size
from dreamvid.errors import named
from dreamvid.events import Doing, Fetched, Listener, Observe, Warn
from dreamvid.media.still import read_still
from dreamvid.settings import (
    AtlasSettings,
    ClipSettings,
    DreamSettings,
    ImageSettings,
    LoopSettings,
    MachineSettings,
    ZoomSettings,
)

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer
    from dreamvid.dream.networks import NetworkFacts
    from dreamvid.dream.networks.request import Progress

_LEAST_TILE = 128

_PROCESS_BYTES = 400_000_000
"""About what a process takes besides gradients, as measured with OpenVINO."""

T = TypeVar("T", bound=ZoomSettings | ClipSettings | LoopSettings | ImageSettings | AtlasSettings)


def with_engine(settings: T, warn: Warn) -> T:
    """The settings with `auto` replaced by the engine chosen for this machine.

    Args:
        warn: called if OpenVINO cannot be loaded and TensorFlow is used instead.

    Raises:
        SettingError: the requested engine cannot be loaded, or does not support the network.
    """
    machine = settings.machine
    return settings.but(machine=machine.but(engine=engine_for(machine.engine, settings.dream.network, warn)))


def engine_for(wanted: str, network: str, warn: Warn) -> str:
    """The name of the engine for a network; see `with_engine`."""
    from dreamvid.dream.engines import choose_engine

    choice = choose_engine(wanted, network)
    if choice.warning:
        warn(f"{choice.reason}; TensorFlow computes instead, and takes longer")
    return choice.engine


def check_dream(values: DreamSettings, listener: Listener, among: Sequence[DreamSettings] = ()) -> str:
    """Checks that the network has what the settings name, and returns the SHA-256 of its weights, in hexadecimal.

    No network is loaded, except a frozen graph. Missing published weights are downloaded.

    Args:
        values: the dream settings.
        listener: receives download progress.
        among: the settings between which a film fades; empty without fades.

    Raises:
        SettingError: the network, or a layer, channel or class of it, does not exist.
        WeightsError: the weights are missing or damaged.
    """
    from dreamvid.dream.networks import describe, weights_digest
    from dreamvid.dream.objective import objective_of

    for each in among or (values,):
        objective_of(each, describe(each))
    return weights_digest(values, _progress(listener.observe))


def open_dreamer(
    machine: MachineSettings, values: DreamSettings, listener: Listener, among: Sequence[DreamSettings] = ()
) -> "Dreamer":
    """Builds the dreamer for some settings, and reads the guide picture.

    Args:
        machine: the engine, which must not be `auto` (see `with_engine`), and its threads.
        values: the dream settings; paths of files must be valid.
        listener: receives download progress, and warnings about the guide.
        among: the settings between which a film fades; empty without fades.
    """
    from dreamvid.dream.dreamer import build_dreamer
    from dreamvid.dream.engines import open_engine

    guide = read_still(Path(values.guide), listener.warn, values.max_pixels).image if values.guide else None
    listener.observe(Doing("loading the network"))
    engine = open_engine(machine.engine, machine.threads, fast_math=machine.fast_math)
    return build_dreamer(engine, values, guide, _progress(listener.observe), among)


def _progress(observe: Observe) -> "Progress":
    return lambda name, here, total: observe(Fetched(name, here, total))


def warn_of_limits(dreamer: "Dreamer", size: Size, warn: Warn, free: int | None = None) -> None:
    """Warns if some octaves are too small for the network at this size, or a tile needs too much memory.

    Args:
        free: bytes of memory that are available; None: ask the system.
    """
    used, wanted = len(dreamer.octaves(size)), dreamer.settings.octaves
    if used < wanted:
        warn(f"{used} of {wanted} octaves are used: the others are too small for {dreamer.network.name}")
    free = virtual_memory().available if free is None else free
    needed = gradient_bytes(dreamer.network, dreamer.tile, size)
    if needed > free:
        fits = max(_LEAST_TILE, int(sqrt(free / dreamer.network.bytes_a_pixel)) // 64 * 64)
        warn(f"a gradient takes about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free; "
             f"{named('tile')} {fits} takes less")


def gradient_bytes(network: "NetworkFacts", tile: int, size: Size) -> float:
    """About how many bytes of memory a gradient takes, in tiles of this side, of an image of this size."""
    return network.bytes_a_pixel * min(size.width, tile) * min(size.height, tile)


def memory_needed(values: DreamSettings, size: Size) -> int:
    """About how many bytes of memory a process takes that dreams images of this size. No network is loaded."""
    from dreamvid.dream.networks import describe

    network = describe(values)
    return _PROCESS_BYTES + round(gradient_bytes(network, values.tile or network.tile, size))
