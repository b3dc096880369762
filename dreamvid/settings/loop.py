"""Settings of `dreamvid loop`."""

from dataclasses import dataclass
from typing import Any

from dreamvid.settings.dream import DreamSettings
from dreamvid.settings.film import FilmSettings
from dreamvid.settings.motion import CameraSettings, CarrySettings
from dreamvid.settings.spec import LARGEST_INTEGER, Settings, filled, setting
from dreamvid.settings.zoom import ZOOM_QUALITIES

KINDS = ("dive", "pulse", "sway", "bounce")

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
class LoopSettings(Settings):
    """All that a loop is made of, beside the picture."""

    qualities = LOOP_QUALITIES

    kind: str = setting("dive", "dive: an endless zoom. pulse: the dream swells and fades. sway: the camera breathes "
                        "over a living dream. bounce: a zoom there and back, by the camera's settings.", choices=KINDS)
    period: float = setting(6.0, "Length of the loop.", low=0.2, high=3600, unit="seconds")
    quality: str = setting("standard", "Sets the octaves, steps and encoder speed that are not given.",
                           choices=("draft", "standard", "fine"))
    seed: int = setting(0, "Seed of the random shifts: the same seed makes the same frames.", low=0,
                        high=LARGEST_INTEGER)
    dive: DiveSettings = DiveSettings()
    dream: DreamSettings = DreamSettings()
    camera: CameraSettings = CameraSettings()
    carry: CarrySettings = CarrySettings()
    film: FilmSettings = FilmSettings()

    def __post_init__(self) -> None:
        super().__post_init__()
        # A bounce dreams every frame a little, as a zoom does; the others dream a few pictures deeply.
        table = LOOP_QUALITIES[self.quality]
        shallow = ZOOM_QUALITIES[self.quality]
        object.__setattr__(self, "dream", filled(self.dream, shallow if self.kind == "bounce" else table))
        object.__setattr__(self, "film", filled(self.film, table))
