"""dreamvid: DeepDream films.

    from dreamvid import ZoomSettings, zoom

    zoom("seed.jpg", "film.mp4", ZoomSettings(frames=90))

The names below are loaded when they are first used, so that importing dreamvid costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dreamvid.errors import DreamvidError as DreamvidError
    from dreamvid.pipeline import Atlas as Atlas
    from dreamvid.pipeline import Coherence as Coherence
    from dreamvid.pipeline import Dreamed as Dreamed
    from dreamvid.pipeline import Encoded as Encoded
    from dreamvid.pipeline import Previewed as Previewed
    from dreamvid.pipeline import Rendered as Rendered
    from dreamvid.pipeline import atlas as atlas
    from dreamvid.pipeline import clip as clip
    from dreamvid.pipeline import encode as encode
    from dreamvid.pipeline import image as image
    from dreamvid.pipeline import loop as loop
    from dreamvid.pipeline import measure as measure
    from dreamvid.pipeline import preview as preview
    from dreamvid.pipeline import rerun as rerun
    from dreamvid.pipeline import zoom as zoom
    from dreamvid.settings import AtlasSettings as AtlasSettings
    from dreamvid.settings import CameraSettings as CameraSettings
    from dreamvid.settings import CarrySettings as CarrySettings
    from dreamvid.settings import ClipSettings as ClipSettings
    from dreamvid.settings import CoherenceSettings as CoherenceSettings
    from dreamvid.settings import DiveSettings as DiveSettings
    from dreamvid.settings import DreamSettings as DreamSettings
    from dreamvid.settings import EncoderSettings as EncoderSettings
    from dreamvid.settings import EncodeSettings as EncodeSettings
    from dreamvid.settings import FilmSettings as FilmSettings
    from dreamvid.settings import ImageSettings as ImageSettings
    from dreamvid.settings import LoopSettings as LoopSettings
    from dreamvid.settings import LoopSourceSettings as LoopSourceSettings
    from dreamvid.settings import ResultSettings as ResultSettings
    from dreamvid.settings import ShowSettings as ShowSettings
    from dreamvid.settings import SourceSettings as SourceSettings
    from dreamvid.settings import ZoomSettings as ZoomSettings

__version__ = "0.1.0"

_HOME = {
    "DreamvidError": "errors",
    "Atlas": "pipeline",
    "Coherence": "pipeline",
    "DiveSettings": "settings",
    "LoopSettings": "settings",
    "LoopSourceSettings": "settings",
    "Dreamed": "pipeline",
    "Encoded": "pipeline",
    "Previewed": "pipeline",
    "Rendered": "pipeline",
    "atlas": "pipeline",
    "clip": "pipeline",
    "encode": "pipeline",
    "image": "pipeline",
    "measure": "pipeline",
    "preview": "pipeline",
    "loop": "pipeline",
    "rerun": "pipeline",
    "zoom": "pipeline",
    "AtlasSettings": "settings",
    "CameraSettings": "settings",
    "CarrySettings": "settings",
    "ClipSettings": "settings",
    "CoherenceSettings": "settings",
    "DreamSettings": "settings",
    "EncodeSettings": "settings",
    "EncoderSettings": "settings",
    "FilmSettings": "settings",
    "ImageSettings": "settings",
    "ResultSettings": "settings",
    "ShowSettings": "settings",
    "SourceSettings": "settings",
    "ZoomSettings": "settings",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dreamvid' has no attribute {name!r}")
    return getattr(import_module(f"dreamvid.{_HOME[name]}"), name)
