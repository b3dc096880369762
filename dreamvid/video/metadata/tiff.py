"""TIFF: XMP in a tag of the first page. Its list of tags is written anew, with one more, at the end."""

from collections.abc import Iterator
from struct import pack, unpack_from

from dreamvid.video.metadata import xmp
from dreamvid.video.metadata.base import Carrier, Data, part

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_XMP, _BYTE = 700, 1


class Tiff(Carrier):
    """See `Carrier`."""

    def fits(self, data: Data) -> bool:
        return data[:4] in _ORDERS

    def changes(self, data: Data, text: str) -> dict[int, bytes]:
        order, at, count = _directory(data)
        content = xmp.packet(text)
        even = len(data) + len(data) % 2
        place = even + len(content) + len(content) % 2
        tags = [data[start : start + 12] for start in range(at + 2, at + 2 + 12 * count, 12)]
        tags.append(pack(f"{order}HHII", _XMP, _BYTE, len(content), even))
        tags.sort(key=lambda tag: unpack_from(f"{order}H", tag))
        following = data[at + 2 + 12 * count : at + 6 + 12 * count]
        directory = pack(f"{order}H", len(tags)) + b"".join(tags) + following
        return {4: pack(f"{order}I", place), even: content, place: directory}

    def texts(self, data: Data) -> Iterator[bytes]:
        order, at, count = _directory(data)
        for start in range(at + 2, at + 2 + 12 * count, 12):
            tag, _, length, place = unpack_from(f"{order}HHII", data, start)
            if tag == _XMP:
                yield xmp.text_of(part(data, place, place + length))
                return


def _directory(data: Data) -> tuple[str, int, int]:
    """The order of bytes, where the first list of tags is, and how many tags are in it."""
    order = _ORDERS[data[:4]]
    at = unpack_from(f"{order}I", data, 4)[0]
    return order, at, unpack_from(f"{order}H", data, at)[0]
