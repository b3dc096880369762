"""The clip that is read, how its dream coheres, and how much of it is shown."""

from dataclasses import dataclass
from fractions import Fraction

from dreamvid.errors import SettingError
from dreamvid.settings.spec import Settings, setting


@dataclass(frozen=True, kw_only=True)
class SourceSettings(Settings):
    """What of a clip is read, and how."""

    panel = "Source"

    start: float = setting(0.0, "Where in the clip to begin.", low=0, high=1e6, unit="seconds")
    end: float | None = setting(None, "Where in the clip to end; without it, at its end.", low=0, high=1e6,
                                unit="seconds")
    frames: int | None = setting(None, "Most frames to take.", low=1, high=10_000_000)
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
    mask: str | None = setting(None, "A picture or a clip: what is white in it is dreamed, what is black stays.",
                               file="input")
    invert_mask: bool = setting(False, "What is black in the mask is dreamed, what is white stays.")
    compare: str = setting("off", "Show the source too: on the left side, or left of a line that goes to and fro.",
                           choices=("off", "side", "wipe"))
    audio: bool = setting(True, "Keep the clip's sound and subtitles.")
