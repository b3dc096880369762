"""Pixels of every kind a picture file can hold, as sRGB in [0, 1] with the transparency apart."""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageCms

from dreamvid.arrays import Image, from_uint8

Alpha = NDArray[np.float32]

# EXIF orientation → how the stored rows become the upright picture.
_UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
    8: np.rot90,
}
_ORIENTATION = 0x0112


def is_turned(picture: PIL.Image.Image) -> bool:
    """Whether an opened picture's EXIF orientation swaps width and height."""
    return picture.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)


def decode(picture: PIL.Image.Image, data: bytes, warn: Callable[[str], None]) -> tuple[Image, Alpha | None]:
    """The upright pixels of an opened picture and its transparency, (height, width) in [0, 1], if it has any.

    Args:
        picture: as Pillow opened it; whatever its decoders raise comes through.
        data: the same file's bytes, for what Pillow reads only to 8 bits.
        warn: gets a sentence if the colour profile cannot be used.
    """
    picture.load()
    turn = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1), np.asarray)
    deep = _deep_colour(picture, data)
    if deep is not None:
        colours, alpha = deep
    else:
        colours, alpha = _colours(picture, warn), _alpha(picture)
    return np.ascontiguousarray(turn(colours)), None if alpha is None else np.ascontiguousarray(turn(alpha))


def _deep_colour(picture: PIL.Image.Image, data: bytes) -> tuple[Image, Alpha | None] | None:
    """Colours of 16 bits, which Pillow cuts to 8; None for all else, and where a colour profile needs Pillow."""
    deep = (picture.format == "PNG" and data[24] == 16 and picture.mode in ("RGB", "RGBA")
            and "transparency" not in picture.info)
    if not deep or picture.info.get("icc_profile"):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.ndim != 3:
        return None
    scaled = pixels.astype(np.float32) / np.float32(65535)
    return scaled[..., 2::-1], scaled[..., 3] if scaled.shape[2] == 4 else None


def _alpha(picture: PIL.Image.Image) -> Alpha | None:
    if not picture.has_transparency_data or picture.mode.startswith("I"):
        return None
    return from_uint8(np.asarray(picture.convert("RGBA").getchannel("A")))


def _colours(picture: PIL.Image.Image, warn: Callable[[str], None]) -> Image:
    if picture.mode.startswith("I"):
        return _deep_grey(np.asarray(picture))
    if picture.mode == "F":
        raise ValueError("floating point colours are not supported")
    if picture.mode in ("P", "PA", "RGBA", "RGBX", "RGBa"):
        # By way of RGBA, since a palette with transparency has no other way without a warning.
        picture = _same_profile(picture, picture.convert("RGBA").convert("RGB"))
    elif picture.mode in ("1", "LA", "La"):
        picture = _same_profile(picture, picture.convert("L"))
    return from_uint8(np.asarray(_to_srgb(picture, warn)))


def _deep_grey(pixels: np.ndarray) -> Image:
    """Grey of 16 bits, which Pillow gives in any byte order, or as 32 bits."""
    if pixels.max() > 65535 or pixels.min() < 0:
        raise ValueError("grey of 32 bits is not supported")
    grey = pixels.astype(np.float32) / np.float32(65535)
    return np.stack([grey] * 3, axis=-1)


def _same_profile(old: PIL.Image.Image, new: PIL.Image.Image) -> PIL.Image.Image:
    new.info["icc_profile"] = old.info.get("icc_profile")
    return new


def _to_srgb(picture: PIL.Image.Image, warn: Callable[[str], None]) -> PIL.Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError) as error:
        warn(f"its colour profile cannot be used ({error}); the colours are taken as sRGB")
        return picture.convert("RGB")
    return converted if converted is not None else picture.convert("RGB")
