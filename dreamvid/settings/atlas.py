"""Settings of `dreamvid layers`."""

from dataclasses import dataclass
from typing import Any

from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.result import ResultSettings
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, filled, setting

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
    layer: str | None = setting(None, "Show the channels of this layer, in place of all layers.")
    seed: int = setting(0, "Seed of the noise and of the random shifts.", low=0,
                        high=LARGEST_INTEGER)
    dream: DreamSettings = DreamSettings()
    result: ResultSettings = ResultSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "dream", filled(self.dream, self.qualities[self.quality]))
