"""Converts between the pictures of library callers (paths, arrays, Pillow images) and those used inside."""

import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import PIL.Image
import PIL.ImageOps

from dreamvid.arrays import Image, from_uint8, from_uint16, size_of, to_uint8, within
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
        raise SettingError(f"an array of shape {picture.shape} is no picture; it must be (height, width, 3)")
    return _still(_floats(picture))


def _floats(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype == np.uint8:
        return from_uint8(pixels)
    if pixels.dtype == np.uint16:
        return from_uint16(pixels)
    if not np.issubdtype(pixels.dtype, np.floating):
        raise SettingError(f"an array of {pixels.dtype} is no picture; it must be of floats from 0 to 1, or of uint8")
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
    colours = still.image
    if still.alpha is not None:
        colours = np.divide(colours, np.maximum(still.alpha, 1 / 255)[..., np.newaxis], dtype=np.float32)
    write_still(path, colours, alpha=still.alpha, overwrite=False, bits=16)
    return path


def to_pillow(image: Image) -> PIL.Image.Image:
    """Converts an image to an 8-bit Pillow image."""
    return PIL.Image.fromarray(to_uint8(image))


def small_png(image: Image) -> bytes:
    """The image as PNG for a notebook; reduced if a side is longer than `SHOWN`."""
    size = within(size_of(image), SHOWN)
    buffer = io.BytesIO()
    to_pillow(image if size == size_of(image) else resize(image, size)).save(buffer, "PNG")
    return buffer.getvalue()
