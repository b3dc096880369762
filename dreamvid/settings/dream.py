"""How one image is dreamed, on which engine, and the values that `quality` sets for each command."""

from dataclasses import dataclass
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings.spec import LARGEST_INTEGER, Curve, Settings, setting

MAX_PIXELS = 200_000_000
"""Default limit on the pixels of a picture or frame; reading one of this size takes 2.4 GB."""

TILE = 768
"""Default side of tiles in pixels, except for the embedded network, which has larger tiles."""


SPECTRUM, CLASS_SPECTRUM = 0.9, 1.0
"""Default `spectrum` for layers, channels and guides; and for classes, whose gradients are noisier."""


@dataclass(frozen=True, kw_only=True)
class DreamSettings(Settings):
    """How one image is dreamed."""

    panel = "Dream"

    network: str = setting(
        "efficientnet_lite0", "Network, by its name, or the file of a frozen TensorFlow graph, which ends in .pb.",
        replaces=("weights", "graph_input", "graph_mean", "graph_scale", "engine"))
    weights: str = setting(
        "", "File of the network's weights: .weights.h5, Keras's .h5, or .safetensors.",
        unset="those that come with dreamvid, or ImageNet's from the internet", file="input")
    offline: bool = setting(False, "Never fetch weights or pictures from the internet.")
    graph_input: str = setting(
        "", "Operation of a frozen graph that takes the image.", unset="its placeholder")
    graph_mean: float = setting(
        117.0, "What is subtracted from a frozen graph's input, after it is scaled; 117 is Inception v1's.",
        low=-1000, high=1000)
    graph_scale: float = setting(
        255.0, "Value of white in a frozen graph's input, before the mean is subtracted; 255 is Inception v1's.",
        low=-1000, high=1000)
    layers: str = setting(
        "", "Layers to excite, each with a weight if wanted: block10 or block4:0.5,block10. Lower layers draw "
        "strokes and textures, higher ones draw eyes, animals and buildings.", unset="the network's",
        fades=True, replaces=("class_name", "channels", "objective"))
    channels: str = setting("", "Channels of the layers, each with a weight if wanted: 139 or 13:0.5,139; instead of "
                            "whole layers.", unset="all", fades=True, replaces=("class_name", "guide"))
    class_name: str = setting(
        "", "What to dream of, instead of layers: classes of ImageNet by name or index, or everyday words for several, "
        "each with a weight if wanted: 'tabby cat' or dog:0.7,jellyfish:0.3. `dreamvid classes` lists them.",
        unset="none", key="class", fades=True, replaces=("layers", "channels", "guide", "objective"))
    guide: str = setting(
        "", "Picture whose features the layers are drawn to, wherever they match best.", unset="none",
        file="input", replaces=("class_name", "channels", "objective"))
    max_pixels: int = setting(
        MAX_PIXELS, "Most pixels that a picture, or a clip's frame, may declare; a larger one is refused before it is "
        "decoded.", low=256, high=2**30)
    objective: str = setting(
        "", "What of a layer is made larger: the mean of its squares, or its mean.",
        choices=("mean-square", "mean"), unset="what fits the network; with channels the mean",
        replaces=("class_name", "guide"))
    tv: Curve = setting(
        0.0, "Weight of the total variation, which is made smaller against noise: at 0.25 a pixel unlike all its "
        "neighbours is pulled back as hard as the gradient pulls.", low=0, high=100, moves=True)
    pyramid: str = setting(
        "detail", "How octaves are combined: detail resizes only what each octave adds, so that the picture stays "
                  "sharp; plain resizes the whole dream, at sizes around the picture's, as the TensorFlow tutorial "
                  "does.", choices=("detail", "plain"))
    octaves: int = setting(0, "Sizes at which the image is dreamed, small to large.", low=1, high=20)
    octave_scale: float = setting(1.4, "How much larger each octave is than the one before.", low=1.05, high=4)
    steps: int = setting(-1, "Gradient steps in each octave; a picture of a class takes three times the quality's.",
                         low=0, high=10_000)
    coarse_steps: float = setting(
        0.0, "In all octaves but the largest, the share of the steps that is taken, rounded up; each is longer.",
        low=0.01, high=1, unset="0.5 in zooms and their bounces; else 1")
    step_size: Curve = setting(
        -1.0, "Length of a step: how far a pixel moves, as a share of the range from black to white, "
        "where the gradient is one standard deviation.", low=0, high=1, moves=True)
    jitter: int = setting(32, "Largest random shift of the image before a step, which hides the tiles' and "
                          "the network's grid.", low=0, high=1024, unit="pixels")
    shifts: str = setting(
        "mirror", "What comes in at an edge when the image is shifted: mirror, the image itself, mirrored; roll, what "
        "left at the opposite edge, as in the TensorFlow tutorial.", choices=("mirror", "roll"))
    tile: int = setting(0, "Side of the tiles in which large images are dreamed, the overlap included; "
                        "it bounds the memory.", low=128, high=4096, unit="pixels", replaces=("overlap",),
                        unset="the network's: 1920 for the one that comes with dreamvid, 768 for others")
    overlap: int = setting(
        -1, "Width of the surroundings that each tile sees beyond its own part.", low=0, high=512, unit="pixels",
        unset="128, or a quarter of a tile under 512")
    smooth: Curve = setting(1.0, "Smoothing of the gradient: the mean of Gaussians of 0.5, 1 and 2 pixels, times "
                            "this; 0 turns it off.", low=0, high=20, moves=True)
    colour: Curve = setting(
        0.8, "How far the gradient's colours are correlated as in photographs: 0 leaves them as they are, bright and "
             "noisy; 1 correlates them fully.", low=0, high=1, moves=True)
    spectrum: Curve = setting(
        -1.0, "How far coarse and fine detail of the gradient are equalised: 0 leaves them as they are, mostly fine; "
              "with 1 both count the same.", low=0, high=1.5, moves=True,
        unset=f"{SPECTRUM}; with a class {CLASS_SPECTRUM}")
    limits: str = setting("soft", "How steps end at black and white: soft steps grow shorter near the limits, "
                          "clip steps are cut off there.", choices=("soft", "clip"))

    def __post_init__(self) -> None:
        super().__post_init__()
        tile = self.tile or TILE
        if self.overlap < 0:
            object.__setattr__(self, "overlap", min(128, tile // 4))
        elif 2 * self.overlap > tile - 64:
            raise SettingError("overlap", self.overlap,
                               f"two overlaps must leave 64 pixels of a tile, and {{tile}} is {tile}")
        if self.spectrum == -1:
            object.__setattr__(self, "spectrum", CLASS_SPECTRUM if self.class_name else SPECTRUM)
        if self.class_name:
            self._exclude("class", self.class_name, "layers", "channels", "guide", "objective")
        if self.guide:
            self._exclude("guide", self.guide, "channels", "objective")

    def _exclude(self, key: str, value: str, *others: str) -> None:
        given = [f"{{{other}}}" for other in others if getattr(self, other)]
        if given:
            raise SettingError(key, value, f"this is an objective of its own; leave out {' and '.join(given)}")


@dataclass(frozen=True, kw_only=True)
class MachineSettings(Settings):
    """How the machine is used."""

    panel = "Machine"

    engine: str = setting(
        "auto", "What computes the dreams: openvino is the fastest on CPUs, for the network that comes with dreamvid; "
                "tensorflow supports every network, and NVIDIA GPUs. auto chooses. Engines round differently, so a "
                "resumed render must use the same one.", choices=("auto", "openvino", "tensorflow"))
    fast_math: bool = setting(
        False, "Let OpenVINO round to 16 bits where that is faster; the frames differ in detail.")
    threads: int = setting(0, "Threads that dream; 0 for one on each processor. Their number changes the last bits of "
                              "the frames, so a resumed render must use the same.", low=0, high=1024)


def quality_setting(what: str) -> Any:
    """Declares `quality`, which fills in settings that are not given.

    Args:
        what: these settings, in words.
    """
    return setting("standard", f"Sets the {what} that are not given.", choices=("draft", "standard", "fine"))


def seed_setting(help: str) -> Any:
    """Declares the random seed."""
    return setting(0, help, low=0, high=LARGEST_INTEGER)


def dream_rate_setting() -> Any:
    """Declares how many frames are dreamed per second."""
    return setting(15.0, "Dreams per second. The pictures between two dreams are made of both. With the film's frame "
                   "rate every frame is dreamed.", low=0.1, high=240)


IMAGE_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 8, "step_size": 0.015},
    "standard": {"octaves": 4, "steps": 20, "step_size": 0.01},
    "fine": {"octaves": 5, "steps": 40, "step_size": 0.008},
}

ATLAS_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 8, "step_size": 0.02},
    "standard": {"octaves": 3, "steps": 16, "step_size": 0.015},
    "fine": {"octaves": 3, "steps": 40, "step_size": 0.01},
}

ZOOM_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "coarse_steps": 0.5, "step_size": 0.012, "encoder_preset": "superfast"},
    "standard": {"octaves": 4, "steps": 2, "coarse_steps": 0.5, "step_size": 0.012, "encoder_preset": "veryfast"},
    "fine": {"octaves": 5, "steps": 4, "coarse_steps": 0.5, "step_size": 0.009, "encoder_preset": "medium"},
}

CLIP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.009, "encoder_preset": "superfast"},
    "standard": {"octaves": 3, "steps": 2, "step_size": 0.007, "encoder_preset": "veryfast"},
    "fine": {"octaves": 4, "steps": 3, "step_size": 0.006, "encoder_preset": "medium"},
}

LOOP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 6, "step_size": 0.016, "encoder_preset": "superfast", "key_every": 1},
    "standard": {"octaves": 4, "steps": 12, "step_size": 0.012, "encoder_preset": "veryfast", "key_every": 1},
    "fine": {"octaves": 5, "steps": 30, "step_size": 0.009, "encoder_preset": "medium", "key_every": 1},
}
