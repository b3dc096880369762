"""The parts that the settings of commands are composed of: source clip, camera, curves, encoder and others."""

from dataclasses import dataclass
from fractions import Fraction
from re import fullmatch
from typing import Self

from dreamvid.errors import SettingError
from dreamvid.settings.spec import Curve, Settings, Spec, Time, check, setting, time_of


@dataclass(frozen=True, kw_only=True)
class SourceSettings(Settings):
    """The part of a clip that is read, and how."""

    panel = "Source"

    start: Time = setting(0.0, "Where in the clip to begin: 90, 1:30, 1m30s, or 40%.", low=0, high=1e6, unit="seconds",
                          share=True)
    end: Time = setting(0.0, "Where in the clip to end, written as for --start.", low=0.001, high=1e6, unit="seconds",
                        unset="the clip's end", share=True)
    frames: int = setting(0, "Most frames to take.", low=1, high=10_000_000, unset="all")
    size: int = setting(0, "Longer side of the film.", low=16, high=8192, unit="pixels", unset="the clip's own")
    fps: Fraction = setting(Fraction(0), "Frames per second.", low=1, high=240, unset="the clip's own")
    deinterlace: bool = setting(False, "Make whole frames out of the two fields of interlaced ones.")
    strict: bool = setting(False, "End with an error if a part of the clip is damaged or missing.")

    def at(self, seconds: float) -> Self:
        """The settings with times such as 40% converted to seconds.

        Args:
            seconds: the length of the clip.
        """
        times = {"start": self.start, "end": self.end}
        shares = {key: float(value[:-1]) / 100 * seconds for key, value in times.items() if isinstance(value, str)}
        return self.but(**shares) if shares else self

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.end, str) and not isinstance(self.start, str) and 0 < self.end <= self.start:
            raise SettingError("end", self.end, f"the end must come after the start, and {{start}} is {self.start:g}")


FLOW_BLEND, PLAIN_BLEND = 0.93, 0.5
"""Default `blend`: for `flow`, where a larger share would freeze the detail; and for plain blending."""


@dataclass(frozen=True, kw_only=True)
class CoherenceSettings(Settings):
    """What a clip's frame takes over from the previous dream."""

    panel = "Coherence"

    coherence: str = setting(
        "flow", "How a frame uses the last dream: flow adds its detail, moved with the picture; blend mixes the last "
                "dreamed frame with this one; none dreams each frame alone.", choices=("flow", "blend", "none"))
    blend: Curve = setting(-1.0, "Share of the last dream that is carried into the next one.", low=0, high=1,
                           moves=True, unset=f"{FLOW_BLEND}; of --coherence blend {PLAIN_BLEND}")
    cuts: bool = setting(True, "Look for cuts, and start the dream again after each.")
    warm_up: int = setting(5, "Times that the first frame of a scene is dreamed, so that it is as strong as those "
                           "that inherit a dream.", low=1, high=1000)
    catch_up: float = setting(3.0, "How much longer steps are where the dream has just begun, such as where something "
                              "has come into view: 3 makes them four times as long at first.", low=0, high=20)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.blend == -1:
            object.__setattr__(self, "blend", PLAIN_BLEND if self.coherence == "blend" else FLOW_BLEND)


@dataclass(frozen=True, kw_only=True)
class ShowSettings(Settings):
    """How much of the dream is shown, and where."""

    panel = "Show"

    strength: Curve = setting(1.0, "How much of the dream is shown over the source.", low=0, high=1,
                              moves=True)
    mask: str = setting("", "A picture or a clip: what is white in it is dreamed, what is black stays.",
                        unset="none", file="input")
    invert_mask: bool = setting(False, "What is black in the mask is dreamed, what is white stays.")
    compare: str = setting("off", "Show the source too: side, on the left; wipe, left of a line that moves back and "
                                  "forth.",
                           choices=("off", "side", "wipe"))
    sound: bool = setting(True, "Keep the clip's sound and subtitles, or --audio.")


@dataclass(frozen=True, kw_only=True)
class CameraSettings(Settings):
    """The camera's move over a still. Speeds are per second, whatever the frame rate."""

    panel = "Camera"

    zoom: Curve = setting(1.8, "Magnification per second; above 1 goes in, below 1 goes out.", low=0.01, high=100,
                          moves=True)
    rotate: Curve = setting(0.0, "Rotation per second, clockwise.", low=-3600, high=3600, unit="degrees",
                            moves=True)
    pan_x: Curve = setting(0.0, "Move to the right per second, in picture widths.", low=-100, high=100, moves=True)
    pan_y: Curve = setting(0.0, "Move down per second, in picture heights.", low=-100, high=100, moves=True)
    center: str = setting(
        "", "The point that stays in its place while the camera zooms and turns, as fractions of the width and "
        "height from the upper left, such as 0.3,0.6; or auto: where the picture excites the layers most.",
        unset="the middle")
    border: str = setting("mirror", "What is seen beyond the picture's edge.", choices=("mirror", "wrap", "replicate"))

    def __post_init__(self) -> None:
        super().__post_init__()
        point(self.center)


@dataclass(frozen=True, kw_only=True)
class CarrySettings(Settings):
    """What a frame takes over from the previous dream."""

    panel = "Carry"

    blend: Curve = setting(1.0, "Share of the last dream in the start of the next frame; the rest is the source.",
                           low=0, high=1, moves=True)
    drive: Curve = setting(1.0, "Strength of the dream: factor on the total length of the steps, and on the strength "
                                "that --even keeps. Above 1 there are more steps.",
                           low=0, high=4, key="strength", moves=True)
    anchor: bool = setting(True, "Keep brightness, contrast and colours near those of the source, so that long films "
                                 "do not drift.")
    even: bool = setting(True, "Keep the strength of the dream near that of the picture dreamed alone: steps are "
                               "longer where the dream has faded, shorter where it is strong.")


def point(text: str) -> tuple[float, float] | None:
    """Parses a point such as '0.3,0.6', as fractions of width and height. Empty text is the middle; `auto` is None.

    Raises:
        SettingError: the text is not a point, or the point is outside the picture.
    """
    if text in ("", "auto"):
        return None if text else (0.5, 0.5)
    try:
        x, y = (float(part) for part in str(text).split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise SettingError("center", text, "it must be two fractions from 0 to 1, such as 0.3,0.6, or auto")
    return x, y


def frame_rate(text: str | float | Fraction) -> Fraction:
    """Parses a frame rate: '30', '29.97' or the exact '30000/1001'.

    Rounded NTSC rates (23.976, 29.97, 59.94) become the exact rate.

    Raises:
        SettingError: it is not a number, or outside 1 to 240 frames a second.
    """
    try:
        rate = Fraction(text).limit_denominator(100_000)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise SettingError("fps", text, "it must be a number like 30, 29.97 or 30000/1001") from error
    exact = Fraction(round(rate * 1001 / 1000) * 1000, 1001)
    if rate.denominator not in (1, 1001) and abs(rate - exact) < Fraction(1, 200):
        rate = exact
    if not 1 <= rate <= 240:
        raise SettingError("fps", rate, "it must be 1 to 240 frames a second")
    return rate


ENCODER_PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")


@dataclass(frozen=True, kw_only=True)
class EncoderSettings(Settings):
    """How a film is encoded. Defaults depend on the suffix of the output."""

    panel = "Film"

    codec: str = setting(
        "", "Codec: .mp4 and .mkv hold nearly all, .mov h264, h265 and prores, .webm vp9 and av1; ffv1, in .mkv, is "
        "lossless.", choices=("h264", "h265", "av1", "vp9", "prores", "ffv1"), unset="h264, for .webm vp9")
    crf: int = setting(-1, "Constant rate factor of the encoder: lower is better and larger.", low=0, high=63,
                       unset="16 for h264, 20 for h265 and .webp, 24 for vp9, 26 for av1", replaces=("bitrate",))
    pix_fmt: str = setting(
        "", "Resolution of the colours: yuv444p has one for each pixel, which keeps the saturated detail of dreams; "
            "yuv420p has one for four pixels, and plays everywhere.", choices=("yuv420p", "yuv422p", "yuv444p"),
        unset="yuv420p, for prores yuv422p")
    bitrate: str = setting("", "Bits per second, such as 8M or 900k, in place of a rate factor.", unset="none",
                           replaces=("crf",))
    encoder_preset: str = setting("", "Speed of the encoder: slower films are smaller.",
                                  choices=ENCODER_PRESETS, unset="medium")
    key_every: int = setting(
        0, "Frames from one key frame to the next. In a loop it is 1, since otherwise the quality would change "
           "visibly at its first frame.", low=1, high=10_000, unset="the encoder's")
    max_size: str = setting("", "Largest file, such as 8MB: for .gif, whose size, rate and colours are chosen "
                            "to fit.", unset="any")
    repeat: int = setting(1, "How often the film is played, for formats that do not loop by themselves.",
                          low=1, high=1000)
    poster: str = setting("", "Also write the frame in the middle as a picture, such as poster.jpg.",
                          unset="none", file="output")
    sheet: str = setting("", "Also write a contact sheet of the film, such as sheet.png.", unset="none",
                         file="output")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bitrate:
            bits_a_second(self.bitrate)
            if self.crf >= 0:
                raise SettingError("bitrate", self.bitrate, "{crf} is given too; give one of the two")
        if self.max_size:
            file_size(self.max_size)


def bits_a_second(text: str) -> int:
    """'8M' → 8 000 000, '900k' → 900 000.

    Raises:
        SettingError: it is not a rate, or under 1000.
    """
    return _amount("bitrate", text, {"": 1, "k": 1000, "m": 1_000_000}, "a number of bits, such as 8M or 900k")


def file_size(text: str) -> int:
    """'8MB' → 8 000 000 bytes, '500kB' → 500 000.

    Raises:
        SettingError: it is not a size, or under 1000.
    """
    units = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}
    return _amount("max_size", text, units, "a size, such as 8MB or 500kB")


def _amount(key: str, text: str, units: dict[str, int], wanted: str) -> int:
    match = fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([a-z]*)", str(text).lower())
    amount = round(Fraction(match[1]) * units.get(match[2], 0)) if match else 0
    if amount < 1000:
        raise SettingError(key, text, f"it must be {wanted}")
    return amount


@dataclass(frozen=True, kw_only=True)
class FilmSettings(EncoderSettings):
    """The film that is written."""

    fps: Fraction = setting(Fraction(30), "Frames per second: 30, 29.97 or, exactly, 30000/1001.", low=1, high=240)
    size: int = setting(640, "Longer side of the film.", low=16, high=8192, unit="pixels")


@dataclass(frozen=True, kw_only=True)
class ResultSettings(Settings):
    """What is stored in a result's metadata."""

    recipe: bool = setting(True, "Carry the recipe in the result's own metadata: settings, seed, versions, and the "
                           "names and hashes of what was read. `dreamvid show` prints it.")


@dataclass(frozen=True, kw_only=True)
class WorkSettings(Settings):
    """What is kept on the disk while a film is made."""

    panel = "Work folder"

    resume: bool = setting(True, "Keep every frame on the disk, in OUTPUT.dreamvid, until the film is done: the same "
                                 "command continues a render that was stopped.")
    restart: bool = setting(False, "Delete what a stopped render left, and start over.", discards=True)
    keep_work: bool = setting(False, "Keep the work folder when the film is done.")


@dataclass(frozen=True, kw_only=True)
class TimelineSettings(Settings):
    """Settings for curves, which change other settings over time."""

    panel = "Timeline"

    audio: str = setting("", "Sound that curves can use, and that becomes the film's: whatever ffmpeg reads. Without "
                             "--seconds and --frames a zoom is as long.", unset="a clip's own", file="input")
    audio_start: Time = setting(0.0, "Where in the sound to begin.", low=0, high=1e6, unit="seconds")
    audio_offset: Time = setting(0.0, "How much later the sound is heard, such as 40ms.", low=-60, high=60,
                                 unit="seconds")
    bpm: float = setting(0.0, "Beats per minute of the sound, or of a film without one.", low=20, high=400,
                         unset="estimated from the sound")
    first_beat: Time = setting(-1.0, "When in the sound the first beat is.", low=0, high=3600, unit="seconds",
                               unset="estimated, and without a sound 0")
    lead: str = setting("auto", "How much earlier curves are read, since a dream responds late: auto, as measured for "
                                "each setting; none; or seconds, such as 0.1.")
    clamp: bool = setting(False, "Keep curves within the ranges of their settings; otherwise a value outside is an "
                                 "error.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lead not in ("auto", "none"):
            seconds = time_of("lead", self.lead)
            check("lead", seconds, Spec(help="", low=0, high=2, unit="seconds, or auto, or none"))

    @property
    def shift(self) -> float:
        """The position in the sound, in seconds, that plays at the start of the film."""
        return float(self.audio_start) - float(self.audio_offset)
