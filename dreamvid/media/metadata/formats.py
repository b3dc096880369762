"""The formats of pictures and animations that carry a text: how it is put into a complete file, and read again.

A further format is a `Carrier` in `CARRIERS`.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from mmap import mmap
from struct import pack, unpack_from
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape
from zlib import crc32

import PIL.Image

Data = bytes | mmap
"""A file's content."""

_LARGEST_PART = 1 << 18  # bytes of the largest part of a file that may hold a text


class Carrier(NamedTuple):
    """A file format that can carry a text without a change to its pictures.

    Attributes:
        fits: whether a file is of this format, by its first bytes.
        changes: what is to be written at which offset of a whole file, the end included, so that it carries the text.
        texts: the texts in a file. If it is damaged they end, or raise `struct.error`, `ValueError` or `LookupError`.
    """

    fits: Callable[[Data], bool]
    changes: Callable[[Data, str], dict[int, bytes]]
    texts: Callable[[Data], Iterator[bytes]]


def _part(data: Data, start: int, end: int) -> bytes:
    """A part of a file, empty if it is too large to be a text."""
    return data[start:end] if end - start <= _LARGEST_PART else b""


# XMP is metadata of pictures as XML: a packet with one property, the recipe.
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dreamvid="urn:dreamvid">
<dreamvid:recipe>{}</dreamvid:recipe>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_RECIPE = re.compile(r"<dreamvid:recipe>([^<]*)</dreamvid:recipe>")


def packet(text: str) -> bytes:
    """The XMP packet that holds a text."""
    return _PACKET.format(escape(text)).encode()


def text_of(xmp: bytes) -> bytes:
    """The text in an XMP packet, empty if it holds none. No XML parser is used, so none can be attacked."""
    match = _RECIPE.search(xmp.decode(errors="replace"))
    return unescape(match[1]).encode() if match else b""


# PNG, still or animated: the chunk iTXt, which holds text in UTF-8, before the last chunk.
_PNG_BEGIN, _PNG_END = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0IEND\xaeB`\x82"
_PNG_HEAD = b"dreamvid\0\0\0\0\0"  # the keyword; not compressed, no language, no translated keyword


def _png_changes(data: Data, text: str) -> dict[int, bytes]:
    body = b"iTXt" + _PNG_HEAD + text.encode()
    return {len(data) - len(_PNG_END): pack(">I", len(body) - 4) + body + pack(">I", crc32(body)) + _PNG_END}


def _png_texts(data: Data) -> Iterator[bytes]:
    at = len(_PNG_BEGIN)
    while at < len(data):
        length, kind = unpack_from(">I4s", data, at)
        content = _part(data, at + 8, at + 8 + length) if kind == b"iTXt" else b""
        if content.startswith(_PNG_HEAD):
            yield content.removeprefix(_PNG_HEAD)
        at += 12 + length


# GIF: a comment extension before the end.
_EXTENSION, _COMMENT, _IMAGE, _GIF_END = 0x21, 0xFE, 0x2C, 0x3B


def comment(text: str) -> bytes:
    """The extension of a GIF that holds a text, in blocks of at most 255 bytes."""
    content = text.encode()
    blocks = [content[start : start + 255] for start in range(0, len(content), 255)]
    return bytes([_EXTENSION, _COMMENT]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def _gif_changes(data: Data, text: str) -> dict[int, bytes]:
    return {len(data) - 1: comment(text) + bytes([_GIF_END])}


def _gif_texts(data: Data) -> Iterator[bytes]:
    at = 13 + _palette(data[10])
    while data[at] in (_EXTENSION, _IMAGE):
        is_comment = data[at] == _EXTENSION and data[at + 1] == _COMMENT
        at += 2 if data[at] == _EXTENSION else 11 + _palette(data[at + 9])
        text = bytearray()
        while size := data[at]:
            if is_comment and len(text) < _LARGEST_PART:
                text += data[at + 1 : at + 1 + size]
            at += 1 + size
        at += 1
        yield bytes(text)


def _palette(flags: int) -> int:
    """Bytes of the colour table that follows, by the flags that announce it."""
    return 3 << (1 + (flags & 7)) if flags & 0x80 else 0


# WebP, still or animated: XMP in a chunk at the end, which the extended header announces.
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_FIRST = 12  # where the first chunk begins


def _webp_changes(data: Data, text: str) -> dict[int, bytes]:
    chunk = _chunk(b"XMP ", packet(text))
    if data[_FIRST : _FIRST + 4] == b"VP8X":
        flags = data[_FIRST + 8] | _HAS_XMP
        return {4: pack("<I", len(data) - 8 + len(chunk)), _FIRST + 8: bytes([flags]), len(data): chunk}
    chunks = _extended(data) + data[_FIRST:] + chunk
    return {4: pack("<I", 4 + len(chunks)), _FIRST: chunks}


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack("<4sI", kind, len(content)) + content + b"\0" * (len(content) % 2)


def _extended(data: Data) -> bytes:
    """The extended header of a file that has none."""
    with PIL.Image.open(BytesIO(data), formats=["WEBP"]) as picture:
        flags = _HAS_XMP | (_HAS_ALPHA if picture.has_transparency_data else 0)
        sides = [(side - 1).to_bytes(3, "little") for side in picture.size]
    return _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + b"".join(sides))


def _webp_texts(data: Data) -> Iterator[bytes]:
    at = _FIRST
    while at < len(data):
        kind, length = unpack_from("<4sI", data, at)
        if kind == b"XMP ":
            yield text_of(_part(data, at + 8, at + 8 + length))
        at += 8 + length + length % 2


# AVIF, still or animated: XMP in a box of its own at the end, as in every file of the ISO base media format. No other
# box moves, so all that the file says about where its parts are stays true.
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def _avif_changes(data: Data, text: str) -> dict[int, bytes]:
    content = b"uuid" + _XMP_BOX + packet(text)
    return {len(data): pack(">I", len(content) + 4) + content}


def _avif_texts(data: Data) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        length, kind = unpack_from(">I4s", data, at)
        if length == 1:  # a large box has its length elsewhere
            length = unpack_from(">Q", data, at + 8)[0]
        if length < 8:  # it goes to the end
            return
        content = _part(data, at + 8, at + length) if kind == b"uuid" else b""
        if content.startswith(_XMP_BOX):
            yield text_of(content)
        at += length


CARRIERS = (
    Carrier(lambda data: data[:8] == _PNG_BEGIN, _png_changes, _png_texts),
    Carrier(lambda data: data[:6] in (b"GIF87a", b"GIF89a"), _gif_changes, _gif_texts),
    Carrier(lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp_changes, _webp_texts),
    Carrier(lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"), _avif_changes, _avif_texts),
)
