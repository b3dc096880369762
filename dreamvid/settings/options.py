"""The types of settings that are given by keyword, as `zoom("cat.jpg", frames=90)`.

Written by `tests/write_options.py` from the declarations of the settings.
"""

from fractions import Fraction
from os import PathLike
from typing import Literal, TypedDict

from dreamvid.events import Observe, Warn
from dreamvid.settings.spec import Curve


class CallOptions(TypedDict, total=False):
    """What every function takes besides its settings.

    `overwrite` says whether an existing output may be replaced; `observe` gets every event and may raise `Cancelled`;
    `warn` gets one sentence for each thing worth knowing.
    """

    overwrite: bool
    observe: Observe
    warn: Warn


class PresetOptions(TypedDict, total=False):
    """A look: its name, or a TOML file."""

    preset: str


class DreamOptions(TypedDict, total=False):
    """How one image is dreamed."""

    network: str | PathLike[str]
    weights: str | PathLike[str]
    offline: bool
    graph_input: str
    graph_mean: float
    graph_scale: float
    layers: str
    channels: str
    class_name: str
    guide: str | PathLike[str]
    max_pixels: int
    objective: Literal["mean-square", "mean"]
    tv: Curve
    pyramid: Literal["detail", "plain"]
    octaves: int
    octave_scale: float
    steps: int
    coarse_steps: float
    step_size: Curve
    jitter: int
    shifts: Literal["mirror", "roll"]
    tile: int
    overlap: int
    smooth: Curve
    colour: Curve
    spectrum: Curve
    limits: Literal["soft", "clip"]


class CameraOptions(TypedDict, total=False):
    """The camera's move over a still. Speeds are per second, whatever the frame rate."""

    zoom: Curve
    rotate: Curve
    pan_x: Curve
    pan_y: Curve
    center: str
    border: Literal["mirror", "wrap", "replicate"]


class CarryOptions(TypedDict, total=False):
    """What a frame takes over from the previous dream."""

    blend: Curve
    drive: Curve
    anchor: bool
    even: bool


class TimelineOptions(TypedDict, total=False):
    """Settings for curves, which change other settings over time."""

    audio: str | PathLike[str]
    audio_start: float | str
    audio_offset: float | str
    bpm: float
    first_beat: float | str
    lead: str
    clamp: bool


class EncoderOptions(TypedDict, total=False):
    """How a film is encoded. Defaults depend on the suffix of the output."""

    codec: Literal["h264", "h265", "av1", "vp9", "prores", "ffv1"]
    crf: int
    pix_fmt: Literal["yuv420p", "yuv422p", "yuv444p"]
    bitrate: str
    encoder_preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
        "veryslow"]
    key_every: int
    max_size: str
    repeat: int
    poster: str | PathLike[str]
    sheet: str | PathLike[str]


class FilmOptions(EncoderOptions, total=False):
    """The film that is written."""

    fps: float | str | Fraction
    size: int


class MachineOptions(TypedDict, total=False):
    """How the machine is used."""

    engine: Literal["auto", "openvino", "tensorflow"]
    fast_math: bool
    threads: int


class ResultOptions(TypedDict, total=False):
    """What is stored in a result's metadata."""

    recipe: bool


class WorkOptions(TypedDict, total=False):
    """What is kept on the disk while a film is made."""

    resume: bool
    restart: bool
    keep_work: bool


class ZoomOptions(CallOptions, PresetOptions, DreamOptions, CameraOptions, CarryOptions, TimelineOptions,
    FilmOptions, MachineOptions, ResultOptions, WorkOptions, total=False):
    """Settings of `dreamvid zoom`."""

    seconds: float | str
    frames: int
    bounce: bool
    extendable: bool
    quality: Literal["draft", "standard", "fine"]
    seed: int
    dream_rate: float


class SourceOptions(TypedDict, total=False):
    """The part of a clip that is read, and how."""

    start: float | str
    end: float | str
    frames: int
    size: int
    fps: float | str | Fraction
    deinterlace: bool
    strict: bool


class CoherenceOptions(TypedDict, total=False):
    """What a clip's frame takes over from the previous dream."""

    coherence: Literal["flow", "blend", "none"]
    blend: Curve
    cuts: bool
    warm_up: int
    catch_up: float


class ShowOptions(TypedDict, total=False):
    """How much of the dream is shown, and where."""

    strength: Curve
    mask: str | PathLike[str]
    invert_mask: bool
    compare: Literal["off", "side", "wipe"]
    sound: bool


class ClipOptions(CallOptions, PresetOptions, SourceOptions, DreamOptions, CoherenceOptions, ShowOptions,
    TimelineOptions, EncoderOptions, MachineOptions, ResultOptions, WorkOptions, total=False):
    """Settings of `dreamvid clip`."""

    quality: Literal["draft", "standard", "fine"]
    seed: int
    dream_rate: float


class LoopSourceOptions(SourceOptions, total=False):
    """Size and frame rate of a loop; for clips, also the part that is read."""


class DiveOptions(TypedDict, total=False):
    """How an endless zoom is built."""

    keys: int
    zoom_per_key: float
    turns: int
    outward: bool


class LoopOptions(CallOptions, PresetOptions, LoopSourceOptions, DiveOptions, DreamOptions, CameraOptions,
    CarryOptions, TimelineOptions, EncoderOptions, MachineOptions, ResultOptions, WorkOptions, total=False):
    """Settings of `dreamvid loop`. `for_input` fills in the values that depend on the input, a picture or a clip."""

    kind: Literal["dive", "pulse", "sway", "drift", "bounce", "crossfade"]
    seconds: float | str
    crossfade: float | str
    depth: Curve
    quality: Literal["draft", "standard", "fine"]
    seed: int
    dream_rate: float


class ImageOptions(CallOptions, PresetOptions, DreamOptions, MachineOptions, ResultOptions, total=False):
    """Settings of `dreamvid image`."""

    quality: Literal["draft", "standard", "fine"]
    size: int
    noise: str
    bits: int
    seed: int
    number: int


class AtlasOptions(CallOptions, PresetOptions, DreamOptions, MachineOptions, ResultOptions, total=False):
    """Settings of `dreamvid layers`, which makes an atlas of a network."""

    quality: Literal["draft", "standard", "fine"]
    size: int
    columns: int
    most: int
    layer: str
    seed: int


class EncodeOptions(CallOptions, SourceOptions, EncoderOptions, total=False):
    """Settings of `dreamvid encode`."""

    sound: bool


class MeasureOptions(CallOptions, SourceOptions, total=False):
    """What of a clip is compared with its film."""


class AnyOptions(ZoomOptions, ClipOptions, LoopOptions, ImageOptions, AtlasOptions, total=False):
    """The settings of any command."""
