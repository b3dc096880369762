"""Settings of `dreamvid loop`."""

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings.clip import CLIP_QUALITIES
from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.film import EncoderSettings
from dreamvid.settings.motion import CameraSettings, CarrySettings
from dreamvid.settings.result import ResultSettings
from dreamvid.settings.source import SourceSettings
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, filled, option_of, setting
from dreamvid.settings.work import WorkSettings
from dreamvid.settings.zoom import ZOOM_QUALITIES

PICTURE_KINDS = ("dive", "pulse", "sway", "bounce")
CLIP_KINDS = ("crossfade", "bounce")
KINDS = tuple(dict.fromkeys((*PICTURE_KINDS, *CLIP_KINDS)))

LOOP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 6, "step_size": 0.016, "encoder_preset": "superfast", "key_every": 1},
    "standard": {"octaves": 4, "steps": 12, "step_size": 0.012, "encoder_preset": "veryfast", "key_every": 1},
    "fine": {"octaves": 5, "steps": 30, "step_size": 0.009, "encoder_preset": "medium", "key_every": 1},
}


@dataclass(frozen=True, kw_only=True)
class DiveSettings(Settings):
    """How an endless zoom is built."""

    panel = "Dive"

    keys: int = setting(5, "Key pictures that are dreamed, each the centre of the one before.", low=1, high=64)
    zoom_per_key: float = setting(2.0, "How much smaller each key picture lies in the one before.", low=1.25, high=8)
    turns: int = setting(0, "Whole turns of the camera in one period, clockwise; below 0 the other way.",
                         low=-16, high=16)
    outward: bool = setting(False, "Move outward, through ever larger surroundings.")


@dataclass(frozen=True, kw_only=True)
class LoopSourceSettings(SourceSettings):
    """How large and fast a loop is; and, of a clip, what is read of it."""

    size: int | None = setting(None, "Longer side of the loop.", low=16, high=8192, unit="pixels",
                               unset="a clip's own; of a picture 640")
    fps: Fraction | None = setting(None, "Frames per second.", low=1, high=240, unset="a clip's own; of a picture 30")


@dataclass(frozen=True, kw_only=True)
class LoopSettings(Settings):
    """All that a loop is made of, beside the picture or clip. `of_picture` and `of_clip` settle what was left open."""

    qualities = LOOP_QUALITIES

    kind: str | None = setting(
        None, "Of a picture: dive, an endless zoom; pulse, in which the dream swells and fades; sway, in which the "
        "camera breathes over a living dream; bounce, a zoom there and back. Of a clip: crossfade, whose end dissolves "
        "into its beginning; bounce, there and back.", choices=KINDS, unset="dive; of a clip crossfade")
    period: float | None = setting(None, "Length of a picture's loop.", low=0.2, high=3600, unit="seconds", unset="6")
    crossfade: float | None = setting(
        None, "How long a clip's end dissolves into its beginning; the loop is shorter by so much.", low=0.01,
        high=3600, unit="seconds", unset="a third of the clip, 2 at most")
    quality: str = setting("standard", "Sets the octaves, steps and encoder speed that are not given.",
                           choices=("draft", "standard", "fine"))
    seed: int = setting(0, "Seed of the random shifts: the same seed makes the same frames.", low=0,
                        high=LARGEST_INTEGER)
    source: LoopSourceSettings = LoopSourceSettings()
    dive: DiveSettings = DiveSettings()
    dream: DreamSettings = DreamSettings()
    camera: CameraSettings = CameraSettings()
    carry: CarrySettings = CarrySettings()
    film: EncoderSettings = EncoderSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "film", filled(self.film, LOOP_QUALITIES[self.quality]))

    def of_picture(self) -> "LoopSettings":
        """The settings of a picture's loop, with everything decided.

        Raises:
            SettingError: the kind, or another setting, is for clips.
        """
        kind = self.kind or "dive"
        if kind not in PICTURE_KINDS:
            raise SettingError(f"--kind is {kind}; of a picture it must be one of {', '.join(PICTURE_KINDS)}")
        _refuse(self, "clips", "crossfade")
        _refuse(self.source, "clips", "start", "end", "frames", "deinterlace", "strict")
        source = self.source.but(fps=self.source.fps or Fraction(30), size=self.source.size or 640)
        # A bounce dreams every frame a little, as a zoom does; the others dream a few pictures deeply.
        table = ZOOM_QUALITIES if kind == "bounce" else LOOP_QUALITIES
        dream = filled(self.dream, table[self.quality])
        return self.but(kind=kind, period=self.period or 6.0, source=source, dream=dream)

    def of_clip(self) -> "LoopSettings":
        """The settings of a clip's loop, with everything decided but what the clip itself decides.

        Raises:
            SettingError: the kind, or another setting, is for pictures.
        """
        kind = self.kind or "crossfade"
        if kind not in CLIP_KINDS:
            raise SettingError(f"--kind is {kind}; of a clip it must be one of {', '.join(CLIP_KINDS)}")
        _refuse(self, "pictures", "period")
        for part in (self.dive, self.camera, self.carry):
            _refuse(part, "pictures", *part.__dataclass_fields__)
        if kind == "bounce":
            _refuse(self, "--kind crossfade", "crossfade")
        return self.but(kind=kind, dream=filled(self.dream, CLIP_QUALITIES[self.quality]))


def _refuse(settings: Settings, what: str, *names: str) -> None:
    """Refuses settings of these names that are given, since they are for something else."""
    for item in fields(settings):
        value = getattr(settings, item.name)
        if item.name in names and value != item.default:
            raise SettingError(f"{option_of(item)} is {value}; it is for {what}")
