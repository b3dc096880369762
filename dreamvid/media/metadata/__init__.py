"""The text that a result carries in its own metadata: written into files of every format, and read again.

MP4, MOV, Matroska and WebM have it as a comment, which ffmpeg writes and reads, JPEG and TIFF as XMP, which libraries
write and read. `formats.py` has all others.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import error as StructError
from typing import BinaryIO

from dreamvid.errors import FFmpegError, InputError, write_error
from dreamvid.media import ffmpeg
from dreamvid.media.metadata.formats import CARRIERS, Carrier, Data, text_of
from dreamvid.media.still import xmp_in
from dreamvid.recipe import MARK

SUFFIXES = (".mp4", ".mov", ".mkv", ".webm")
"""The films whose text ffmpeg writes; in all others it is put by `embed`."""

# In ffmpeg's list of tags a backslash stands before '=', ';', '#', itself, and the end of a line that goes on.
_COMMENT = re.compile(r"^comment=((?:\\.|[^\\\n])*)$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_DAMAGE = (StructError, ValueError, LookupError)


def tags(suffix: str, text: str | None) -> list[str]:
    """ffmpeg's output arguments that give a film its text; empty if `text` is None or the format cannot carry it."""
    return ["-metadata", f"comment={text}"] if text is not None and suffix in SUFFIXES else []


def embed(path: Path, text: str | None, target: Path) -> None:
    """Makes a complete file carry a text, unless that is None; a file of another format stays as it is.

    Args:
        path: the file, which is not yet under its name.
        text: what it should carry.
        target: its name, for errors.

    Raises:
        OutputError, ResourceError: it cannot be written.
    """
    if text is None:
        return
    try:
        with path.open("r+b") as file:
            with _content_of(file) as data:
                carrier = _carrier_of(data)
                changes = carrier.changes(data, text) if carrier else {}
            for offset, content in changes.items():
                file.seek(offset)
                file.write(content)
    except OSError as error:
        raise write_error(target, error) from error


def read(path: Path) -> str:
    """The text of the recipe that a film or a picture carries. Little of a file is read, whatever it holds.

    Raises:
        InputError: the file is missing or cannot be read, or holds no recipe.
        FFmpegError: ffmpeg is missing.
    """
    if not os.path.isfile(path):
        is_one = os.path.isdir(path)
        raise InputError(f"{path} is a folder; give one of its files" if is_one else f"{path} does not exist")
    text = _text(path)
    if text is None or not text.startswith(MARK):
        raise InputError(f"{path} holds no recipe; results made without one, or changed by another program, "
                         "have none")
    return text


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size == 0:
            return None
        with path.open("rb") as file:
            with _content_of(file) as data:
                carrier = _carrier_of(data)
                if carrier is not None:
                    return text_in(data, carrier)
            if xmp := xmp_in(file):
                return text_of(xmp).decode()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return _comment(path)


def _carrier_of(data: Data) -> Carrier | None:
    """The format of a file that can carry a text; None if it is of another."""
    return next((carrier for carrier in CARRIERS if carrier.fits(data)), None)


def text_in(data: Data, carrier: Carrier) -> str | None:
    """The recipe in a file; None if it has no recipe, or is damaged before the place of the recipe."""
    mark = MARK.encode()
    try:
        return next((text.decode() for text in carrier.texts(data) if text.startswith(mark)), None)
    except _DAMAGE:
        return None


def _comment(path: Path) -> str | None:
    """The comment of a film; None if the file has no comment, or is not a film."""
    try:
        listed = ffmpeg.run(*ffmpeg.reading(path), "-f", "ffmetadata", "pipe:1")[1]
    except FFmpegError:
        ffmpeg.executable()  # if it is missing, that is the error
        return None
    match = _COMMENT.search(listed)
    return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL) if match else None


@contextmanager
def _content_of(file: BinaryIO) -> Iterator[Data]:
    """The content of an open file that is not empty; only what is looked at of it comes into memory."""
    try:
        data = mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError:  # some file systems cannot
        yield file.read()
        return
    with data:
        yield data
