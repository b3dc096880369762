"""The settings of loops, and which kind of loop uses which."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import ClassVar

from dreamvid.errors import SettingError
from dreamvid.settings.dream import (
    CLIP_QUALITIES,
    LOOP_QUALITIES,
    ZOOM_QUALITIES,
    DreamSettings,
    MachineSettings,
    dream_rate_setting,
    quality_setting,
    seed_setting,
)
from dreamvid.settings.parts import (
    CameraSettings,
    CarrySettings,
    EncoderSettings,
    ResultSettings,
    SourceSettings,
    TimelineSettings,
    WorkSettings,
)
from dreamvid.settings.spec import Curve, Settings, Time, build, filled, key_of, setting
from dreamvid.settings.table import from_table, to_table

PICTURE_KINDS = ("dive", "pulse", "sway", "drift", "bounce")
CLIP_KINDS = ("crossfade", "bounce")
KINDS = tuple(dict.fromkeys((*PICTURE_KINDS, *CLIP_KINDS)))


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
    """Size and frame rate of a loop; for clips, also the part that is read."""

    size: int = setting(0, "Longer side of the loop.", low=16, high=8192, unit="pixels",
                        unset="a clip's own; of a picture 640")
    fps: Fraction = setting(Fraction(0), "Frames per second.", low=1, high=240, unset="a clip's own; of a picture 30")


_FOR_CLIPS = ("crossfade", "start", "end", "frames", "deinterlace", "strict")
_USED_BY = {
    **{key_of(item): ("dive",) for item in fields(DiveSettings)}, "depth": ("pulse", "sway"),
    **{key_of(item): ("bounce",) for part in (CameraSettings, CarrySettings) for item in fields(part)},
    "drive": PICTURE_KINDS,
}
"""Setting → the kinds of picture loop that use it. Settings that are not listed are used by all kinds."""


@dataclass(frozen=True, kw_only=True)
class LoopSettings(Settings):
    """Settings of `dreamvid loop`. `for_input` fills in the values that depend on the input, a picture or a clip."""

    qualities = LOOP_QUALITIES
    filled_parts: ClassVar[tuple[str, ...]] = ("film",)

    kind: str = setting(
        "", "Of a picture: dive, an endless zoom; pulse, in which the dream grows strong and fades; sway, in which the "
        "camera moves to and fro over a dream that keeps changing; drift, in which the camera passes along the dream "
        "and its mirror image; bounce, a zoom there and back. Of a clip: crossfade, whose end turns into its "
        "beginning; bounce, there and back.",
        choices=KINDS, unset="dive; of a clip crossfade")
    seconds: Time = setting(0.0, "Length of a picture's loop.", low=0.2, high=3600, unit="seconds", unset="6",
                            also="period")
    crossfade: Time = setting(
        0.0, "How far from a clip's ends it may close: there the two frames are found that are most alike, and one "
        "turns into the other in half a second. The loop is shorter by about so much.", low=0.01, high=3600,
        unit="seconds", unset="a third of the clip, 2 at most")
    depth: Curve = setting(1.0, "How strong a pulse becomes, and how far the camera of a sway moves; 1 is the usual.",
                           low=0, high=4, moves=True)
    quality: str = quality_setting("octaves, steps and encoder speed")
    seed: int = seed_setting("Seed of the random shifts: the same seed makes the same frames.")
    dream_rate: float = dream_rate_setting()
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
        """The settings for a loop of a clip or of a picture. Only values that depend on the clip itself stay open.

        Settings that this loop does not use are ignored if they come from a preset, a file or a variable.

        Raises:
            SettingError: the caller gave a kind or another setting that this input does not support.
        """
        what, kinds = ("clip", CLIP_KINDS) if clip else ("picture", PICTURE_KINDS)
        kind = self.kind or kinds[0]
        if kind not in kinds and "kind" in self.configured:
            kind = kinds[0]
        if kind not in kinds:
            raise SettingError("kind", kind, f"of a {what} it must be one of {', '.join(kinds)}")
        used = _without(self, unused(kind, clip=clip))
        return used._for_clip(kind) if clip else used._for_picture(kind)

    def _for_clip(self, kind: str) -> "LoopSettings":
        return self.but(kind=kind, dream=filled(self.dream, CLIP_QUALITIES[self.quality]))

    def _for_picture(self, kind: str) -> "LoopSettings":
        source = self.source.but(fps=self.source.fps or Fraction(30), size=self.source.size or 640)
        # A bounce dreams each frame with few steps, as a zoom does; other kinds dream a few pictures with many steps.
        table = ZOOM_QUALITIES if kind == "bounce" else LOOP_QUALITIES
        dream = filled(self.dream, table[self.quality])
        return self.but(kind=kind, seconds=self.seconds or 6.0, source=source, dream=dream)

    def unused(self) -> dict[str, str]:
        """The settings that this kind of loop does not use and that have their default; valid after `for_input`."""
        table, usual = to_table(self), to_table(LoopSettings())
        found = unused(self.kind, clip=not self.seconds) if self.kind else {}
        return {key: what for key, what in found.items() if table.get(key) == usual.get(key)}


def unused(kind: str, *, clip: bool) -> dict[str, str]:
    """The settings that a kind of loop does not use: key → what they are for, in words."""
    if clip:
        others = dict.fromkeys(("seconds", *_USED_BY), "pictures")
        return others | ({"crossfade": "{kind} crossfade"} if kind == "bounce" else {})
    own = {key: f"{{kind}} {' or '.join(kinds)}" for key, kinds in _USED_BY.items() if kind not in kinds}
    return own | dict.fromkeys(_FOR_CLIPS, "clips") | {"frames": "clips; {seconds} sets the length of a picture's loop"}


def _without(settings: LoopSettings, keys: Mapping[str, str]) -> LoopSettings:
    """Resets unused settings to their defaults; refuses those that the caller gave."""
    given, usual = to_table(settings), to_table(LoopSettings())
    found = {key: what for key, what in keys.items() if given.get(key) != usual.get(key)}
    for key, what in found.items():
        if key not in settings.configured:
            raise SettingError(key, given[key], f"it is for {what}")
    if not found:
        return settings
    return build(LoopSettings, from_table(LoopSettings, {key: given[key] for key in given.keys() - found.keys()}))
