"""Settings of `dreamvid zoom`."""

from dataclasses import dataclass
from typing import Any

from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.film import FilmSettings
from dreamvid.settings.motion import CameraSettings, CarrySettings
from dreamvid.settings.result import ResultSettings
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, filled, setting
from dreamvid.settings.work import WorkSettings

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
    bounce: bool = setting(False, "Go back the same way: the film is nearly twice as long, and closes as a loop.")
    quality: str = setting("standard", "Sets the octaves, steps and encoder speed that are not given.",
                           choices=("draft", "standard", "fine"))
    seed: int = setting(0, "Seed of the random shifts: the same seed makes the same frames.", low=0,
                        high=LARGEST_INTEGER)
    dream: DreamSettings = DreamSettings()
    camera: CameraSettings = CameraSettings()
    carry: CarrySettings = CarrySettings()
    film: FilmSettings = FilmSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        fill = object.__setattr__
        fill(self, "dream", filled(self.dream, self.qualities[self.quality]))
        fill(self, "film", filled(self.film, self.qualities[self.quality]))
