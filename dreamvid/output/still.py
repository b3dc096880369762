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
from dreamvid.media.metadata.formats import packet
from dreamvid.media.still import STILL_SUFFIXES
from dreamvid.output.target import check_target, part_of

# Suffix → Pillow's format and its options. Chroma is never subsampled, since dreams have much saturated detail.
_WRITERS: dict[str, tuple[str, dict[str, object]]] = {
    ".png": ("PNG", {"compress_level": 3}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"quality": 95}),
    ".avif": ("AVIF", {"quality": 90, "subsampling": "4:4:4"}),
}
_TIFF = (".tif", ".tiff")
_DEEP = (".png", *_TIFF)
_NO_ALPHA = (".jpg", ".jpeg")
_XMP_TAG, _BYTE = 700, 1  # of TIFF
_MOST_IN_JPEG = 65_500  # bytes of XMP


def check_still(path: Path, *, overwrite: bool, inputs: Sequence[Path] = (), bits: int = 8) -> None:
    """Checks, before any work, that `write_still` can write a still.

    Raises:
        SettingError: the suffix is not known, or does not support this bit depth.
        OutputError: see `check_target`.
    """
    suffix = path.suffix.lower()
    if suffix not in STILL_SUFFIXES:
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
    pixels = _to_uint16(channels) if bits == 16 else to_uint8(channels)
    with part_of(path, overwrite=overwrite) as part:
        part.write_bytes(_encoded(path, pixels, packet(recipe) if recipe is not None else b""))
        embed(part, recipe, path)


def _to_uint16(channels: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(channels, 0, 1) * np.float32(65535)).astype(np.uint16)


def _encoded(path: Path, pixels: np.ndarray, xmp: bytes) -> bytes:
    """The content of the file; with the XMP metadata, where `embed` does not add it."""
    suffix = path.suffix.lower()
    if suffix in _TIFF:
        return _tiff(pixels, xmp)
    if pixels.dtype == np.uint16:
        pixels[..., :3] = pixels[..., 2::-1].copy()
        return cv2.imencode(suffix, pixels)[1].tobytes()
    kind, options = _WRITERS[suffix]
    more = {"xmp": xmp} if kind == "JPEG" and len(xmp) <= _MOST_IN_JPEG else {}
    buffer = io.BytesIO()
    try:
        PIL.Image.fromarray(pixels).save(buffer, kind, **options, **more)
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputError(f"{path} cannot be written as {kind}: {error}") from error
    return buffer.getvalue()


def _tiff(pixels: np.ndarray, xmp: bytes) -> bytes:
    import tifffile

    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, photometric="rgb", extrasamples=["unassalpha"] * (pixels.shape[2] - 3),
                     compression="zlib", metadata=None, software=False,
                     extratags=[(_XMP_TAG, _BYTE, len(xmp), xmp, True)] if xmp else [])
    return buffer.getvalue()
