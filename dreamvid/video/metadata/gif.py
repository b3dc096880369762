"""GIF: a comment extension before the end."""

from collections.abc import Iterator

from dreamvid.video.metadata.base import LARGEST_PART, Carrier, Data

_EXTENSION, _COMMENT, _IMAGE, _END = 0x21, 0xFE, 0x2C, 0x3B


def comment(text: str) -> bytes:
    """The extension that holds a text, in blocks of at most 255 bytes."""
    content = text.encode()
    blocks = [content[start : start + 255] for start in range(0, len(content), 255)]
    return bytes([_EXTENSION, _COMMENT]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


class Gif(Carrier):
    """See `Carrier`."""

    def fits(self, data: Data) -> bool:
        return data[:6] in (b"GIF87a", b"GIF89a")

    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        return {len(data) - 1: comment(text) + bytes([_END])}

    def texts(self, data: Data) -> Iterator[bytes]:
        at = 13 + _palette(data[10])
        while data[at] in (_EXTENSION, _IMAGE):
            is_comment = data[at] == _EXTENSION and data[at + 1] == _COMMENT
            at += 2 if data[at] == _EXTENSION else 11 + _palette(data[at + 9])
            said = bytearray()
            while size := data[at]:
                if is_comment and len(said) < LARGEST_PART:
                    said += data[at + 1 : at + 1 + size]
                at += 1 + size
                yield b""
            at += 1
            yield bytes(said)


def _palette(flags: int) -> int:
    """Bytes of the colour table that follows, by the flags that tell of it."""
    return 3 << (1 + (flags & 7)) if flags & 0x80 else 0
