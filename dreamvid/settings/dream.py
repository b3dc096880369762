"""How one image is dreamed."""

from dataclasses import dataclass

from dreamvid.errors import SettingError
from dreamvid.settings.spec import Settings, setting

MAX_PIXELS = 200_000_000
"""Most pixels that a picture or a frame may declare, if nothing else is wanted: 2.4 GB while it is read."""


@dataclass(frozen=True, kw_only=True)
class DreamSettings(Settings):
    """How one image is dreamed."""

    panel = "Dream"

    network: str = setting(
        "efficientnet_lite0", "Network, by its name, or the file of a frozen TensorFlow graph, which ends in .pb.",
        replaces=("weights", "graph_input", "graph_mean", "graph_scale"))
    weights: str | None = setting(
        None, "File of the network's weights: .weights.h5, Keras's .h5, or .safetensors.",
        unset="those that come with dreamvid, or ImageNet's from the internet", file="input")
    offline: bool = setting(False, "Never fetch weights from the internet.")
    graph_input: str | None = setting(
        None, "Operation of a frozen graph that takes the image.", unset="its placeholder")
    graph_mean: float = setting(
        117.0, "What a frozen graph's input is less than the image, after scaling; 117 is Inception v1's.",
        low=-1000, high=1000)
    graph_scale: float = setting(
        255.0, "White in a frozen graph's input, before the mean is taken off; 255 is Inception v1's.",
        low=-1000, high=1000)
    layers: str | None = setting(
        None, "Layers to excite, each with a weight if wanted: block10 or block4:0.5,block10. Lower layers draw "
        "strokes and textures, higher ones draw eyes, animals and buildings.", unset="the network's",
        replaces=("class_name", "channels", "objective"))
    channels: str | None = setting(None, "Channels of the layers, 139 or 13,139, instead of whole layers.", unset="all",
                                   replaces=("class_name", "guide"))
    class_name: str | None = setting(
        None, "What to dream of, instead of layers: one of ImageNet's 1000 classes, by name or index: 'tabby cat'.",
        unset="none", option="class", replaces=("layers", "channels", "guide", "objective"))
    guide: str | None = setting(
        None, "Picture whose features the layers are drawn to, wherever they match best.", unset="none",
        file="input", replaces=("class_name", "channels", "objective"))
    max_pixels: int = setting(
        MAX_PIXELS, "Most pixels that a picture, or a clip's frame, may declare; a larger one is refused before it is "
        "decoded.", low=256, high=2**30)
    objective: str | None = setting(
        None, "What of a layer is made larger: the mean of its squares, or its mean.",
        choices=("mean-square", "mean"), unset="what fits the network; with channels the mean",
        replaces=("class_name", "guide"))
    tv: float = setting(
        0.0, "Weight of the total variation, which is made smaller against noise: at 0.25 a pixel unlike all its "
        "neighbours is pulled back as hard as the gradient pulls.", low=0, high=100)
    pyramid: str = setting(
        "detail", "How octaves are climbed: detail carries what each adds and keeps the picture sharp; plain resizes "
        "all, at sizes around the picture's, as the TensorFlow tutorial does.", choices=("detail", "plain"))
    octaves: int | None = setting(None, "Sizes at which the image is dreamed, small to large.", low=1, high=20)
    octave_scale: float = setting(1.4, "How much larger each octave is than the one before.", low=1.05, high=4)
    steps: int | None = setting(None, "Gradient steps in each octave.", low=0, high=10_000)
    step_size: float | None = setting(
        None, "Length of a step: how far a pixel moves, as a share of the range from black to white, "
        "where the gradient is one standard deviation.", low=0, high=1)
    jitter: int = setting(32, "Largest random shift of the image before a step, which hides the tiles' and "
                          "the network's grid.", low=0, high=1024, unit="pixels")
    tile: int = setting(768, "Side of the tiles in which large images are dreamed, the overlap included; "
                        "it bounds the memory.", low=128, high=4096, unit="pixels", replaces=("overlap",))
    overlap: int | None = setting(
        None, "Width of the surroundings that each tile sees beyond its own part.", low=0, high=512, unit="pixels",
        unset="128, or a quarter of a tile under 512")
    smooth: float = setting(1.0, "Smoothing of the gradient: the mean of Gaussians of 0.5, 1 and 2 pixels, times "
                            "this; 0 turns it off.", low=0, high=20)
    limits: str = setting("soft", "How steps end at black and white: soft steps grow shorter near the limits, "
                          "clip steps are cut off there.", choices=("soft", "clip"))

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.overlap is None:
            object.__setattr__(self, "overlap", min(128, self.tile // 4))
        elif 2 * self.overlap > self.tile - 64:
            raise SettingError(
                f"--overlap is {self.overlap} and --tile {self.tile}; two overlaps must leave 64 pixels of a tile")
        if self.class_name is not None:
            self._exclude("class", "layers", "channels", "guide", "objective")
        if self.guide is not None:
            self._exclude("guide", "channels", "objective")

    def _exclude(self, chosen: str, *others: str) -> None:
        given = [f"--{other}" for other in others if getattr(self, other) is not None]
        if given:
            raise SettingError(f"--{chosen} is an objective of its own; leave out {' and '.join(given)}")
