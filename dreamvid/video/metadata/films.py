"""Films: the comment in MP4, MOV, Matroska and WebM, which ffmpeg writes and reads."""

import re
from pathlib import Path

from dreamvid.errors import FFmpegError
from dreamvid.video import ffmpeg
from dreamvid.video.child import said

SUFFIXES = (".mp4", ".mov", ".mkv", ".webm")
"""The films whose text ffmpeg writes; in all others it is put by `pictures.embed`."""

# In ffmpeg's list of tags a backslash stands before '=', ';', '#', itself, and the end of a line that goes on.
_COMMENT = re.compile(r"^comment=((?:\\.|[^\\\n])*)$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_MOST_BYTES = 1 << 20
_SECONDS = 60.0


def tags(suffix: str, text: str | None) -> list[str]:
    """ffmpeg's arguments, among those of the output, that give a film its text; none where it cannot or shall not."""
    return ["-metadata", f"comment={text}"] if text is not None and suffix in SUFFIXES else []


def found(path: Path) -> str | None:
    """The comment of a film; None if there is none, or the file is no film."""
    try:
        listed = said([*ffmpeg.reading(path), "-f", "ffmetadata", "pipe:1"], _MOST_BYTES, _SECONDS)
    except FFmpegError:
        ffmpeg.executable()  # if it is missing, that is the error
        return None
    match = _COMMENT.search(listed.decode(errors="replace"))
    return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL) if match else None
