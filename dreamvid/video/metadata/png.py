"""PNG, still or animated: the chunk iTXt, which holds text in UTF-8, before the last chunk."""

from collections.abc import Iterator
from struct import pack, unpack_from
from zlib import crc32

from dreamvid.video.metadata.base import Carrier, Data, part

_BEGIN = b"\x89PNG\r\n\x1a\n"
_END = b"\0\0\0\0IEND\xaeB`\x82"
_HEAD = b"dreamvid\0\0\0\0\0"  # the keyword; not compressed, no language, no translated keyword


class Png(Carrier):
    """See `Carrier`."""

    def fits(self, data: Data) -> bool:
        return data[:8] == _BEGIN

    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        body = b"iTXt" + _HEAD + text.encode()
        return {len(data) - len(_END): pack(">I", len(body) - 4) + body + pack(">I", crc32(body)) + _END}

    def texts(self, data: Data) -> Iterator[bytes]:
        at = len(_BEGIN)
        while at < len(data):
            length, kind = unpack_from(">I4s", data, at)
            text = part(data, at + 8, at + 8 + length) if kind == b"iTXt" else b""
            yield text.removeprefix(_HEAD) if text.startswith(_HEAD) else b""
            at += 12 + length
