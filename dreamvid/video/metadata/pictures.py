"""Pictures and animations: the text is put into a file that is complete, by a few bytes, and found again.

A further format is a `Carrier` and its place in `CARRIERS`.
"""

from itertools import islice
from pathlib import Path
from struct import error as StructError

from dreamvid.recipe import MARK
from dreamvid.video.metadata.avif import Avif
from dreamvid.video.metadata.base import Carrier, Data, content_of
from dreamvid.video.metadata.gif import Gif
from dreamvid.video.metadata.jpeg import Jpeg
from dreamvid.video.metadata.png import Png
from dreamvid.video.metadata.tiff import Tiff
from dreamvid.video.metadata.webp import Webp
from dreamvid.video.target import write_error

CARRIERS: tuple[Carrier, ...] = (Png(), Gif(), Webp(), Avif(), Jpeg(), Tiff())

_MOST_PARTS = 5_000_000  # more than a film of many hours has, and looked at in seconds
_DAMAGE = (StructError, ValueError, LookupError)


def embed(path: Path, text: str | None, target: Path) -> None:
    """Makes a complete file carry a text, unless that is None; a file of another format stays as it is.

    Args:
        path: the file, which is not yet under its name.
        text: what it shall carry.
        target: its name, for errors.

    Raises:
        OutputError, ResourceError: it cannot be written.
    """
    if text is None:
        return
    try:
        with path.open("r+b") as file:
            with content_of(file) as data:
                carrier = carrier_of(data)
                changes = carrier.changes(data, text) if carrier else {}
            for offset, content in changes.items():
                file.seek(offset)
                file.write(content)
    except OSError as error:
        raise write_error(target, error) from error


def carrier_of(data: Data) -> Carrier | None:
    """The format of a file that can carry a text; None if it is of another."""
    return next((carrier for carrier in CARRIERS if carrier.fits(data)), None)


def text_in(data: Data, carrier: Carrier) -> str | None:
    """The recipe that a file carries; None if there is none, or the file is damaged before it comes."""
    mark = MARK.encode()
    try:
        said = next((text for text in islice(carrier.texts(data), _MOST_PARTS) if text.startswith(mark)), b"")
        return said.decode() or None
    except _DAMAGE:
        return None
