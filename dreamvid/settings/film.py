"""The film that is written: its container's streams, its rate and its size."""

from dataclasses import dataclass
from fractions import Fraction
from re import fullmatch

from dreamvid.errors import SettingError
from dreamvid.settings.spec import Settings, setting


def frame_rate(text: str | float | Fraction) -> Fraction:
    """A frame rate: '30', '29.97' or, exactly, '30000/1001'.

    The usual roundings of the NTSC rates (23.976, 29.97, 59.94) become the exact rate.

    Raises:
        SettingError: it is not a number, or outside 1 to 240 frames a second.
    """
    try:
        rate = Fraction(text).limit_denominator(100_000)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise SettingError(f"--fps is {text!r}; it must be a number like 30, 29.97 or 30000/1001") from error
    exact = Fraction(round(rate * 1001 / 1000) * 1000, 1001)
    if rate.denominator not in (1, 1001) and abs(rate - exact) < Fraction(1, 200):
        rate = exact
    if not 1 <= rate <= 240:
        raise SettingError(f"--fps is {text}; it must be 1 to 240 frames a second")
    return rate


ENCODER_PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")


@dataclass(frozen=True, kw_only=True)
class EncoderSettings(Settings):
    """How a film is encoded. What is left open follows from its suffix."""

    panel = "Film"

    codec: str | None = setting(
        None, "Codec: .mp4 and .mkv hold nearly all, .mov h264, h265 and prores, .webm vp9 and av1; ffv1, in .mkv, is "
        "lossless.", choices=("h264", "h265", "av1", "vp9", "prores", "ffv1"), unset="h264, for .webm vp9")
    crf: int | None = setting(None, "Constant rate factor of the encoder: lower is better and larger.", low=0, high=63,
                              unset="16 for h264, 20 for h265 and .webp, 24 for vp9, 26 for av1", replaces=("bitrate",))
    pix_fmt: str | None = setting(
        None, "How finely colours are kept: yuv444p for every pixel, which the saturated detail of dreams gains most "
        "from; yuv420p for every four, which alone plays everywhere.", choices=("yuv420p", "yuv422p", "yuv444p"),
        unset="yuv420p, for prores yuv422p")
    bitrate: str | None = setting(None, "Bits per second, such as 8M or 900k, in place of a rate factor.", unset="none",
                                  replaces=("crf",))
    encoder_preset: str | None = setting(None, "Speed of the encoder: slower films are smaller.",
                                         choices=ENCODER_PRESETS, unset="medium")
    key_every: int | None = setting(
        None, "Frames from one key frame to the next. In a loop 1: an encoder that began anew with its first frame "
        "only would show the seam.", low=1, high=10_000, unset="the encoder's")
    max_size: str | None = setting(None, "Largest file, such as 8MB: for .gif, whose size, rate and colours are chosen "
                                   "to fit.", unset="any")
    repeat: int = setting(1, "How often the film is played, for formats that do not loop by themselves.",
                          low=1, high=1000)
    poster: str | None = setting(None, "Also write the frame in the middle as a picture, such as poster.jpg.",
                                 unset="none", file="output")
    sheet: str | None = setting(None, "Also write a contact sheet of the film, such as sheet.png.", unset="none",
                                file="output")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bitrate is not None:
            bits_a_second(self.bitrate)
            if self.crf is not None:
                raise SettingError(f"--bitrate is {self.bitrate} and --crf {self.crf}; give one of the two")
        if self.max_size is not None:
            file_size(self.max_size)


def bits_a_second(text: str) -> int:
    """'8M' → 8 000 000, '900k' → 900 000.

    Raises:
        SettingError: it is no rate, or under 1000.
    """
    return _amount("--bitrate", text, {"": 1, "k": 1000, "m": 1_000_000}, "a number of bits, such as 8M or 900k")


def file_size(text: str) -> int:
    """'8MB' → 8 000 000 bytes, '500kB' → 500 000.

    Raises:
        SettingError: it is no size, or under 1000.
    """
    units = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}
    return _amount("--max-size", text, units, "a size, such as 8MB or 500kB")


def _amount(option: str, text: str, units: dict[str, int], wanted: str) -> int:
    match = fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([a-z]*)", str(text).lower())
    amount = round(Fraction(match[1]) * units.get(match[2], 0)) if match else 0
    if amount < 1000:
        raise SettingError(f"{option} is {text!r}; it must be {wanted}")
    return amount


@dataclass(frozen=True, kw_only=True)
class FilmSettings(EncoderSettings):
    """The film that is written."""

    fps: Fraction = setting(Fraction(30), "Frames per second: 30, 29.97 or, exactly, 30000/1001.", low=1, high=240)
    size: int = setting(640, "Longer side of the film.", low=16, high=8192, unit="pixels")
