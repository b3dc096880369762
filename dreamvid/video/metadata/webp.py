"""WebP, still or animated: XMP in a chunk at the end, which the extended header tells of."""

from collections.abc import Iterator
from struct import pack, unpack_from

from dreamvid.video.metadata import xmp
from dreamvid.video.metadata.base import Carrier, Data, part

_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_FIRST = 12  # where the first chunk begins


class Webp(Carrier):
    """See `Carrier`."""

    def fits(self, data: Data) -> bool:
        return data[:4] == b"RIFF" and data[8:12] == b"WEBP"

    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        chunk = _chunk(b"XMP ", xmp.packet(text))
        if data[_FIRST : _FIRST + 4] == b"VP8X":
            flags = data[_FIRST + 8] | _HAS_XMP
            return {4: pack("<I", len(data) - 8 + len(chunk)), _FIRST + 8: bytes([flags]), len(data): chunk}
        chunks = _extended(data) + data[_FIRST:] + chunk
        return {4: pack("<I", 4 + len(chunks)), _FIRST: chunks}

    def texts(self, data: Data) -> Iterator[bytes]:
        at = _FIRST
        while at < len(data):
            kind, length = unpack_from("<4sI", data, at)
            yield xmp.text_of(part(data, at + 8, at + 8 + length)) if kind == b"XMP " else b""
            at += 8 + length + length % 2


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack("<4sI", kind, len(content)) + content + b"\0" * (len(content) % 2)


def _extended(data: Data) -> bytes:
    """The extended header of a file that has none: what follows, and the picture's size."""
    if data[_FIRST : _FIRST + 4] == b"VP8L":
        bits = unpack_from("<I", data, _FIRST + 9)[0]
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1
    else:
        width, height = (side & 0x3FFF for side in unpack_from("<HH", data, _FIRST + 14))
        alpha = 0
    flags = _HAS_XMP | (_HAS_ALPHA if alpha else 0)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sides)
