"""Stills: one picture read from a file."""

import io
import logging
import stat
import struct
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import cv2
import numpy as np
import PIL.Image
import pillow_heif

from dreamvid.arrays import Image, Size
from dreamvid.errors import InputError, ResourceError, named
from dreamvid.media.colour import Alpha, decode, is_turned
from dreamvid.settings import MAX_PIXELS

STILL_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff")
"""How the names of pictures end that can be both read and written."""
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "HEIF", "TIFF", "GIF", "BMP", "PPM")
MAX_SIDE = 32_767
"""Longest side in pixels: OpenCV cannot resample more."""
MIN_SIDE = 16
"""Shortest side in pixels that is worth dreaming."""

_MAX_BYTES = 2**31
# What Pillow's decoders raise on damaged files.
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, EOFError, LookupError, RuntimeError, OverflowError,
           struct.error, zlib.error, cv2.error)
_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
_SEVERAL: dict[str | None, str] = {
    **dict.fromkeys(_ANIMATED, "is animated; its first frame"),
    "TIFF": "has several pages; its first",
}
_pillow = Lock()
pillow_heif.register_heif_opener()
# Without a handler, the messages of Pillow's decoders would go to the standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())
_PNG_END = b"IEND\xaeB`\x82"


@dataclass(frozen=True)
class Still:
    """One picture.

    Attributes:
        image: the upright picture in sRGB, composited over black where it is transparent.
        alpha: its opacity, float32 (height, width) in [0, 1]; None if the file has none.
    """

    image: Image
    alpha: Alpha | None = None

    @property
    def colours(self) -> Image:
        """The picture without its opacity: undoes the compositing."""
        if self.alpha is None:
            return self.image
        return np.clip(self.image / np.maximum(self.alpha, 1 / 255)[..., np.newaxis], 0, 1, dtype=np.float32)


def read_still(path: Path, warn: Callable[[str], None], max_pixels: int = MAX_PIXELS) -> Still:
    """Reads a picture: PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF, BMP or PPM, recognised by its content.

    The EXIF orientation and the colour profile are applied. 16-bit PNG without a profile and 16-bit grey keep their
    precision; other colours of 16 bits are read with 8. An animation gives its first frame.

    Args:
        path: the file.
        warn: gets one sentence for each thing worth knowing.
        max_pixels: the most that it may declare.

    Raises:
        InputError: the file is missing, not readable, of another format, damaged, too large or too small.
        ResourceError: memory ran out.
    """
    try:
        content = _content(path)
        with _pillow_as_wanted(max_pixels):
            image, alpha = _decoded(path, content, warn, max_pixels)
    except MemoryError as error:
        raise ResourceError(f"memory ran out while {path} was read") from error
    if alpha is None:
        return Still(image)
    return Still(image * alpha[..., np.newaxis], alpha)


def still_size(path: Path, max_pixels: int = MAX_PIXELS) -> Size:
    """The size of a picture, upright; only its header is read.

    Raises:
        InputError: as `read_still`, as far as the header tells.
    """
    content = _content(path)
    with _pillow_as_wanted(max_pixels), _opened(path, content, max_pixels) as picture:
        size = Size(*picture.size)
        _check_size(path, size, max_pixels)
        try:
            return Size(size.height, size.width) if is_turned(picture) else size
        except _DAMAGE as error:
            raise _undecodable(path, error) from error


def pictures_in(path: Path) -> int | None:
    """How many pictures a file holds, more than one if it is animated; None if it is none of the `FORMATS`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with PIL.Image.open(path, formats=FORMATS) as picture:
                return int(getattr(picture, "n_frames", 1)) if picture.format in _ANIMATED else 1
    except (*_DAMAGE, PIL.Image.DecompressionBombError):
        return None


def xmp_in(file: BinaryIO) -> bytes:
    """The XMP metadata of a JPEG or TIFF; empty if the file has none, is damaged or of another format."""
    try:
        with _pillow_as_wanted(sys.maxsize), PIL.Image.open(file, formats=("JPEG", "TIFF")) as picture:
            found = picture.info.get("xmp")
            return found if isinstance(found, bytes) else b""
    except _DAMAGE:
        return b""


@contextmanager
def _pillow_as_wanted(max_pixels: int) -> Iterator[None]:
    """Sets Pillow's limit of pixels, and silences its warnings; their causes are checked here.

    Both are settings of the whole process, so one picture is read at a time.
    """
    with _pillow, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        usual, PIL.Image.MAX_IMAGE_PIXELS = PIL.Image.MAX_IMAGE_PIXELS, (max_pixels + 1) // 2  # it raises at twice that
        try:
            yield
        finally:
            PIL.Image.MAX_IMAGE_PIXELS = usual


def _content(path: Path) -> bytes:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise InputError(f"{path} is a folder; a picture is needed")
        if not stat.S_ISREG(facts.st_mode):
            raise InputError(f"{path} is a device or a pipe; a picture file is needed")
        if facts.st_size > _MAX_BYTES:
            raise InputError(f"{path} has {facts.st_size:,} bytes; a picture may have {_MAX_BYTES:,} at most")
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"{path} does not exist") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not data:
        raise InputError(f"{path} is empty")
    return data


def _decoded(
    path: Path, data: bytes, warn: Callable[[str], None], max_pixels: int
) -> tuple[Image, Alpha | None]:
    with _opened(path, data, max_pixels) as picture:
        _check_size(path, Size(*picture.size), max_pixels)
        if picture.format == "PNG" and _PNG_END not in data:
            raise InputError(f"{path} is damaged: its end is missing")
        try:
            if picture.format in _SEVERAL and getattr(picture, "is_animated", False):
                warn(f"{path.name} {_SEVERAL[picture.format]} is used")
            return decode(picture, data, lambda text: warn(f"{path.name}: {text}"))
        except _DAMAGE as error:
            raise _undecodable(path, error) from error


def _opened(path: Path, data: bytes, max_pixels: int) -> PIL.Image.Image:
    try:
        return PIL.Image.open(io.BytesIO(data), formats=FORMATS)
    except PIL.Image.DecompressionBombError as error:
        raise InputError(f"{path} declares more than {max_pixels:,} pixels; "
                         f"{named('max_pixels')} allows more") from error
    except PIL.UnidentifiedImageError as error:
        raise InputError(f"{path} is not a picture, is damaged or of an unknown format; "
                         "PNG, JPEG, WebP, AVIF, HEIC, TIFF, GIF, BMP and PPM can be read") from error
    except _DAMAGE as error:
        raise _undecodable(path, error) from error


def _undecodable(path: Path, error: BaseException) -> InputError:
    return InputError(f"{path} cannot be decoded, it is damaged or of an unsupported kind: {error}")


def _check_size(path: Path, size: Size, max_pixels: int) -> None:
    if size.width * size.height > max_pixels:
        raise InputError(f"{path} declares {size} pixels, more than {max_pixels:,} in all; "
                         f"{named('max_pixels')} allows more")
    if max(size) > MAX_SIDE:
        raise InputError(f"{path} is {size} pixels; a side may have {MAX_SIDE} at most")
    if min(size) < MIN_SIDE:
        raise InputError(f"{path} is {size} pixels; a side must have {MIN_SIDE} at least")
