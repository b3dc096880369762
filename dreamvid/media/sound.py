"""The sound of a file, whatever ffmpeg reads: what there is of it, and its samples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamvid.errors import FFmpegError, InputError
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
        InputError: it is missing, of a kind that is not opened, or has no sound.
        FFmpegError: ffmpeg is missing.
    """
    check_file(path)
    text = ffmpeg.run(*ffmpeg.reading(path), timeout=_ANSWER)[2]
    tracks = [track for track in tracks_in(text) if track.kind == "Audio"]
    if not tracks:
        known = re.search(r"^Input #0", text, re.MULTILINE)
        problem = "has no sound" if known else "is no sound, is damaged, or of an unknown format"
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
        while part := child.read(_PART):
            found = True
            yield np.frombuffer(part, "<f4").astype(np.float32, copy=False)
        if (child.status or 0) < 0:
            raise FFmpegError(f"ffmpeg was ended by signal {-(child.status or 0)} while it read {path}")
        if not found:
            raise InputError(f"{path} has no sound that can be decoded")
    finally:
        child.close()
