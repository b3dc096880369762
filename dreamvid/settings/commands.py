"""The settings of each command: its quality table, and the parts it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar

from dreamvid.errors import SettingError
from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.machine import MachineSettings
from dreamvid.settings.parts import (
    CameraSettings,
    CarrySettings,
    CoherenceSettings,
    EncoderSettings,
    FilmSettings,
    ResultSettings,
    ShowSettings,
    SourceSettings,
    WorkSettings,
)
from dreamvid.settings.spec import LARGEST_INTEGER, Curve, Settings, Time, filled, key_of, setting
from dreamvid.settings.table import to_table
from dreamvid.settings.timeline import TimelineSettings


def _quality(what: str) -> Any:
    return setting("standard", f"Sets the {what} that are not given.", choices=("draft", "standard", "fine"))


def _seed(help: str) -> Any:
    return setting(0, help, low=0, high=LARGEST_INTEGER)


def _dream_rate() -> Any:
    return setting(15.0, "Dreams per second. The pictures between two dreams are made of both; as many as frames dream "
                   "every frame.", low=0.1, high=240)


IMAGE_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 8, "step_size": 0.015},
    "standard": {"octaves": 4, "steps": 20, "step_size": 0.01},
    "fine": {"octaves": 5, "steps": 40, "step_size": 0.008},
}


@dataclass(frozen=True, kw_only=True)
class ImageSettings(Settings):
    """All that a dreamed picture is made of, beside the picture it begins with."""

    qualities = IMAGE_QUALITIES

    quality: str = _quality("octaves and steps")
    size: int = setting(0, "Largest longer side: larger pictures are made smaller.", low=16, high=8192, unit="pixels",
                        unset="any")
    noise: str = setting("", "Begin with noise around mid-grey of this size, such as 300x300, in place of a picture.",
                         unset="none")
    bits: int = setting(8, "Bits per channel: 8, or 16 for PNG and TIFF.", low=8, high=16)
    seed: int = _seed("Seed of the noise and of the random shifts.")
    number: int = setting(0, "Number of the first picture: with the seed it decides on a picture's random shifts.",
                          low=0)
    dream: DreamSettings = DreamSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()


ATLAS_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 8, "step_size": 0.02},
    "standard": {"octaves": 3, "steps": 16, "step_size": 0.015},
    "fine": {"octaves": 3, "steps": 40, "step_size": 0.01},
}


@dataclass(frozen=True, kw_only=True)
class AtlasSettings(Settings):
    """All that an atlas of a network is made of, beside the picture that is dreamed."""

    qualities = ATLAS_QUALITIES

    quality: str = _quality("octaves and steps")
    size: int = setting(200, "Longer side of each picture.", low=32, high=1024, unit="pixels")
    columns: int = setting(6, "Pictures in a row.", low=1, high=50)
    most: int = setting(48, "Most pictures on the sheet.", low=1, high=2048)
    layer: str = setting("", "Show the channels of this layer, in place of all layers.", unset="none")
    seed: int = _seed("Seed of the noise and of the random shifts.")
    dream: DreamSettings = DreamSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()


@dataclass(frozen=True, kw_only=True)
class EncodeSettings(Settings):
    """What of a film, or of pictures, is encoded anew, and how."""

    source: SourceSettings = SourceSettings()
    sound: bool = setting(True, "Keep the film's sound and subtitles.")
    film: EncoderSettings = EncoderSettings()


FRAMES = 300
"""Frames of a zoom for which no length is given."""

ZOOM_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.012, "encoder_preset": "superfast"},
    "standard": {"octaves": 4, "steps": 2, "step_size": 0.012, "encoder_preset": "veryfast"},
    "fine": {"octaves": 5, "steps": 4, "step_size": 0.009, "encoder_preset": "medium"},
}


@dataclass(frozen=True, kw_only=True)
class ZoomSettings(Settings):
    """All that a zoom film is made of, beside the picture."""

    qualities = ZOOM_QUALITIES

    seconds: Time = setting(0.0, "Length of the film, without the way back: 20, 1:30, 1m30s.", low=0.001, high=1e6,
                            unit="seconds", unset="none", replaces=("frames",))
    frames: int = setting(0, "Frames to make, in place of --seconds.", low=1, high=10_000_000,
                          unset="300, or as long as --audio", replaces=("seconds",))
    bounce: bool = setting(False, "Go back the same way: the film is nearly twice as long, and closes as a loop.")
    extendable: bool = setting(False, "Keep beside the film, in OUTPUT.dreamvid, what `dreamvid extend` needs to make "
                               "it longer: one dream, a few megabytes.")
    quality: str = _quality("octaves, steps and encoder speed")
    seed: int = _seed("Seed of the random shifts: the same seed makes the same frames.")
    dream_rate: float = _dream_rate()
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
        """The settings with a number of frames, and without seconds.

        Args:
            fps: frames per second of the film.
        """
        if not self.seconds:
            return self
        return self.but(seconds=0.0, frames=max(1, round(float(self.seconds) * fps)))


CLIP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.009, "encoder_preset": "superfast"},
    "standard": {"octaves": 3, "steps": 2, "step_size": 0.007, "encoder_preset": "veryfast"},
    "fine": {"octaves": 4, "steps": 3, "step_size": 0.006, "encoder_preset": "medium"},
}


@dataclass(frozen=True, kw_only=True)
class ClipSettings(Settings):
    """All that a dreamed clip is made of, beside the clip."""

    qualities = CLIP_QUALITIES

    quality: str = _quality("octaves, steps and encoder speed")
    seed: int = _seed("Seed of the random shifts: the same seed makes the same frames.")
    dream_rate: float = _dream_rate()
    source: SourceSettings = SourceSettings()
    dream: DreamSettings = DreamSettings()
    coherence: CoherenceSettings = CoherenceSettings()
    show: ShowSettings = ShowSettings()
    timeline: TimelineSettings = TimelineSettings()
    film: EncoderSettings = EncoderSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()


PICTURE_KINDS = ("dive", "pulse", "sway", "drift", "bounce")
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

    size: int = setting(0, "Longer side of the loop.", low=16, high=8192, unit="pixels",
                        unset="a clip's own; of a picture 640")
    fps: Fraction = setting(Fraction(0), "Frames per second.", low=1, high=240, unset="a clip's own; of a picture 30")


_FOR_CLIPS = ("crossfade", "start", "end", "frames", "deinterlace", "strict")
_USED_BY = {
    **{key_of(item): ("dive",) for item in fields(DiveSettings)}, "depth": ("pulse", "sway"),
    **{key_of(item): ("bounce",) for part in (CameraSettings, CarrySettings) for item in fields(part)},
    "drive": PICTURE_KINDS,
}
"""Setting → the kinds of a picture's loop that use it; the settings that are not named here are used by all."""


@dataclass(frozen=True, kw_only=True)
class LoopSettings(Settings):
    """All that a loop is made of, beside the picture or clip. `for_input` decides what depends on which it is."""

    qualities = LOOP_QUALITIES
    filled_parts: ClassVar[tuple[str, ...]] = ("film",)

    kind: str = setting(
        "", "Of a picture: dive, an endless zoom; pulse, in which the dream swells and fades; sway, in which the "
        "camera breathes over a living dream; drift, in which the dream and its mirror image pass by; bounce, a zoom "
        "there and back. Of a clip: crossfade, whose end dissolves into its beginning; bounce, there and back.",
        choices=KINDS, unset="dive; of a clip crossfade")
    seconds: Time = setting(0.0, "Length of a picture's loop.", low=0.2, high=3600, unit="seconds", unset="6",
                            also="period")
    crossfade: Time = setting(
        0.0, "How long a clip's end dissolves into its beginning; the loop is shorter by so much.", low=0.01,
        high=3600, unit="seconds", unset="a third of the clip, 2 at most")
    depth: Curve = setting(1.0, "How far the dream of a pulse swells, and the camera of a sway moves, by the usual.",
                           low=0, high=4, moves=True)
    quality: str = _quality("octaves, steps and encoder speed")
    seed: int = _seed("Seed of the random shifts: the same seed makes the same frames.")
    dream_rate: float = _dream_rate()
    source: LoopSourceSettings = LoopSourceSettings()
    dive: DiveSettings = DiveSettings()
    dream: DreamSettings = DreamSettings()
    camera: CameraSettings = CameraSettings()
    carry: CarrySettings = CarrySettings()
    timeline: TimelineSettings = TimelineSettings()
    film: EncoderSettings = EncoderSettings()
    machine: MachineSettings = MachineSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()

    def for_input(self, *, clip: bool) -> "LoopSettings":
        """The settings of a clip's loop, or of a picture's. Nothing is open in them but what the clip itself decides.

        Raises:
            SettingError: the kind, or another setting, is for the other.
        """
        what, kinds = ("clip", CLIP_KINDS) if clip else ("picture", PICTURE_KINDS)
        kind = self.kind or kinds[0]
        if kind not in kinds:
            raise SettingError("kind", kind, f"of a {what} it must be one of {', '.join(kinds)}")
        _refuse(self, unused(kind, clip=clip))
        if not clip:
            return self._for_picture(kind)
        return self.but(kind=kind, dream=filled(self.dream, CLIP_QUALITIES[self.quality]))

    def _for_picture(self, kind: str) -> "LoopSettings":
        source = self.source.but(fps=self.source.fps or Fraction(30), size=self.source.size or 640)
        # A bounce dreams every frame a little, as a zoom does; the others dream a few pictures deeply.
        table = ZOOM_QUALITIES if kind == "bounce" else LOOP_QUALITIES
        dream = filled(self.dream, table[self.quality])
        return self.but(kind=kind, seconds=self.seconds or 6.0, source=source, dream=dream)


    def unused(self) -> dict[str, str]:
        """The settings with their defaults that the loop does not use, if `for_input` returned it."""
        table, usual = to_table(self), to_table(LoopSettings())
        found = unused(self.kind, clip=not self.seconds) if self.kind else {}
        return {key: what for key, what in found.items() if table.get(key) == usual.get(key)}


def unused(kind: str, *, clip: bool) -> dict[str, str]:
    """The settings that a kind of loop does not use: key, and what they are for, in words."""
    if clip:
        others = dict.fromkeys(("seconds", *_USED_BY), "pictures")
        return others | ({"crossfade": "{kind} crossfade"} if kind == "bounce" else {})
    own = {key: f"{{kind}} {' or '.join(kinds)}" for key, kinds in _USED_BY.items() if kind not in kinds}
    return own | dict.fromkeys(_FOR_CLIPS, "clips")


def _refuse(settings: LoopSettings, keys: Mapping[str, str]) -> None:
    """Refuses settings that are given and not used."""
    given, usual = to_table(settings), to_table(LoopSettings())
    for key, what in keys.items():
        if given.get(key) != usual.get(key):
            raise SettingError(key, given[key], f"it is for {what}")


COMMANDS: dict[str, type[Settings]] = {
    "zoom": ZoomSettings,
    "clip": ClipSettings,
    "loop": LoopSettings,
    "image": ImageSettings,
    "layers": AtlasSettings,
}
"""Command → its settings."""
