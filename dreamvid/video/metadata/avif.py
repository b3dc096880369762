"""AVIF, still or animated: XMP in a box of its own at the end, as in every file of the ISO base media format.

No other box moves, so all that the file says about where its parts are stays true.
"""

from collections.abc import Iterator
from struct import pack, unpack_from

from dreamvid.video.metadata import xmp
from dreamvid.video.metadata.base import Carrier, Data, part

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


class Avif(Carrier):
    """See `Carrier`."""

    def fits(self, data: Data) -> bool:
        return data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis")

    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        content = b"uuid" + _XMP + xmp.packet(text)
        return {len(data): pack(">I", len(content) + 4) + content}

    def texts(self, data: Data) -> Iterator[bytes]:
        at = 0
        while at < len(data):
            length, kind = unpack_from(">I4s", data, at)
            if length == 1:  # a large box has its length elsewhere
                length = unpack_from(">Q", data, at + 8)[0]
            if length < 8:  # it goes to the end
                return
            content = part(data, at + 8, at + length) if kind == b"uuid" else b""
            yield xmp.text_of(content) if content.startswith(_XMP) else b""
            at += length
