"""Shows films in notebooks."""

from base64 import b64encode
from html import escape
from pathlib import Path

LARGEST = 8_000_000
"""Largest film that is embedded in a notebook, in bytes; of larger ones only the name is shown."""

_VIDEOS = {".mp4": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm"}
_PICTURES = {".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".png": "image/png",
             ".apng": "image/png"}


def html_of(output: str, about: str) -> str:
    """HTML with the film embedded, if it is small enough and browsers can play it; otherwise its name."""
    path, caption = Path(output), f"<code>{escape(output)}</code>: {escape(about)}"
    suffix = path.suffix.lower()
    if not path.is_file() or path.stat().st_size > LARGEST or suffix not in {**_VIDEOS, **_PICTURES}:
        return f"<p>{caption}</p>"
    data = b64encode(path.read_bytes()).decode()
    if suffix in _VIDEOS:
        shown = f'<video controls loop muted src="data:{_VIDEOS[suffix]};base64,{data}"></video>'
    else:
        shown = f'<img src="data:{_PICTURES[suffix]};base64,{data}">'
    return f"<figure>{shown}<figcaption>{caption}</figcaption></figure>"
