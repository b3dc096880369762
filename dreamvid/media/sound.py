"""The sound of a file, whatever ffmpeg reads: its samples; and the sound and subtitles that belong to a film."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamvid.errors import InputError
from dreamvid.media import ffmpeg
from dreamvid.media.child import RawReader
from dreamvid.media.probe import Track, begin_of, check_file, tracks_in

_PART = 1 << 18  # bytes that are read at a time
_ANSWER = 60.0  # seconds


@dataclass(frozen=True)
class SoundFacts:
    """What is known of a file's sound.

    Attributes:
        track: its first one.
        begin: the file's own first moment, of whatever stream, in seconds.
    """

    track: Track
    begin: Fraction


def probe_sound(path: Path) -> SoundFacts:
    """Reads the header of a file.

    Raises:
        InputError: it is missing, of an unsupported format, or has no sound.
        FFmpegError: ffmpeg is missing.
    """
    check_file(path)
    text = ffmpeg.run(*ffmpeg.reading(path), timeout=_ANSWER)[2]
    tracks = [track for track in tracks_in(text) if track.kind == "Audio"]
    if not tracks:
        known = re.search(r"^Input #0", text, re.MULTILINE)
        problem = "has no sound" if known else "is not a sound, is damaged, or of an unknown format"
        raise InputError(f"{path} {problem}")
    return SoundFacts(tracks[0], begin_of(text))


def samples(path: Path, rate: int) -> Iterator[NDArray[np.float32]]:
    """The sound of a file, mixed to one channel, from the file's first moment on, in parts; full scale is 1.

    Gaps and a late beginning are silence, so that the n-th sample is heard n / rate seconds after the beginning.

    Args:
        rate: samples a second.

    Raises:
        InputError: there is no sound, or none of it can be decoded.
        FFmpegError: ffmpeg is missing, or was killed.
    """
    facts = probe_sound(path)
    filters = f"aresample={rate}:async=1:first_pts=0"
    child = RawReader([*ffmpeg.reading(path), "-map", f"0:{facts.track.index}", "-af", filters, "-ac", "1",
                       "-f", "f32le", "pipe:1"])
    try:
        found = False
        while part := child.read_bytes(_PART):
            found = True
            yield np.frombuffer(part, "<f4").astype(np.float32, copy=False)
        child.check_alive(path)
        if not found:
            raise InputError(f"{path} has no sound that can be decoded")
    finally:
        child.close()


_COMMON = frozenset({"aac", "mp3", "ac3", "eac3", "alac"})
# The sound that a container holds as players expect it; Matroska holds every kind.
_COPIED: dict[str, frozenset[str] | None] = {
    ".mp4": _COMMON | {"mp2", "flac", "opus"},
    ".mov": _COMMON | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le"},
    ".mkv": None,
    ".webm": frozenset({"opus", "vorbis"}),
}
_TEXT = frozenset({"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"})


@dataclass(frozen=True)
class Tracks:
    """What is taken from a source besides its picture.

    Attributes:
        path: the source.
        tracks: its sound and subtitles.
        begin: the source's first moment on its own clock, in seconds.
        start: from where they are taken, in seconds from that moment.
        shown: when the first frame is shown, in seconds from that moment.
        length: how much is taken, in seconds; None for all.
        frames: the frames that belong to it. If the film gets fewer, the sound ends with the film.
        padded: whether the sound is too short for the film, and silence follows it.
    """

    path: Path
    tracks: tuple[Track, ...]
    begin: Fraction
    start: Fraction
    shown: Fraction
    length: Fraction | None
    frames: int
    padded: bool = False


def lost_tracks(tracks: Tracks, suffix: str) -> list[Track]:
    """The tracks that a container cannot hold at all: subtitles that are pictures."""
    return [track for track in tracks.tracks if _codec(track, suffix, padded=tracks.padded) is None]


def warn_of_lost_tracks(tracks: Tracks, suffix: str, warn: Callable[[str], None]) -> None:
    """Warns about each track that is left out, and says which container would keep it."""
    for track in lost_tracks(tracks, suffix):
        warn(f"the subtitles ({track.codec}) do not fit into {suffix} and are left out; .mkv would keep them")


def joined(film: Path, tracks: Tracks, suffix: str, length: Fraction | None) -> list[str]:
    """ffmpeg's arguments, all but the muxer and the output, that put a silent film and its tracks together.

    Args:
        film: has the picture.
        tracks: where the rest is.
        suffix: of the result.
        length: how much of the tracks is taken, in seconds; None for all.
    """
    # With the clocks as they are, ffmpeg does not guess a beginning from the streams that it happens to use.
    picture = ["-copyts", "-itsoffset", _seconds(tracks.shown - tracks.start), *ffmpeg.reading(film)]
    others = ["-itsoffset", _seconds(-tracks.begin - tracks.start), *ffmpeg.reading(tracks.path)]
    kept = [(track, codec) for track in tracks.tracks
            if (codec := _codec(track, suffix, padded=tracks.padded)) is not None]
    maps = [word for track, _ in kept for word in ("-map", f"1:{track.index}")]
    codecs = [word for number, (_, codec) in enumerate(kept, start=1) for word in (f"-c:{number}", codec)]
    # What comes before the start has negative times now. (-ss would drop the picture's first frame as well, since
    # that one is decoded before its time.)
    late = "noise=drop=lt(pts\\,0)"
    # What is encoded anew is cut before the encoder, or -t would count from what is dropped.
    anew = [number for number, (track, codec) in enumerate(kept, start=1)
            if (tracks.start or tracks.padded) and track.kind == "Audio" and codec != "copy"]
    filters = "atrim=start=0,apad" if tracks.padded else "atrim=start=0"
    codecs += [word for number in anew for word in (f"-filter:{number}", filters)]
    cut = ["-bsf:a", late, "-bsf:s", late] if tracks.start else []
    cut += ["-t", _seconds(length)] if length is not None else []
    return [*picture, *others, *cut, "-map", "0:v", *maps, "-c:v", "copy", *codecs]


def _codec(track: Track, suffix: str, *, padded: bool) -> str | None:
    """ffmpeg's encoder for a track, or 'copy'; None if the container cannot hold it."""
    if track.kind == "Audio":
        copied = _COPIED[suffix]
        if not padded and (copied is None or track.codec in copied):
            return "copy"
        return "libopus" if suffix == ".webm" else "aac"
    if suffix == ".mkv":
        return "srt" if track.codec == "mov_text" else "copy"
    if track.codec not in _TEXT:
        return None
    return "webvtt" if suffix == ".webm" else "mov_text"


def _seconds(time: Fraction) -> str:
    return f"{float(time):.6f}"
