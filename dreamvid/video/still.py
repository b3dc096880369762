"""Stills: one picture read from a file, one picture written to a file."""

import io
import logging
import stat
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
import PIL.Image

from dreamvid.arrays import Image, Size, to_uint8
from dreamvid.errors import InputError, OutputError, ResourceError, SettingError, write_error
from dreamvid.settings import MAX_PIXELS
from dreamvid.video.colour import Alpha, decode
from dreamvid.video.metadata import embed
from dreamvid.video.target import Part, check_target

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "PPM")
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
# With nobody to take them, what Pillow's decoders log would go to the standard error.
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


def read_still(path: Path, warn: Callable[[str], None], max_pixels: int = MAX_PIXELS) -> Still:
    """Reads a picture: PNG, JPEG, WebP, AVIF, TIFF, GIF, BMP or PPM, told by its content.

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


def pictures_in(path: Path) -> int | None:
    """How many pictures a file holds, more than one if it is animated; None if it is none of the `FORMATS`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with PIL.Image.open(path, formats=FORMATS) as picture:
                return int(getattr(picture, "n_frames", 1)) if picture.format in _ANIMATED else 1
    except (*_DAMAGE, PIL.Image.DecompressionBombError):
        return None


@contextmanager
def _pillow_as_wanted(max_pixels: int) -> Iterator[None]:
    """Pillow with another limit than its own, and without warnings: what matters of them is checked and said here.

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
        raise InputError(f"{path} declares more than {max_pixels:,} pixels; --max-pixels allows more") from error
    except PIL.UnidentifiedImageError as error:
        raise InputError(f"{path} is not a picture, is damaged or of an unknown format; "
                         "PNG, JPEG, WebP, AVIF, TIFF, GIF, BMP and PPM can be read") from error
    except _DAMAGE as error:
        raise _undecodable(path, error) from error


def _undecodable(path: Path, error: BaseException) -> InputError:
    return InputError(f"{path} cannot be decoded, it is damaged or of an unsupported kind: {error}")


def _check_size(path: Path, size: Size, max_pixels: int) -> None:
    if size.width * size.height > max_pixels:
        raise InputError(f"{path} declares {size} pixels, more than {max_pixels:,} in all; --max-pixels allows more")
    if max(size) > MAX_SIDE:
        raise InputError(f"{path} is {size} pixels; a side may have {MAX_SIDE} at most")
    if min(size) < MIN_SIDE:
        raise InputError(f"{path} is {size} pixels; a side must have {MIN_SIDE} at least")


# Suffix → Pillow's format and its options. Dreams are full of saturated detail, so chroma is never halved.
_WRITERS: dict[str, tuple[str, dict[str, object]]] = {
    ".png": ("PNG", {"compress_level": 3}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"quality": 95}),
    ".avif": ("AVIF", {"quality": 90, "subsampling": "4:4:4"}),
    ".tif": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
}
_DEEP = (".png", ".tif", ".tiff")
_NO_ALPHA = (".jpg", ".jpeg")
STILL_SUFFIXES = tuple(_WRITERS)


def check_still(path: Path, *, overwrite: bool, inputs: Sequence[Path] = (), bits: int = 8) -> None:
    """Refuses, before any work, a still that `write_still` could not write.

    Raises:
        SettingError: the suffix is not known, or cannot hold so many bits.
        OutputError: see `check_target`.
    """
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise SettingError(f"{path} has no known suffix for a picture; it must end in {', '.join(STILL_SUFFIXES)}")
    if bits not in (8, 16) or (bits == 16 and suffix not in _DEEP):
        raise SettingError(f"{path} cannot have {bits} bits; 8 bits fit every format, 16 bits {', '.join(_DEEP)}")
    check_target(path, overwrite=overwrite, inputs=inputs)


def write_still(path: Path, image: Image, *, alpha: Alpha | None = None, overwrite: bool, bits: int = 8,
                recipe: str | None = None) -> None:
    """Writes a picture in the format of its suffix; the file appears whole or not at all.

    Args:
        path: ends in .png, .jpg, .jpeg, .webp, .avif, .tif or .tiff. A symbolic link is replaced, not followed.
        image: what lies outside [0, 1] is clipped.
        alpha: opacity, (height, width) in [0, 1]; JPEG has none and leaves it out.
        overwrite: whether an existing file may be replaced.
        bits: per channel, 8; or 16 for PNG and TIFF.
        recipe: a text that it carries in its metadata.

    Raises:
        SettingError, OutputError: see `check_still`; or the picture is too large for the format.
        ResourceError: the disk is full.
    """
    check_still(path, overwrite=overwrite, bits=bits)
    channels = image if alpha is None or path.suffix.lower() in _NO_ALPHA else np.dstack([image, alpha])
    data = _encoded_16(path, channels) if bits == 16 else _encoded_8(path, channels)
    part = Part(path, overwrite=overwrite)
    try:
        part.path.write_bytes(data)
        embed(part.path, recipe, path)
        part.commit()
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        part.discard()


def _encoded_8(path: Path, channels: np.ndarray) -> bytes:
    kind, options = _WRITERS[path.suffix.lower()]
    buffer = io.BytesIO()
    try:
        PIL.Image.fromarray(to_uint8(channels)).save(buffer, kind, **options)
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputError(f"{path} cannot be written as {kind}: {error}") from error
    return buffer.getvalue()


def _encoded_16(path: Path, channels: np.ndarray) -> bytes:
    deep = np.rint(np.clip(channels, 0, 1) * np.float32(65535)).astype(np.uint16)
    deep[..., :3] = deep[..., 2::-1].copy()
    made, data = cv2.imencode(path.suffix.lower(), deep)
    if not made:
        raise OutputError(f"{path} cannot be written with 16 bits a channel")
    return data.tobytes()
