"""Writes stills."""

import io
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import PIL.Image

from dreamvid.arrays import Image, to_uint8
from dreamvid.errors import OutputError, SettingError
from dreamvid.media.colour import Alpha
from dreamvid.media.metadata import embed
from dreamvid.media.still import STILL_SUFFIXES
from dreamvid.output.target import check_target, part_of

# Suffix → Pillow's format and its options. Chroma is never subsampled, since dreams have much saturated detail.
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


def check_still(path: Path, *, overwrite: bool, inputs: Sequence[Path] = (), bits: int = 8) -> None:
    """Checks, before any work, that `write_still` can write a still.

    Raises:
        SettingError: the suffix is not known, or does not support this bit depth.
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
    """Writes a picture atomically, in the format of its suffix.

    Args:
        path: ends in .png, .jpg, .jpeg, .webp, .avif, .tif or .tiff. A symbolic link is replaced, not followed.
        image: values outside [0, 1] are clipped.
        alpha: opacity, (height, width) in [0, 1]; ignored for JPEG.
        overwrite: whether an existing file may be replaced.
        bits: bits per channel: 8, or 16 for PNG and TIFF.
        recipe: text for the metadata.

    Raises:
        SettingError, OutputError: see `check_still`; or the picture is too large for the format.
        ResourceError: the disk is full.
    """
    check_still(path, overwrite=overwrite, bits=bits)
    channels = image if alpha is None or path.suffix.lower() in _NO_ALPHA else np.dstack([image, alpha])
    data = _encoded_16(path, channels) if bits == 16 else _encoded_8(path, channels)
    with part_of(path, overwrite=overwrite) as part:
        part.write_bytes(data)
        embed(part, recipe, path)


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
