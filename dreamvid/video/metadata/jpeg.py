"""JPEG: XMP in an APP1 segment after the first marker."""

from collections.abc import Iterator
from struct import pack, unpack_from

from dreamvid.video.metadata import xmp
from dreamvid.video.metadata.base import Carrier, Data, part

_BEGIN = b"\xff\xd8\xff"
_APP0, _APP1, _SCAN = 0xFFE0, 0xFFE1, 0xFFDA
_MOST = 0xFFFF - 2  # bytes of a segment
_HEAD = b"http://ns.adobe.com/xap/1.0/\0"


class Jpeg(Carrier):
    """See `Carrier`."""

    def fits(self, data: Data) -> bool:
        return data[:3] == _BEGIN

    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        content = _HEAD + xmp.packet(text)
        if len(content) > _MOST:  # a recipe is shorter, but for one that somebody made to be so long
            return {}
        marker, length = unpack_from(">HH", data, 2)
        at = 4 + length if marker == _APP0 else 2  # JFIF wants its own segment to be the first
        return {at: pack(">HH", _APP1, len(content) + 2) + content + data[at:]}

    def texts(self, data: Data) -> Iterator[bytes]:
        at = 2
        while True:
            marker, length = unpack_from(">HH", data, at)
            if marker < 0xFF00 or marker == _SCAN:
                return
            content = part(data, at + 4, at + 2 + length)
            yield xmp.text_of(content) if marker == _APP1 and content.startswith(_HEAD) else b""
            at += 2 + length
