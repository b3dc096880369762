"""Pictures and animations: the text is put into a file that is complete, by a few bytes, and found again.

A further format is a `Carrier` and its place in `CARRIERS`.
"""

from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import error as StructError

from dreamvid.recipe import MARK
from dreamvid.video.metadata.avif import Avif
from dreamvid.video.metadata.base import Carrier, Data
from dreamvid.video.metadata.gif import Gif
from dreamvid.video.metadata.jpeg import Jpeg
from dreamvid.video.metadata.png import Png
from dreamvid.video.metadata.tiff import Tiff
from dreamvid.video.metadata.webp import Webp

CARRIERS: tuple[Carrier, ...] = (Png(), Gif(), Webp(), Avif(), Jpeg(), Tiff())

_MOST_PARTS = 5_000_000  # more than a film of many hours has, and looked at in seconds
_DAMAGE = (StructError, ValueError, LookupError)


def embed(path: Path, text: str | None) -> None:
    """Makes a file carry a text, unless that is None; a file of a format that is not known stays as it is.

    Raises:
        OSError: it cannot be written.
    """
    if text is None:
        return
    with path.open("r+b") as file:
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            carrier = carrier_of(data)
            changes = carrier.changes(data, text) if carrier else {}
        for offset, content in changes.items():
            file.seek(offset)
            file.write(content)


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
