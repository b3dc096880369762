"""Settings of `dreamvid image`."""

from dataclasses import dataclass
from typing import Any

from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.result import ResultSettings
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, filled, setting

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
    seed: int = setting(0, "Seed of the noise and of the random shifts.", low=0,
                        high=LARGEST_INTEGER)
    number: int = setting(0, "Number of the first picture: with the seed it decides on a picture's random shifts.",
                          low=0)
    dream: DreamSettings = DreamSettings()
    result: ResultSettings = ResultSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "dream", filled(self.dream, self.qualities[self.quality]))
