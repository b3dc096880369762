"""The camera's move, and what a frame inherits from the dream before it."""

from dataclasses import dataclass

from dreamvid.settings.spec import Settings, setting


@dataclass(frozen=True, kw_only=True)
class CameraSettings(Settings):
    """The camera's move over a still. Speeds are per second, whatever the frame rate."""

    panel = "Camera"

    zoom: float = setting(1.8, "Magnification per second; above 1 goes in, below 1 goes out.", low=0.01, high=100)
    rotate: float = setting(0.0, "Rotation per second, clockwise.", low=-3600, high=3600, unit="degrees")
    pan_x: float = setting(0.0, "Move to the right per second, in picture widths.", low=-100, high=100)
    pan_y: float = setting(0.0, "Move down per second, in picture heights.", low=-100, high=100)
    border: str = setting("mirror", "What is seen beyond the picture's edge.", choices=("mirror", "wrap", "replicate"))


@dataclass(frozen=True, kw_only=True)
class CarrySettings(Settings):
    """What a frame inherits from the dream before it."""

    panel = "Carry"

    blend: float = setting(1.0, "Share of the last dream in the start of the next frame; the rest is the source.",
                           low=0, high=1)
    anchor: bool = setting(True, "Hold brightness, contrast and colours near the source's, so that long films do not "
                           "drift.")
    even: bool = setting(True, "Hold the strength of the dream near what the picture comes to by itself: steps grow "
                         "longer where the dream has faded, shorter where it is strong.")
