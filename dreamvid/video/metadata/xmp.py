"""XMP, the metadata of pictures as XML: a packet with one property, the recipe."""

import re
from xml.sax.saxutils import escape, unescape

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dreamvid="urn:dreamvid">
<dreamvid:recipe>{}</dreamvid:recipe>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_RECIPE = re.compile(r"<dreamvid:recipe>([^<]*)</dreamvid:recipe>")


def packet(text: str) -> bytes:
    """The packet that holds a text."""
    return _PACKET.format(escape(text)).encode()


def text_of(content: bytes) -> bytes:
    """The text in a packet, empty if it holds none. It is found without a parser, which a hostile one could burden."""
    match = _RECIPE.search(content.decode(errors="replace"))
    return unescape(match[1]).encode() if match else b""
