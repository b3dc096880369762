"""Converts between the pictures of library callers (paths, arrays, Pillow images) and those used inside; results."""

import io
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import PIL.Image
import PIL.ImageOps

from dreamvid.arrays import Image, from_uint8, from_uint16, size_of, to_uint8, within
from dreamvid.calls import NOT_RECORDED
from dreamvid.errors import SettingError
from dreamvid.filters import resize
from dreamvid.media.still import Still
from dreamvid.output.still import write_still

PathName = str | os.PathLike[str]
Picture = PathName | np.ndarray | PIL.Image.Image
"""A picture: a path or https:// address, an array of shape (height, width[, channels]), or a Pillow image.

Arrays are sRGB: floats from 0 to 1, uint8 or uint16; with 1 (grey), 3 (RGB) or 4 (RGBA) channels.
"""

SHOWN = 1024
"""Longest side of a picture in a notebook, in pixels."""


def is_path(picture: object) -> TypeGuard[PathName]:
    """Whether a picture is given by its path."""
    return isinstance(picture, str | os.PathLike)


def is_picture(given: object) -> bool:
    """Whether this is a single picture rather than several."""
    if isinstance(given, np.ndarray):
        return given.ndim != 4
    return is_path(given) or isinstance(given, PIL.Image.Image)


def still_of(picture: object) -> Still:
    """Converts an array or a Pillow image to a still.

    Raises:
        SettingError: it is neither, or has an unsupported shape or type.
    """
    if isinstance(picture, PIL.Image.Image):
        upright = PIL.ImageOps.exif_transpose(picture)
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        return _still(from_uint8(np.asarray(upright.convert(mode))))
    if not isinstance(picture, np.ndarray):
        raise SettingError(f"a picture is a path, an array or an image of Pillow's; this is {type(picture).__name__}")
    if picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] not in (1, 3, 4)):
        raise SettingError(f"an array of shape {picture.shape} is not a picture; it must be (height, width, 3)")
    return _still(_floats(picture))


def _floats(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype == np.uint8:
        return from_uint8(pixels)
    if pixels.dtype == np.uint16:
        return from_uint16(pixels)
    if not np.issubdtype(pixels.dtype, np.floating):
        raise SettingError(f"an array of {pixels.dtype} is not a picture; it must hold floats from 0 to 1, or uint8")
    if not np.isfinite(pixels).all() or pixels.min() < 0 or pixels.max() > 1:
        raise SettingError("the floats of a picture must lie from 0 to 1")
    return pixels.astype(np.float32)


def _still(channels: np.ndarray) -> Still:
    if channels.ndim == 2 or channels.shape[2] == 1:
        return Still(np.repeat(channels.reshape(*channels.shape[:2], 1), 3, axis=2))
    if channels.shape[2] == 3:
        return Still(np.ascontiguousarray(channels))
    alpha = np.ascontiguousarray(channels[..., 3])
    return Still(channels[..., :3] * alpha[..., np.newaxis], alpha)


@contextmanager
def as_path(given: Any) -> Iterator[Path]:
    """The path of a picture or clip. Arrays and images are written into a temporary folder, removed at the end.

    Args:
        given: a path, a picture, or the frames of a clip: a sequence of pictures, or an array of four axes.
    """
    if is_path(given):
        yield Path(given)
        return
    with tempfile.TemporaryDirectory(prefix="dreamvid-") as folder:
        if is_picture(given):
            yield _written(Path(folder) / "picture.png", still_of(given))
        elif isinstance(given, Sequence | np.ndarray) and len(given):
            for n, picture in enumerate(given):
                _written(Path(folder) / f"{n:06d}.png", still_of(picture))
            yield Path(folder)
        else:
            raise SettingError(f"a clip is a path or a list of pictures; this is {type(given).__name__}")


def _written(path: Path, still: Still) -> Path:
    write_still(path, still.colours, alpha=still.alpha, overwrite=False, bits=16)
    return path


@dataclass(frozen=True, kw_only=True)
class PictureResult:
    """A picture that was made. Notebooks display it.

    Attributes:
        output: its file; empty if none was written.
        width, height: in pixels.
        seconds: wall time, without loading.
        image: the picture, float32 of shape (height, width, 3) in [0, 1].
    """

    output: str
    width: int
    height: int
    seconds: float
    image: Image = field(repr=False, compare=False, metadata=NOT_RECORDED)

    def to_pillow(self) -> PIL.Image.Image:
        """The picture as an 8-bit Pillow image."""
        return PIL.Image.fromarray(to_uint8(self.image))

    def _repr_png_(self) -> bytes:
        """The picture as PNG; reduced if a side is longer than `SHOWN`."""
        buffer = io.BytesIO()
        small = resize(self.image, within(size_of(self.image), SHOWN))
        PIL.Image.fromarray(to_uint8(small)).save(buffer, "PNG")
        return buffer.getvalue()


@dataclass(frozen=True, kw_only=True)
class FilmResult:
    """A film that was made. Notebooks display it.

    Attributes:
        output: the film.
        frames: number of frames.
        width, height: in pixels.
        fps: its frame rate.
        seconds: wall time, without loading.
    """

    output: str
    frames: int
    width: int
    height: int
    fps: float
    seconds: float

    def _repr_html_(self) -> str:
        return _html(self.output, f"{self.frames} frames, {self.width}x{self.height}")


LARGEST = 8_000_000
"""Largest film that is embedded in a notebook, in bytes; of larger ones only the name is shown."""

_VIDEOS = {".mp4": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm"}
_PICTURES = {".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".png": "image/png",
             ".apng": "image/png"}


def _html(output: str, about: str) -> str:
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
