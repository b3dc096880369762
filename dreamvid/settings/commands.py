"""The settings class of each command, composed of parts. `LoopSettings` is in `loop.py`."""

from dataclasses import dataclass
from fractions import Fraction

from dreamvid.errors import SettingError
from dreamvid.settings.dream import (
    ATLAS_QUALITIES,
    CLIP_QUALITIES,
    IMAGE_QUALITIES,
    ZOOM_QUALITIES,
    DreamSettings,
    MachineSettings,
    dream_rate_setting,
    quality_setting,
    seed_setting,
)
from dreamvid.settings.loop import LoopSettings
from dreamvid.settings.parts import (
    CameraSettings,
    CarrySettings,
    CoherenceSettings,
    EncoderSettings,
    FilmSettings,
    ResultSettings,
    ShowSettings,
    SourceSettings,
    TimelineSettings,
    WorkSettings,
)
from dreamvid.settings.spec import Settings, Time, setting

CLASS_STEPS = 3
"""Factor for the steps of a picture that dreams of a class, which needs more steps than a layer."""


@dataclass(frozen=True, kw_only=True)
class ImageSettings(Settings):
    """Settings of `dreamvid image`."""

    qualities = IMAGE_QUALITIES

    quality: str = quality_setting("octaves and steps")
    size: int = setting(0, "Largest longer side: larger pictures are made smaller.", low=16, high=8192, unit="pixels",
                        unset="any")
    noise: str = setting("", "Begin with noise around mid-grey of this size, such as 300x300, in place of a picture.",
                         unset="none")
    bits: int = setting(8, "Bits per channel: 8, or 16 for PNG and TIFF.", low=8, high=16)
    seed: int = seed_setting("Seed of the noise and of the random shifts.")
    number: int = setting(0, "Number of the first picture: with the seed it decides on a picture's random shifts.",
                          low=0)
    dream: DreamSettings = DreamSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()

    def __post_init__(self) -> None:
        more = CLASS_STEPS if self.dream.class_name and self.dream.steps == -1 else 1
        super().__post_init__()
        object.__setattr__(self, "dream", self.dream.but(steps=more * self.dream.steps))


@dataclass(frozen=True, kw_only=True)
class AtlasSettings(Settings):
    """Settings of `dreamvid layers`, which makes an atlas of a network."""

    qualities = ATLAS_QUALITIES

    quality: str = quality_setting("octaves and steps")
    size: int = setting(200, "Longer side of each picture.", low=32, high=1024, unit="pixels")
    columns: int = setting(6, "Pictures in a row.", low=1, high=50)
    most: int = setting(48, "Most pictures on the sheet.", low=1, high=2048)
    layer: str = setting("", "Show the channels of this layer, in place of all layers.", unset="none")
    seed: int = seed_setting("Seed of the noise and of the random shifts.")
    dream: DreamSettings = DreamSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()


@dataclass(frozen=True, kw_only=True)
class EncodeSettings(Settings):
    """Settings of `dreamvid encode`."""

    source: SourceSettings = SourceSettings()
    sound: bool = setting(True, "Keep the film's sound and subtitles.")
    film: EncoderSettings = EncoderSettings()


FRAMES = 300
"""Frames of a zoom for which no length is given."""


@dataclass(frozen=True, kw_only=True)
class ZoomSettings(Settings):
    """Settings of `dreamvid zoom`."""

    qualities = ZOOM_QUALITIES

    seconds: Time = setting(0.0, "Length of the film, without the way back: 20, 1:30, 1m30s.", low=0.001, high=1e6,
                            unit="seconds", unset="that of --frames", replaces=("frames",))
    frames: int = setting(0, "Frames to make, in place of --seconds.", low=1, high=10_000_000,
                          unset="300, or as long as --audio", replaces=("seconds",))
    bounce: bool = setting(False, "Go back the same way: the film is nearly twice as long, and closes as a loop.")
    extendable: bool = setting(False, "Keep beside the film, in OUTPUT.dreamvid, what `dreamvid extend` needs to make "
                               "it longer: one dream, a few megabytes.")
    quality: str = quality_setting("octaves, steps and encoder speed")
    seed: int = seed_setting("Seed of the random shifts: the same seed makes the same frames.")
    dream_rate: float = dream_rate_setting()
    dream: DreamSettings = DreamSettings()
    camera: CameraSettings = CameraSettings()
    carry: CarrySettings = CarrySettings()
    timeline: TimelineSettings = TimelineSettings()
    film: FilmSettings = FilmSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.seconds and self.frames:
            raise SettingError("seconds", self.seconds, "{frames} is given too; give one of the two")
        if not self.seconds and not self.frames and not self.timeline.audio:
            object.__setattr__(self, "frames", FRAMES)

    def at(self, fps: Fraction) -> "ZoomSettings":
        """The settings with the length converted from seconds to frames.

        Args:
            fps: frames per second of the film.
        """
        if not self.seconds:
            return self
        return self.but(seconds=0.0, frames=max(1, round(float(self.seconds) * fps)))


@dataclass(frozen=True, kw_only=True)
class ClipSettings(Settings):
    """Settings of `dreamvid clip`."""

    qualities = CLIP_QUALITIES

    quality: str = quality_setting("octaves, steps and encoder speed")
    seed: int = seed_setting("Seed of the random shifts: the same seed makes the same frames.")
    dream_rate: float = dream_rate_setting()
    source: SourceSettings = SourceSettings()
    dream: DreamSettings = DreamSettings()
    coherence: CoherenceSettings = CoherenceSettings()
    show: ShowSettings = ShowSettings()
    timeline: TimelineSettings = TimelineSettings()
    film: EncoderSettings = EncoderSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()


COMMANDS: dict[str, type[Settings]] = {
    "zoom": ZoomSettings,
    "clip": ClipSettings,
    "loop": LoopSettings,
    "image": ImageSettings,
    "layers": AtlasSettings,
}
"""Command → its settings."""
