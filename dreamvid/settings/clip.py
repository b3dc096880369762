"""Settings of `dreamvid clip`."""

from dataclasses import dataclass
from typing import Any

from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.film import EncoderSettings
from dreamvid.settings.result import ResultSettings
from dreamvid.settings.source import CoherenceSettings, ShowSettings, SourceSettings
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, filled, setting
from dreamvid.settings.work import WorkSettings

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
    seed: int = setting(0, "Seed of the random shifts: the same seed makes the same frames.", low=0,
                        high=LARGEST_INTEGER)
    source: SourceSettings = SourceSettings()
    dream: DreamSettings = DreamSettings()
    coherence: CoherenceSettings = CoherenceSettings()
    show: ShowSettings = ShowSettings()
    film: EncoderSettings = EncoderSettings()
    result: ResultSettings = ResultSettings()
    work: WorkSettings = WorkSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        fill = object.__setattr__
        fill(self, "dream", filled(self.dream, self.qualities[self.quality]))
        fill(self, "film", filled(self.film, self.qualities[self.quality]))
