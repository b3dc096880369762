"""The facts of a film file, from its frames and packets. Headers are used only if there is no other source."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from dreamvid.arrays import Size
from dreamvid.errors import InputError, named
from dreamvid.media import ffmpeg
from dreamvid.media.timing import are_distinct, stamps_of
from dreamvid.settings import MAX_PIXELS

_KEY = 0x1  # the flag of a packet that decoding can begin with; ffmpeg does not print it where it is the only flag
_DISCARDED = 0x4  # the flag of a packet that is decoded and not shown
_NO_TIME = -(2**63)
_SECONDS_TO_ANSWER = 60.0
_SLOWEST = 5e6  # bytes a second
_STREAM = re.compile(r"^  Stream #0:(\d+)\S*: (Video|Audio|Subtitle): (\w+)(.*)$", re.MULTILINE)
_FORMAT = re.compile(r"^Input #0, (\S+), from", re.MULTILINE)
_SHOWN = re.compile(r"n: +0 pts: *\S+ .*? fmt:(\S+) .*?sar:(\d+)/(\d+) s:(\d+)x(\d+) i:(\w)")
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_BEGIN = re.compile(r"^  Duration: .*start: (-?[\d.]+)", re.MULTILINE)
_RATE = re.compile(r", ([\d.]+)(k?) fps")
_COLOURS = re.compile(r"color_space:(\S+) .*color_trc:(\S+)")
_PACKET = re.compile(r"^(\d+), +(\S+), +(\S+), +(\d+), +\d+, +\w+(?:, F=(\w+))?", re.MULTILINE)
_KIND = re.compile(r"^#media_type (\d+): video", re.MULTILINE)
_TICK = re.compile(r"^#tb (\d+): (\d+)/(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Track:
    """A stream of sound or subtitles: its number in the file, its kind ('Audio' or 'Subtitle'), ffmpeg's codec name."""

    index: int
    kind: str
    codec: str


class Key(NamedTuple):
    """A frame that decoding can begin with: when it is shown and when it is decoded, in seconds from `origin`."""

    shown: Fraction
    decoded: Fraction


@dataclass(frozen=True)
class Facts:
    """What is known of a film before its frames are read.

    Attributes:
        path: the file.
        picture: which of its moving pictures is meant, counted from 0; see `stream`.
        format: ffmpeg's name of the file's format, such as 'mpegts'.
        size: of a stored frame, turned upright.
        pixel_shape: width of a stored pixel by its height.
        pixel_format: ffmpeg's name, such as 'yuv420p10le'.
        transfer: ffmpeg's name of the transfer characteristic, such as 'smpte2084', or 'unknown'.
        matrix: ffmpeg's name of the matrix from YCbCr to RGB, such as 'bt709', or 'unknown'.
        interlaced: whether the first frame is made of two fields.
        tracks: sound and subtitles.
        begin: the file's own first moment, of whatever stream, in seconds.
        seconds: the duration that the file states; None if it states none.
        rate: the frame rate that the file states; None if it states none.
        origin: `begin`, rounded to the ticks in which the picture's times are stored.
        times: when each frame is shown, in seconds from `origin`, in order.
        exact: whether the file states a distinct time for each frame; otherwise times follow the order of decoding.
        keys: the frames that decoding can begin with, in order; none where the times are not exact.
        ends: when the last packet of picture or sound ends, in seconds from `begin`.
    """

    path: Path
    picture: int
    format: str
    size: Size
    pixel_shape: Fraction
    pixel_format: str
    transfer: str
    matrix: str
    interlaced: bool
    tracks: tuple[Track, ...]
    begin: Fraction
    seconds: Fraction | None
    rate: Fraction | None
    origin: Fraction
    times: tuple[Fraction, ...]
    exact: bool
    keys: tuple[Key, ...]
    ends: Fraction

    @property
    def stream(self) -> str:
        """The moving picture, as ffmpeg's -map takes it."""
        return _map(self.picture)


class _Packet(NamedTuple):
    """A packet: which picture it is of (None: of sound), its flags, the unit of its times, and its times in seconds.

    `shown` is None where it is not stated.
    """

    picture: int | None
    flags: int
    unit: Fraction
    decoded: Fraction
    shown: Fraction | None
    end: Fraction


def probe(path: Path, max_pixels: int = MAX_PIXELS) -> Facts:
    """Decodes the first frame, which may declare so many pixels at most, and lists the packets of the others.

    Raises:
        InputError: it is missing, no film, of an unsupported format, too large, or has no frame.
        FFmpegError: ffmpeg is missing.
    """
    check_file(path)
    found = path.stat()
    return _probed(path, max_pixels, ffmpeg.executable(),
                   (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=8)
def _probed(path: Path, max_pixels: int, _program: str, _file: tuple[int, ...]) -> Facts:
    """The facts of a film. They are cached, since a render needs them several times."""
    packets = _packets(path, "0:V", "0:a?")
    picture = _moving_picture(packets)
    text = _first_frame(path, picture, max_pixels)
    shown = _SHOWN.search(text)
    if shown is None:
        raise _refusal(path, text, max_pixels)
    pixel_format, width, height, columns, rows, field = shown.groups()
    matrix, transfer = _colours(text, shown.end())
    begin = begin_of(text)
    frames = [packet for packet in packets if packet.picture == picture and not packet.flags & _DISCARDED]
    shown_all = all(packet.shown is not None for packet in frames)
    unit = frames[0].unit if frames else Fraction(1)
    origin = round(begin / unit) * unit
    times = tuple(sorted(_shown(packet, exact=shown_all) - origin for packet in frames))
    exact = bool(frames) and shown_all and are_distinct(stamps_of(times))
    ends = [packet.end for packet in packets if packet.picture in (picture, None)]
    return Facts(
        path=path, picture=picture, format=_match(_FORMAT, text), size=Size(int(columns), int(rows)),
        pixel_shape=_shape(int(width), int(height)), pixel_format=pixel_format,
        transfer=transfer, matrix=matrix, interlaced=field not in "P?",
        tracks=tracks_in(text), begin=begin, seconds=_seconds(text), rate=_rate(text, picture), origin=origin,
        times=times, exact=exact, keys=_keys(frames, origin) if exact else (),
        ends=max(ends, default=Fraction(0)) - begin,
    )


def check_file(path: Path) -> None:
    """Refuses a file that is missing, empty or cannot be read.

    Raises:
        InputError: it is.
    """
    try:
        if not path.exists():
            raise InputError(f"{path} does not exist")
        if not path.is_file():
            raise InputError(f"{path} is not a file; a film is needed")
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if empty:
        raise InputError(f"{path} is empty")


def _map(picture: int) -> str:
    return f"0:V:{picture}"


def _moving_picture(packets: Sequence[_Packet]) -> int:
    """The first picture of more than one frame: an animated AVIF begins with a still that stands for it."""
    counts = Counter(packet.picture for packet in packets)
    return min((picture for picture, count in counts.items() if picture is not None and count > 1), default=0)


def _first_frame(path: Path, picture: int, max_pixels: int) -> str:
    """ffmpeg's standard error while it decodes one frame."""
    options = ["-map", _map(picture), "-frames:v", "1", "-vf", "showinfo", "-f", "null", "-"]
    return ffmpeg.run(*ffmpeg.reading(path, max_pixels=max_pixels), *options, timeout=_timeout(path))[2]


def _timeout(path: Path) -> float:
    """Timeout for ffmpeg, in seconds: longer than a slow disk needs to read the whole file."""
    return _SECONDS_TO_ANSWER + path.stat().st_size / _SLOWEST


def _streams(text: str) -> list[tuple[str, str, str, str]]:
    # What follows is about the output, whose streams are numbered alike.
    return _STREAM.findall(text.partition("Stream mapping:")[0])


def tracks_in(text: str) -> tuple[Track, ...]:
    """The sound and subtitles of a file, from what ffmpeg says of it."""
    return tuple(Track(int(number), kind, codec) for number, kind, codec, _ in _streams(text) if kind != "Video")


def begin_of(text: str) -> Fraction:
    """A file's first moment on its own clock in seconds, from what ffmpeg says of it."""
    return _match_fraction(_BEGIN, text) or Fraction(0)


def _refusal(path: Path, text: str, max_pixels: int) -> InputError:
    """Why no frame came."""
    if "not in allowed" in text or "whitelist" in text:
        return InputError(f"{path} is not a film of a supported format: MP4, MOV, MKV, WebM, AVI, MPEG, FLV, Ogg, GIF, "
                          "or an animated WebP, AVIF or PNG")
    if "exceeds specified max pixel count" in text:
        return InputError(f"{path} declares frames of more than {max_pixels:,} pixels; "
                          f"{named('max_pixels')} allows more")
    kinds = [kind for _, kind, _, _ in _streams(text)]
    if kinds and ("Video" not in kinds or "matches no streams" in text):
        return InputError(f"{path} has no moving picture, only {' and '.join(sorted({*kinds}))}".lower().replace(
            str(path).lower(), str(path)))
    if kinds:
        return InputError(f"{path} has no frame that can be decoded")
    return InputError(f"{path} is not a film, is damaged, or of an unknown format")


def _shape(width: int, height: int) -> Fraction:
    """The pixel's shape; an unknown one (0) is square."""
    return Fraction(width, height) if width and height else Fraction(1)


def _colours(text: str, start: int) -> tuple[str, str]:
    """Matrix and transfer of the frame that was shown."""
    found = _COLOURS.search(text, start)
    return (found[1], found[2]) if found else ("unknown", "unknown")


def _match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _match_fraction(pattern: re.Pattern[str], text: str) -> Fraction | None:
    found = pattern.search(text)
    return Fraction(found[1]) if found else None


def _seconds(text: str) -> Fraction | None:
    found = _DURATION.search(text)
    return Fraction(found[1]) * 3600 + Fraction(found[2]) * 60 + Fraction(found[3]) if found else None


def _rate(text: str, picture: int) -> Fraction | None:
    pictures = [rest for _, kind, _, rest in _streams(text) if kind == "Video" and "(attached pic)" not in rest]
    for rest in pictures[picture:]:
        found = _RATE.search(rest)
        if found:
            return Fraction(found[1]) * (1000 if found[2] else 1)
    return None


def end_of(path: Path, track: Track) -> Fraction:
    """When the last packet of a track ends, in seconds on the file's own clock; nothing is decoded for it."""
    return max((packet.end for packet in _packets(path, f"0:{track.index}")), default=Fraction(0))


def _packets(path: Path, *streams: str) -> list[_Packet]:
    """The packets of some streams, as ffmpeg's -map takes them; nothing is decoded for it."""
    maps = [word for stream in streams for word in ("-map", stream)]
    listing = ["-copyts", *maps, "-c", "copy", "-f", "framecrc", "pipe:1"]
    text = ffmpeg.run(*ffmpeg.reading(path), *listing, timeout=_timeout(path))[1]
    units = {stream: Fraction(int(over), int(under)) for stream, over, under in _TICK.findall(text)}
    pictures = {stream: number for number, stream in enumerate(_KIND.findall(text))}
    return [
        _Packet(pictures.get(stream), int(flags, 16) if flags else _KEY, units[stream], int(decoded) * units[stream],
                None if shown in ("NOPTS", str(_NO_TIME)) else int(shown) * units[stream],
                (int(decoded) + int(length)) * units[stream])
        for stream, decoded, shown, length, flags in _PACKET.findall(text)]


def _shown(packet: _Packet, *, exact: bool) -> Fraction:
    """When a frame is shown: where not all frames say it, as in AVI, they are shown as they are decoded."""
    return packet.shown if exact and packet.shown is not None else packet.decoded


def _keys(frames: Sequence[_Packet], origin: Fraction) -> tuple[Key, ...]:
    keys = [Key(packet.shown - origin, packet.decoded - origin) for packet in frames
            if packet.flags & _KEY and packet.shown is not None]
    return tuple(sorted(keys))
