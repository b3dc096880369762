"""The commands that are told by settings how to dream, and their settings classes."""

from dreamvid.settings.atlas import AtlasSettings
from dreamvid.settings.clip import ClipSettings
from dreamvid.settings.image import ImageSettings
from dreamvid.settings.loop import LoopSettings
from dreamvid.settings.spec import Settings
from dreamvid.settings.zoom import ZoomSettings

COMMANDS: dict[str, type[Settings]] = {
    "zoom": ZoomSettings,
    "clip": ClipSettings,
    "loop": LoopSettings,
    "image": ImageSettings,
    "layers": AtlasSettings,
}
"""Command → its settings."""
