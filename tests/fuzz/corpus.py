"""One tiny valid file of every container and picture format that is read, made anew by each run."""

import io
import os
import struct
import subprocess
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms

from dreamvid.arrays import Size
from dreamvid.media import ffmpeg
from dreamvid.media.fingerprint import fingerprint
from dreamvid.output.still import write_still
from dreamvid.recipe import Input, Recipe, recorded, to_toml
from dreamvid.settings import COMMANDS, EncoderSettings, Settings, build, from_table
from tests.media import writing

CORPUS = tuple[tuple[str, bytes], ...]
LOOKS = Path(__file__).parents[2] / "dreamvid" / "looks"
GOOD_PICTURE, GOOD_CLIP = "good.png", "good.avi"
"""Files that are never damaged, and lie beside each that is; the recipes name them."""
_ENCODERS = {
    "h264.mp4": ("-c:v", "libx264", "-preset", "ultrafast"),
    "sound.mov": ("-f", "lavfi", "-i", "sine=d=0.2", "-c:v", "mpeg4", "-c:a", "aac"),
    "ffv1.mkv": ("-c:v", "ffv1"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"),
    "mpeg4.avi": ("-c:v", "mpeg4"),
    "mjpeg.avi": ("-c:v", "mjpeg"),
    "h264.ts": ("-c:v", "libx264", "-preset", "ultrafast"),
    "mpeg2.mpg": ("-c:v", "mpeg2video", "-f", "mpeg"),
    "flv1.flv": ("-c:v", "flv"),
    "vp8.ogg": ("-c:v", "libvpx", "-deadline", "realtime", "-f", "ogg"),
    "palette.gif": (),
    "animated.webp": ("-c:v", "libwebp_anim"),
    "animated.png": ("-f", "apng"),
    "animated.avif": ("-c:v", "libsvtav1", "-preset", "12", "-f", "avif"),
}


def clips(folder: Path) -> CORPUS:
    """Four frames of 32x32 pixels in every container."""
    found = []
    for name, options in _ENCODERS.items():
        path = folder / name
        words = ["-loglevel", "error", "-y", "-f", "lavfi", "-i", "testsrc=s=32x32:r=25:d=0.16", *options]
        subprocess.run([ffmpeg.executable(), *words, str(path)], check=True, stdin=subprocess.DEVNULL,
                       capture_output=True)
        found.append((name, path.read_bytes()))
    return tuple(found)


def pictures() -> CORPUS:
    """20x24 pixels in every format, depth and kind of colours."""
    colours = np.random.default_rng(0).integers(0, 256, (24, 20, 4), np.uint8)
    whole = PIL.Image.fromarray(colours)
    plain = whole.convert("RGB")
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    profile = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
    deep = colours.astype(np.uint16) * 257
    second = plain.transpose(PIL.Image.Transpose.ROTATE_180)
    return (
        ("plain.png", _saved(plain, "PNG", exif=exif, icc_profile=profile)), ("alpha.png", _saved(whole, "PNG")),
        ("palette.png", _saved(plain.quantize(16), "PNG", transparency=0)),
        ("bits.png", _saved(plain.convert("1"), "PNG")),
        ("deep.png", cv2.imencode(".png", deep)[1].tobytes()),
        ("grey16.png", cv2.imencode(".png", deep[..., 0])[1].tobytes()),
        ("plain.jpg", _saved(plain, "JPEG", exif=exif, icc_profile=profile)),
        ("progressive.jpg", _saved(plain, "JPEG", progressive=True)),
        ("inks.jpg", _saved(plain.convert("CMYK"), "JPEG")),
        ("plain.webp", _saved(plain, "WEBP", exif=exif)), ("lossless.webp", _saved(whole, "WEBP", lossless=True)),
        ("animated.webp", _saved(plain, "WEBP", save_all=True, append_images=[second])),
        ("plain.tif", _saved(plain, "TIFF")), ("packed.tif", _saved(whole, "TIFF", compression="tiff_adobe_deflate")),
        ("lzw.tif", _saved(plain, "TIFF", compression="tiff_lzw", icc_profile=profile)),
        ("pages.tif", _saved(plain, "TIFF", save_all=True, append_images=[second])),
        ("deep.tif", cv2.imencode(".tif", deep[..., 0])[1].tobytes()),
        ("plain.avif", _saved(plain, "AVIF", speed=10)), ("alpha.avif", _saved(whole, "AVIF", speed=10)),
        ("plain.gif", _saved(plain, "GIF")),
        ("animated.gif", _saved(plain, "GIF", save_all=True, append_images=[second])),
        ("plain.bmp", _saved(plain, "BMP")), ("palette.bmp", _saved(plain.quantize(16), "BMP")),
        ("plain.ppm", _saved(plain, "PPM")), ("grey.pgm", b"P5 20 24 65535\n" + struct.pack(">480H", *range(480))),
        ("text.ppm", b"P3 20 24 255\n" + b"1 22 255 " * 480),
    )


def sound(folder: Path, clip: bytes) -> CORPUS:
    """A picture and a clip that are as they should be."""
    write_still(folder / GOOD_PICTURE, _grey(), overwrite=True)
    (folder / GOOD_CLIP).write_bytes(clip)
    return tuple((name, (folder / name).read_bytes()) for name in (GOOD_PICTURE, GOOD_CLIP))


def recipes(folder: Path) -> CORPUS:
    """Recipes of every command, of inputs in a folder that holds the sound files."""
    texts = {command: to_toml(_recipe(command, kind, folder)) for command, kind in COMMANDS.items()}
    return tuple((f"{command}.toml", text.encode()) for command, text in texts.items())


def looks() -> CORPUS:
    """Presets."""
    return tuple((f"{name}.toml", (LOOKS / f"{name}.toml").read_bytes()) for name in ("strokes", "totems", "petals"))


def configs() -> CORPUS:
    """A file of settings, as it is found in the folder that one works in."""
    text = "preset = 'strokes'\n[settings]\nquality = 'fine'\ntv = 0.5\n[zoom]\nrotate = 6\nfps = 25\n"
    return (("dreamvid.toml", text.encode()),)


_CHOSEN = {
    "zoom": {"guide": GOOD_PICTURE, "rotate": 5.0, "fps": "30000/1001"},
    "clip": {"mask": GOOD_CLIP, "channels": "3,4", "layers": "block4"}, "loop": {"kind": "sway"},
    "image": {"noise": "32x24"}, "layers": {"layer": "block4"},
}


def _recipe(command: str, kind: type[Settings], folder: Path) -> Recipe:
    chosen = _CHOSEN[command]
    settings = build(kind, from_table(kind, chosen))
    main = {"zoom": ("picture", GOOD_PICTURE), "loop": ("picture", GOOD_PICTURE), "clip": ("clip", GOOD_CLIP)}
    files = [main[command]] if command in main else []
    files += [(key, str(chosen[key])) for key in ("guide", "mask") if key in chosen]
    inputs = {role: Input(name, fingerprint(folder / name)) for role, name in files}
    return Recipe(command=command, settings=recorded(settings), inputs=inputs, network="efficientnet_lite0",
                  weights="0" * 64, version="1")


def results(folder: Path, text: str) -> CORPUS:
    """Pictures and films of every kind that carry a recipe."""
    image = _grey()
    for name in ("a.png", "a.jpg", "a.webp", "a.avif", "a.tif"):
        write_still(folder / name, image, overwrite=True, recipe=text)
    films = ("b.mp4", "b.mkv", "b.webm", "b.gif", "b.webp", "b.avif", "b.png")
    for name in films:
        size = Size(image.shape[1], image.shape[0])
        with writing(os.fspath(folder / name), size, Fraction(25), EncoderSettings(), overwrite=True, frames=2,
                       recipe=text) as writer:
            writer.write(image)
            writer.write(1 - image)
    return tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("[ab].*")))


def _grey() -> np.ndarray:
    return np.linspace(0, 1, 24 * 32 * 3, dtype=np.float32).reshape(24, 32, 3)


def _saved(picture: PIL.Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()
