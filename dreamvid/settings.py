"""Every setting once: its default, range, unit and meaning.

The command line's options, `--help`, the library's arguments and the checks all come from these classes.
A field whose default is `None` takes its value from the quality table of its command.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from math import isfinite
from re import fullmatch
from typing import Any, ClassVar, Self, TypeVar

from dreamvid.errors import SettingError

T = TypeVar("T", bound="Settings")


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What is known of a setting beside its type and default."""

    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    option: str = ""
    """The option's name, where the field's cannot be it."""
    unset: str = ""
    """What holds where the default is `None` and no quality table names a value, in words."""

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.high is None:
            return f"{self.low} or more"
        return f"{self.low} to {self.high}"


def setting(default: Any, help: str, **spec: Any) -> Any:
    """Declares a field of a settings class."""
    return field(default=default, metadata={"spec": Spec(help=help, **spec)})


def spec_of(item: Any) -> Spec:
    """The `Spec` of a dataclass field."""
    return item.metadata["spec"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of the settings classes: frozen, and checked when made.

    Raises:
        SettingError: a value is outside its range or not among its choices.
    """

    panel: ClassVar[str] = "Options"
    """The heading of these settings in `--help`."""
    qualities: ClassVar[dict[str, dict[str, Any]]] = {}
    """Name of a quality → the values that it gives to the settings whose default is `None`."""

    def __post_init__(self) -> None:
        for item in fields(self):
            if "spec" in item.metadata:
                _check(option_of(item), getattr(self, item.name), spec_of(item))

    def but(self, **changes: Any) -> Self:
        """The same settings with some values changed, and checked."""
        return replace(self, **changes)


def option_of(item: Any) -> str:
    """The command-line option of a dataclass field: '--step-size'."""
    return "--" + (spec_of(item).option or item.name.replace("_", "-"))


def _check(option: str, value: Any, spec: Spec) -> None:
    if value is None:
        return
    if spec.choices and value not in spec.choices:
        raise SettingError(f"{option} is {value!r}; it must be {spec.allowed}")
    if spec.low is None or isinstance(value, str):
        return
    too_high = spec.high is not None and value > spec.high
    if not isfinite(value) or value < spec.low or too_high:
        raise SettingError(f"{option} is {value}; it must be {spec.allowed}{spec.unit and ' ' + spec.unit}")


def frame_rate(text: str | float | Fraction) -> Fraction:
    """A frame rate: '30', '29.97' or, exactly, '30000/1001'.

    The usual roundings of the NTSC rates (23.976, 29.97, 59.94) become the exact rate.

    Raises:
        SettingError: it is not a number, or outside 1 to 240 frames a second.
    """
    try:
        rate = Fraction(text).limit_denominator(100_000)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise SettingError(f"--fps is {text!r}; it must be a number like 30, 29.97 or 30000/1001") from error
    exact = Fraction(round(rate * 1001 / 1000) * 1000, 1001)
    if rate.denominator not in (1, 1001) and abs(rate - exact) < Fraction(1, 200):
        rate = exact
    if not 1 <= rate <= 240:
        raise SettingError(f"--fps is {text}; it must be 1 to 240 frames a second")
    return rate


@dataclass(frozen=True, kw_only=True)
class DreamSettings(Settings):
    """How one image is dreamed."""

    panel = "Dream"

    network: str = setting(
        "efficientnet_lite0", "Network, by its name, or the file of a frozen TensorFlow graph, which ends in .pb.")
    weights: str | None = setting(
        None, "File of the network's weights: .weights.h5, Keras's .h5, or .safetensors.",
        unset="those that come with dreamvid, or ImageNet's from the internet")
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
        "strokes and textures, higher ones draw eyes, animals and buildings.", unset="the network's")
    channels: str | None = setting(None, "Channels of the layers, 139 or 13,139, instead of whole layers.", unset="all")
    class_name: str | None = setting(
        None, "What to dream of, instead of layers: one of ImageNet's 1000 classes, by name or index: 'tabby cat'.",
        unset="none", option="class")
    guide: str | None = setting(
        None, "Picture whose features the layers are drawn to, wherever they match best.", unset="none")
    objective: str | None = setting(
        None, "What of a layer is made larger: the mean of its squares, or its mean.",
        choices=("mean-square", "mean"), unset="what fits the network; with channels the mean")
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
                        "it bounds the memory.", low=128, high=4096, unit="pixels")
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


@dataclass(frozen=True, kw_only=True)
class CameraSettings(Settings):
    """The camera's move over a still. Speeds are per second, whatever the frame rate."""

    panel = "Camera"

    zoom: float = setting(1.8, "Magnification per second; above 1 goes in, below 1 goes out.", low=0.01, high=100)
    rotate: float = setting(0.0, "Rotation per second, clockwise.", low=-3600, high=3600, unit="degrees")
    pan_x: float = setting(0.0, "Move to the right per second, in picture widths.", low=-100, high=100)
    pan_y: float = setting(0.0, "Move down per second, in picture heights.", low=-100, high=100)
    border: str = setting("mirror", "What is seen beyond the picture's edge.", choices=("mirror", "wrap", "replicate"))


@dataclass(frozen=True, kw_only=True)
class CarrySettings(Settings):
    """What a frame inherits from the dream before it."""

    panel = "Carry"

    blend: float = setting(1.0, "Share of the last dream in the start of the next frame; the rest is the source.",
                           low=0, high=1)
    anchor: bool = setting(True, "Hold brightness, contrast and colours near the source's, so that long films do not "
                           "drift.")
    even: bool = setting(True, "Hold the strength of the dream near what the picture comes to by itself: steps grow "
                         "longer where the dream has faded, shorter where it is strong.")


ENCODER_PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")


@dataclass(frozen=True, kw_only=True)
class EncoderSettings(Settings):
    """How a film is encoded. What is left open follows from its suffix."""

    panel = "Film"

    codec: str | None = setting(
        None, "Codec: .mp4 and .mkv hold nearly all, .mov h264, h265 and prores, .webm vp9 and av1; ffv1, in .mkv, is "
        "lossless.", choices=("h264", "h265", "av1", "vp9", "prores", "ffv1"), unset="h264, for .webm vp9")
    crf: int | None = setting(None, "Constant rate factor of the encoder: lower is better and larger.", low=0, high=63,
                              unset="16 for h264, 20 for h265 and .webp, 24 for vp9, 26 for av1")
    pix_fmt: str | None = setting(
        None, "How finely colours are kept: yuv444p for every pixel, which the saturated detail of dreams gains most "
        "from; yuv420p for every four, which alone plays everywhere.", choices=("yuv420p", "yuv422p", "yuv444p"),
        unset="yuv420p, for prores yuv422p")
    bitrate: str | None = setting(None, "Bits per second, such as 8M or 900k, in place of a rate factor.", unset="none")
    encoder_preset: str | None = setting(None, "Speed of the encoder: slower films are smaller.",
                                         choices=ENCODER_PRESETS)
    key_every: int | None = setting(
        None, "Frames from one key frame to the next. In a loop 1: an encoder that began anew with its first frame "
        "only would show the seam.", low=1, high=10_000, unset="the encoder's")
    max_size: str | None = setting(None, "Largest file, such as 8MB: for .gif, whose size, rate and colours are chosen "
                                   "to fit.", unset="any")
    repeat: int = setting(1, "How often the film is played, for formats that do not loop by themselves.",
                          low=1, high=1000)
    poster: str | None = setting(None, "Also write the frame in the middle as a picture, such as poster.jpg.",
                                 unset="none")
    sheet: str | None = setting(None, "Also write a contact sheet of the film, such as sheet.png.", unset="none")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bitrate is not None:
            bits_a_second(self.bitrate)
            if self.crf is not None:
                raise SettingError(f"--bitrate is {self.bitrate} and --crf {self.crf}; give one of the two")
        if self.max_size is not None:
            file_size(self.max_size)


def bits_a_second(text: str) -> int:
    """'8M' → 8 000 000, '900k' → 900 000.

    Raises:
        SettingError: it is no rate, or under 1000.
    """
    return _amount("--bitrate", text, {"": 1, "k": 1000, "m": 1_000_000}, "a number of bits, such as 8M or 900k")


def file_size(text: str) -> int:
    """'8MB' → 8 000 000 bytes, '500kB' → 500 000.

    Raises:
        SettingError: it is no size, or under 1000.
    """
    units = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}
    return _amount("--max-size", text, units, "a size, such as 8MB or 500kB")


def _amount(option: str, text: str, units: dict[str, int], wanted: str) -> int:
    match = fullmatch(r"(\d+(?:\.\d+)?) ?([a-z]*)", text.lower())
    amount = round(float(match[1]) * units.get(match[2], 0)) if match else 0
    if amount < 1000:
        raise SettingError(f"{option} is {text!r}; it must be {wanted}")
    return amount


@dataclass(frozen=True, kw_only=True)
class FilmSettings(EncoderSettings):
    """The film that is written."""

    fps: Fraction = setting(Fraction(30), "Frames per second: 30, 29.97 or, exactly, 30000/1001.", low=1, high=240)
    size: int = setting(640, "Longer side of the film.", low=16, high=8192, unit="pixels")


@dataclass(frozen=True, kw_only=True)
class SourceSettings(Settings):
    """What of a clip is read, and how."""

    panel = "Source"

    start: float = setting(0.0, "Where in the clip to begin.", low=0, high=1e6, unit="seconds")
    end: float | None = setting(None, "Where in the clip to end; without it, at its end.", low=0, high=1e6,
                                unit="seconds")
    frames: int | None = setting(None, "Most frames to dream.", low=1, high=10_000_000)
    size: int | None = setting(None, "Longer side of the film; without it, the clip's own.", low=16, high=8192,
                               unit="pixels")
    fps: Fraction | None = setting(None, "Frames per second; without it, the clip's own.", low=1, high=240)
    deinterlace: bool = setting(False, "Make whole frames out of the two fields of interlaced ones.")
    strict: bool = setting(False, "End with an error if a part of the clip is damaged or missing.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.end is not None and self.end <= self.start:
            raise SettingError(f"--end is {self.end:g} and --start {self.start:g}; the end must come after the start")


@dataclass(frozen=True, kw_only=True)
class CoherenceSettings(Settings):
    """What a clip's frame inherits from the dream of the one before."""

    panel = "Coherence"

    coherence: str = setting(
        "flow", "How the last dream is carried on: its detail, moved with the picture; or the plain mix of the last "
        "dreamed frame and this one, for which --blend 0.5 is good; or not at all.", choices=("flow", "blend", "none"))
    blend: float = setting(0.96, "Share of the last dream that is carried into the next frame.", low=0, high=1)
    cuts: bool = setting(True, "Look for cuts, and begin anew after each.")
    warm_up: int = setting(20, "Times that the first frame of a scene is dreamed, so that it is as strong as those "
                           "that inherit a dream.", low=1, high=1000)
    every: int = setting(1, "Dream every n-th frame only; the others show the dream before, moved along.", low=1,
                         high=1000, unit="frames")


@dataclass(frozen=True, kw_only=True)
class ShowSettings(Settings):
    """How much of the dream is shown, and where."""

    panel = "Show"

    strength: float = setting(1.0, "How much of the dream is shown over the source.", low=0, high=1)
    mask: str | None = setting(None, "A picture or a clip: what is white in it is dreamed, what is black stays.")
    invert_mask: bool = setting(False, "What is black in the mask is dreamed, what is white stays.")
    compare: str = setting("off", "Show the source too: on the left side, or left of a line that goes to and fro.",
                           choices=("off", "side", "wipe"))
    audio: bool = setting(True, "Keep the clip's sound and subtitles.")


ZOOM_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.012, "encoder_preset": "superfast"},
    "standard": {"octaves": 4, "steps": 2, "step_size": 0.012, "encoder_preset": "veryfast"},
    "fine": {"octaves": 5, "steps": 4, "step_size": 0.009, "encoder_preset": "medium"},
}


@dataclass(frozen=True, kw_only=True)
class ZoomSettings(Settings):
    """All that a zoom film is made of, beside the picture."""

    qualities = ZOOM_QUALITIES

    frames: int = setting(300, "Frames to make.", low=1)
    quality: str = setting("standard", "Sets the octaves, steps and encoder speed that are not given.",
                           choices=("draft", "standard", "fine"))
    seed: int = setting(0, "Seed of the random shifts: the same seed makes the same frames.", low=0)
    dream: DreamSettings = DreamSettings()
    camera: CameraSettings = CameraSettings()
    carry: CarrySettings = CarrySettings()
    film: FilmSettings = FilmSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        fill = object.__setattr__
        fill(self, "dream", filled(self.dream, self.qualities[self.quality]))
        fill(self, "film", filled(self.film, self.qualities[self.quality]))


CLIP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.009, "encoder_preset": "superfast"},
    "standard": {"octaves": 3, "steps": 2, "step_size": 0.007, "encoder_preset": "veryfast"},
    "fine": {"octaves": 4, "steps": 3, "step_size": 0.006, "encoder_preset": "medium"},
}


@dataclass(frozen=True, kw_only=True)
class ClipSettings(Settings):
    """All that a dreamed clip is made of, beside the clip."""

    qualities = CLIP_QUALITIES

    quality: str = setting("standard", "Sets the octaves, steps and encoder speed that are not given.",
                           choices=("draft", "standard", "fine"))
    seed: int = setting(0, "Seed of the random shifts: the same seed makes the same frames.", low=0, high=2**63 - 1)
    source: SourceSettings = SourceSettings()
    dream: DreamSettings = DreamSettings()
    coherence: CoherenceSettings = CoherenceSettings()
    show: ShowSettings = ShowSettings()
    film: EncoderSettings = EncoderSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        fill = object.__setattr__
        fill(self, "dream", filled(self.dream, self.qualities[self.quality]))
        fill(self, "film", filled(self.film, self.qualities[self.quality]))


IMAGE_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 8, "step_size": 0.015},
    "standard": {"octaves": 4, "steps": 20, "step_size": 0.01},
    "fine": {"octaves": 5, "steps": 40, "step_size": 0.008},
}


@dataclass(frozen=True, kw_only=True)
class ImageSettings(Settings):
    """All that a dreamed picture is made of, beside the picture it begins with."""

    qualities = IMAGE_QUALITIES

    quality: str = setting("standard", "Sets the octaves and steps that are not given.",
                           choices=("draft", "standard", "fine"))
    size: int | None = setting(None, "Largest longer side: larger pictures are made smaller. Without it they keep "
                               "their size.", low=16, high=8192, unit="pixels")
    noise: str | None = setting(None, "Begin with noise around mid-grey of this size, such as 300x300, in place of a "
                                "picture.")
    bits: int = setting(8, "Bits per channel: 8, or 16 for PNG and TIFF.", low=8, high=16)
    seed: int = setting(0, "Seed of the noise and of the random shifts.", low=0)
    dream: DreamSettings = DreamSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "dream", filled(self.dream, self.qualities[self.quality]))


ATLAS_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 8, "step_size": 0.02},
    "standard": {"octaves": 3, "steps": 16, "step_size": 0.015},
    "fine": {"octaves": 3, "steps": 40, "step_size": 0.01},
}


@dataclass(frozen=True, kw_only=True)
class AtlasSettings(Settings):
    """All that an atlas of a network is made of, beside the picture that is dreamed."""

    qualities = ATLAS_QUALITIES

    quality: str = setting("standard", "Sets the octaves and steps that are not given.",
                           choices=("draft", "standard", "fine"))
    size: int = setting(200, "Longer side of each picture.", low=32, high=1024, unit="pixels")
    columns: int = setting(6, "Pictures in a row.", low=1, high=50)
    most: int = setting(48, "Most pictures on the sheet.", low=1, high=2048)
    seed: int = setting(0, "Seed of the noise and of the random shifts.", low=0)
    dream: DreamSettings = DreamSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "dream", filled(self.dream, self.qualities[self.quality]))


def filled(settings: T, quality: dict[str, Any]) -> T:
    """The settings with every value that was left open taken from the quality table."""
    open_fields = {item.name for item in fields(settings) if getattr(settings, item.name) is None}
    return settings.but(**{name: quality[name] for name in open_fields & quality.keys()})


def build(kind: type[T], values: dict[str, Any]) -> T:
    """A settings object, its parts included, from values by field name; names that are missing keep their defaults."""
    own: dict[str, Any] = {}
    for item in fields(kind):
        if "spec" not in item.metadata:
            own[item.name] = build(_part(item), values)
        elif item.name in values:
            own[item.name] = values[item.name]
    return kind(**own)


def _part(item: Any) -> type[Settings]:
    return type(item.default)


def leaves(kind: type[Settings]) -> Iterator[tuple[type[Settings], Any]]:
    """Every setting of a settings class and of its parts, as (the class that declares it, its field)."""
    for item in fields(kind):
        if "spec" in item.metadata:
            yield kind, item
        else:
            yield from leaves(_part(item))
