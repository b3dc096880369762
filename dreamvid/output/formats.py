"""The codecs and options of each film suffix, and ffmpeg's arguments for them.

YUV formats are converted to BT.709 and tagged as such; RGB formats keep the values unchanged.
"""

from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from pathlib import Path

from dreamvid.arrays import Size
from dreamvid.errors import SettingError
from dreamvid.settings import ENCODER_PRESETS, EncoderSettings, bits_a_second

# x264's output depends on the number of threads; a fixed number makes equal files on every machine.
_THREADS = ("-threads", "4")
# Converts to BT.709 and sets all four tags. By default ffmpeg converts to BT.601 and sets no tags.
_TO_BT709 = ("scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format={},"
             "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709")
_YUV = ("yuv420p", "yuv422p", "yuv444p")


@dataclass(frozen=True)
class Container:
    """A container: ffmpeg's muxer and its options, the supported codecs (default first), and whether it loops."""

    muxer: str
    codecs: tuple[str, ...]
    options: tuple[str, ...] = ()
    loops: bool = False


@dataclass(frozen=True)
class Codec:
    """A codec: its YUV formats (default first; empty for RGB only), default and largest CRF, bitrate support."""

    pixels: tuple[str, ...] = ()
    crf: int | None = None
    worst: int = 63
    bitrate: bool = True


@dataclass(frozen=True)
class Encoding:
    """How ffmpeg encodes raw RGB frames: filter, options, and the block that the size must be a multiple of."""

    picture: str
    codec: tuple[str, ...]
    muxer: tuple[str, ...]
    grid: Size

    @property
    def options(self) -> tuple[str, ...]:
        """ffmpeg's options for the output."""
        return self.codec + self.muxer


_FASTSTART = ("-movflags", "+faststart")
CONTAINERS = {
    ".mp4": Container("mp4", ("h264", "h265", "av1", "vp9"), _FASTSTART),
    ".mov": Container("mov", ("h264", "h265", "prores"), _FASTSTART),
    ".mkv": Container("matroska", ("h264", "h265", "av1", "vp9", "prores", "ffv1")),
    ".webm": Container("webm", ("vp9", "av1")),
    ".gif": Container("gif", ("gif",), ("-loop", "0"), loops=True),
    ".webp": Container("webp", ("webp",), ("-loop", "0"), loops=True),
    ".avif": Container("avif", ("av1",), ("-loop", "0"), loops=True),
    ".png": Container("apng", ("apng",), ("-plays", "0"), loops=True),
    ".apng": Container("apng", ("apng",), ("-plays", "0"), loops=True),
}
CODECS = {
    "h264": Codec(_YUV, crf=16, worst=51),
    "h265": Codec(_YUV, crf=20, worst=51),
    "av1": Codec(_YUV, crf=26),
    "vp9": Codec(_YUV, crf=24),
    "prores": Codec(_YUV[1:], bitrate=False),
    "ffv1": Codec(bitrate=False),
    "gif": Codec(bitrate=False),
    "webp": Codec(crf=20, bitrate=False),
    "apng": Codec(bitrate=False),
}
_GRIDS = {"yuv420p": Size(2, 2), "yuv422p": Size(2, 1), "yuv444p": Size(1, 1)}
_RGB = {"ffv1": "bgr0", "webp": "bgra", "apng": "rgb24", "gif": "rgb24"}


def encoding_for(suffix: str, film: EncoderSettings) -> Encoding:
    """How a film with this suffix is encoded.

    Raises:
        SettingError: the container or the codec does not support the settings.
    """
    container = CONTAINERS[suffix]
    name = film.codec or container.codecs[0]
    if name not in container.codecs:
        raise SettingError("codec", name, f"{suffix} holds {', '.join(container.codecs)}")
    codec = CODECS[name]
    _check(name, codec, film)
    if film.repeat > 1 and container.loops:
        raise SettingError("repeat", film.repeat, f"{suffix} repeats by itself, without end")
    pixels = film.pix_fmt or (codec.pixels[0] if codec.pixels else _RGB[name])
    ten_bits = "10le" if name == "prores" else ""
    picture = _TO_BT709.format(pixels + ten_bits) if codec.pixels else f"format={pixels}"
    muxer = ("-fflags", "+bitexact", "-f", container.muxer, *container.options)
    return Encoding(picture, _encoder(name, codec, film, pixels), muxer, _GRIDS.get(pixels, Size(1, 1)))


def _check(name: str, codec: Codec, film: EncoderSettings) -> None:
    if film.pix_fmt and film.pix_fmt not in codec.pixels:
        raise SettingError("pix_fmt", film.pix_fmt, f"{name} holds {', '.join(codec.pixels) or 'RGB only'}")
    if film.crf >= 0 and codec.crf is None:
        raise SettingError("crf", film.crf, f"{name} has no rate factor")
    if film.crf > codec.worst:
        raise SettingError("crf", film.crf, f"with {name} it must be 0 to {codec.worst}")
    if film.bitrate and not codec.bitrate:
        raise SettingError("bitrate", film.bitrate, f"{name} has none")
    if film.max_size and name != "gif":
        raise SettingError("max_size", film.max_size, "it is for .gif; other films have {crf} and {bitrate}")


def _encoder(name: str, codec: Codec, film: EncoderSettings, pixels: str) -> tuple[str, ...]:
    """ffmpeg's encoder with its options. x264's preset names are mapped to similar speeds of other encoders."""
    preset = film.encoder_preset or "medium"
    slowness = ENCODER_PRESETS.index(preset)  # 0 to 8
    crf = film.crf if film.crf >= 0 else codec.crf
    rate = str(bits_a_second(film.bitrate)) if film.bitrate else ""
    quality = ["-crf", str(crf)] if not rate else ["-b:v", rate]
    quality += ["-g", str(film.key_every)] if film.key_every else []
    match name:
        case "h264":
            options = ["libx264", *quality, "-preset", preset, *_THREADS]
        case "h265":
            options = ["libx265", *quality, "-preset", preset, "-tag:v", "hvc1",
                       "-x265-params", "log-level=error:frame-threads=1"]
        case "av1" if pixels == "yuv420p":
            options = ["libsvtav1", *quality, "-preset", str(12 - slowness)]
        case "av1":  # SVT-AV1 supports 4:2:0 only
            options = ["libaom-av1", *quality, "-cpu-used", str(min(8, 10 - slowness)), "-row-mt", "1", *_THREADS]
        case "vp9":
            quality = [*quality, "-b:v", "0"] if not rate else quality
            options = ["libvpx-vp9", *quality, "-cpu-used", str(min(5, 8 - slowness)), "-row-mt", "1", *_THREADS]
        case "prores":
            options = ["prores_ks", "-profile:v", "4" if pixels == "yuv444p" else "3", "-vendor", "apl0"]
        case "ffv1":
            options = ["ffv1", "-level", "3", "-slices", "4", "-slicecrc", "1"]
        case "webp":
            options = ["libwebp_anim", "-quality", str(100 - (crf or 0))]
        case _:
            options = [name]
    return ("-c:v", *options)


def raw_frames(size: Size, fps: Fraction) -> list[str]:
    """ffmpeg's arguments for raw RGB frames from its standard input."""
    return ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", str(size),
            "-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0"]


def whole_size(size: Size, grid: Size) -> Size:
    """The size rounded up to a multiple of the grid's cells."""
    return Size(-(-size.width // grid.width) * grid.width, -(-size.height // grid.height) * grid.height)


def kept_rate(output: str | PathLike[str], fps: Fraction) -> Fraction:
    """The frame rate nearest to `fps` that an output stores exactly. GIF delays are whole hundredths of a second."""
    if Path(output).suffix.lower() != ".gif" or ((100 / fps).denominator == 1 and fps <= 50):
        return fps
    return min((Fraction(rate) for rate in (50, 25, 20, 10)), key=lambda rate: max(rate / fps, fps / rate))
