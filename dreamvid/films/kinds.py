"""The kinds of film. A new one is a module beside this one, a line here, and its name among the settings."""

from collections.abc import Mapping
from typing import Any

from dreamvid.films.breath import PULSE, SWAY
from dreamvid.films.clip import BOUNCE as CLIP_BOUNCE
from dreamvid.films.clip import CLIP
from dreamvid.films.crossfade import CROSSFADE
from dreamvid.films.dive import DIVE
from dreamvid.films.drift import DRIFT
from dreamvid.films.film import Kind
from dreamvid.films.zoom import BOUNCE, ZOOM

KINDS: Mapping[str, Kind] = {
    "zoom": ZOOM, "clip": CLIP,
    "dive of a picture": DIVE, "pulse of a picture": PULSE, "sway of a picture": SWAY, "bounce of a picture": BOUNCE,
    "drift of a picture": DRIFT,
    "crossfade of a clip": CROSSFADE, "bounce of a clip": CLIP_BOUNCE,
}
"""Name → kind."""


def kind_of(command: str, settings: Any, role: str) -> Kind:
    """The kind of film that a command makes of a `picture` or a `clip`."""
    return KINDS[f"{settings.kind} of a {role}" if command == "loop" else command]
