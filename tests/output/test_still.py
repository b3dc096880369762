"""Stills: the right colours and the right way up from every kind of file, and a plain sentence for every bad one."""

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms

from dreamvid.errors import InputError, OutputError, ResourceError, SettingError
from dreamvid.media.still import read_still
from dreamvid.output.still import write_still

RED, GREEN, BLUE, GREY = (230, 40, 30), (30, 200, 60), (20, 60, 220), (128, 128, 128)


def corners(width: int = 64, height: int = 48) -> np.ndarray:
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2:] = RED, GREEN
    pixels[height // 2:, : width // 2], pixels[height // 2:, width // 2:] = BLUE, GREY
    return pixels


def seen(image: np.ndarray) -> np.ndarray:
    """The colours at the four corners, 0 to 255."""
    return np.array([image[4, 4], image[4, -5], image[-5, 4], image[-5, -5]]) * 255


def silent(text: str) -> None:
    pytest.fail(f"unexpected warning: {text}")


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@pytest.mark.parametrize(("name", "options", "tolerance"), [
    ("a.png", {}, 0), ("a.bmp", {}, 0), ("a.ppm", {}, 0), ("a.tif", {}, 0), ("a.gif", {}, 1),
    ("a.jpg", {"quality": 95, "subsampling": 0}, 4), ("a.webp", {"lossless": True}, 0),
    ("a.avif", {"quality": 95, "subsampling": "4:4:4"}, 4),
])
def test_reads_every_format(tmp_path: Path, name: str, options: dict[str, object], tolerance: float) -> None:
    PIL.Image.fromarray(corners()).save(tmp_path / name, **options)
    still = read_still(tmp_path / name, silent)
    assert still.image.dtype == np.float32
    assert still.image.shape == (48, 64, 3)
    assert still.image.flags.c_contiguous
    assert still.alpha is None
    np.testing.assert_allclose(seen(still.image), [RED, GREEN, BLUE, GREY], atol=tolerance + 1e-3)


def test_the_content_counts_not_the_suffix(tmp_path: Path) -> None:
    PIL.Image.fromarray(corners()).save(tmp_path / "a.jpg", "PNG")
    np.testing.assert_allclose(seen(read_still(tmp_path / "a.jpg", silent).image)[0], RED, atol=1e-3)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_grey_and_palette(tmp_path: Path, mode: str) -> None:
    flat = PIL.Image.new("RGB", (32, 32), (255, 255, 255)).convert(mode)
    flat.save(tmp_path / "a.png")
    still = read_still(tmp_path / "a.png", silent)
    np.testing.assert_allclose(still.image, 1)
    assert still.alpha is None


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_over_black_and_kept(tmp_path: Path, mode: str) -> None:
    pixels = np.full((32, 32, 4), 200, np.uint8)
    pixels[..., 3] = 255
    pixels[:, 16:, 3] = 0
    PIL.Image.fromarray(pixels).convert(mode).save(tmp_path / "a.png")
    still = read_still(tmp_path / "a.png", silent)
    assert still.alpha is not None
    assert still.alpha.shape == (32, 32)
    assert still.alpha.dtype == np.float32
    np.testing.assert_allclose(still.alpha[:, [0, 31]], [[1, 0]] * 32)
    np.testing.assert_allclose(still.image[0, 0] * 255, 200, atol=3)
    np.testing.assert_allclose(still.image[0, 31], 0)


def test_half_transparent_colours_are_weighted(tmp_path: Path) -> None:
    PIL.Image.new("RGBA", (16, 16), (200, 100, 50, 51)).save(tmp_path / "a.png")
    still = read_still(tmp_path / "a.png", silent)
    np.testing.assert_allclose(still.image[0, 0] * 255, [40, 20, 10], atol=1e-3)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bit_png_keeps_its_precision(tmp_path: Path, channels: int) -> None:
    values = np.random.default_rng(0).integers(0, 65536, (16, 20, channels), dtype=np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    (tmp_path / "a.png").write_bytes(png(20, 16, depth=16, colour={1: 0, 2: 4, 3: 2, 4: 6}[channels], rows=rows))
    still = read_still(tmp_path / "a.png", silent)
    expected = np.repeat(values[..., :1], 3, axis=-1) if channels < 3 else values[..., :3]
    alpha = values[..., -1:] / 65535 if channels in (2, 4) else 1
    np.testing.assert_allclose(still.image, expected / 65535 * alpha, atol=1e-6)
    assert (still.alpha is None) == (channels in (1, 3))


def test_16_bit_tiff(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 65536, (16, 20, 3), dtype=np.uint16)
    cv2.imwrite(str(tmp_path / "a.tif"), values)
    np.testing.assert_allclose(read_still(tmp_path / "a.tif", silent).image, values[..., ::-1] / 65535, atol=1 / 255)
    cv2.imwrite(str(tmp_path / "g.tif"), values[..., 0])
    np.testing.assert_allclose(read_still(tmp_path / "g.tif", silent).image[..., 1], values[..., 0] / 65535, atol=1e-6)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.avif", "a.tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(tmp_path: Path, name: str, orientation: int) -> None:
    # How a camera held in each way stores the upright picture.
    stored = {1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
              5: lambda a: a.transpose(1, 0, 2), 6: np.rot90,
              7: lambda a: np.rot90(a.transpose(1, 0, 2), 2), 8: lambda a: np.rot90(a, -1)}[orientation](corners())
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    PIL.Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / name, exif=exif)
    image = read_still(tmp_path / name, silent).image
    assert image.shape == (48, 64, 3)
    np.testing.assert_allclose(seen(image), [RED, GREEN, BLUE, GREY], atol=12)


def swapped_profile() -> bytes:
    """An sRGB profile whose red and blue primaries have changed places."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack(">I", data[128:132])[0]
    table, body = data[132:132 + 12 * count], data[132 + 12 * count:]
    table = table.replace(b"rXYZ", b"tmp_").replace(b"bXYZ", b"rXYZ").replace(b"tmp_", b"bXYZ")
    return data[:132] + table + body


def cmyk_profile() -> bytes:
    """A made-up press: black ink is black, and every other colour a flat green, which shows that it was used."""
    text = b"text\0\0\0\0made for a test\0"
    grid = bytes([128, 64, 160, 0, 128, 128] * 8)  # L*a*b* for every corner of the ink cube, black ink varying fastest
    ramp = bytes(range(256))
    identity = b"".join(struct.pack(">i", value << 16) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramp * 4 + grid + ramp * 3
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    tags, body, at = b"", b"", 132 + 12 * 4
    for name, data in ((b"desc", text), (b"cprt", text), (b"wtpt", white), (b"A2B0", table)):
        padded = data + bytes(-len(data) % 4)
        tags += name + struct.pack(">II", at + len(body), len(data))
        body += padded
    header = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02100000, b"prtr", b"CMYK", b"Lab ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D) + bytes(48)
    return header + struct.pack(">I", 4) + tags + body


def test_colour_profile_is_converted(tmp_path: Path) -> None:
    PIL.Image.fromarray(corners()).save(tmp_path / "a.png", icc_profile=swapped_profile())
    image = read_still(tmp_path / "a.png", silent).image
    np.testing.assert_allclose(seen(image), [c[::-1] for c in (RED, GREEN, BLUE, GREY)], atol=3)


def test_profile_of_a_palette_and_beside_transparency(tmp_path: Path) -> None:
    PIL.Image.new("RGBA", (16, 16), (*RED, 255)).save(tmp_path / "a.png", icc_profile=swapped_profile())
    still = read_still(tmp_path / "a.png", silent)
    np.testing.assert_allclose(still.image[0, 0] * 255, RED[::-1], atol=3)
    assert still.alpha is not None
    palette = PIL.Image.new("RGB", (16, 16), RED).convert("P", palette=PIL.Image.Palette.ADAPTIVE)
    palette.save(tmp_path / "p.png", icc_profile=swapped_profile())
    np.testing.assert_allclose(read_still(tmp_path / "p.png", silent).image[0, 0] * 255, RED[::-1], atol=3)


@pytest.mark.parametrize("profile", [b"not a profile", cmyk_profile()])
def test_useless_profile_is_said_and_left_out(tmp_path: Path, profile: bytes) -> None:
    PIL.Image.fromarray(corners()).save(tmp_path / "a.png", icc_profile=profile)
    said: list[str] = []
    image = read_still(tmp_path / "a.png", said.append).image
    np.testing.assert_allclose(seen(image)[0], RED, atol=1e-3)
    assert len(said) == 1
    assert said[0].startswith("a.png: its colour profile cannot be used")


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_cmyk(tmp_path: Path, name: str) -> None:
    # Pillow writes CMYK JPEG the way Adobe does: inverted, and marked so.
    PIL.Image.fromarray(corners()).convert("CMYK").save(tmp_path / name, **({"quality": 95} if name == "a.jpg" else {}))
    np.testing.assert_allclose(seen(read_still(tmp_path / name, silent).image), [RED, GREEN, BLUE, GREY], atol=6)


def test_cmyk_with_a_profile(tmp_path: Path) -> None:
    PIL.Image.fromarray(corners()).convert("CMYK").save(tmp_path / "a.jpg", icc_profile=cmyk_profile())
    colours = seen(read_still(tmp_path / "a.jpg", silent).image)
    np.testing.assert_allclose(colours, np.tile(colours[0], (4, 1)), atol=2)
    assert colours[0, 1] > colours[0, 0] + 40  # the press's green


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.avif", "a.tif"])
def test_first_frame_of_an_animation(tmp_path: Path, name: str) -> None:
    frames = [PIL.Image.new("RGB", (32, 32), colour) for colour in (RED, GREEN)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    said: list[str] = []
    image = read_still(tmp_path / name, said.append).image
    np.testing.assert_allclose(image[16, 16] * 255, RED, atol=6)
    page = "has several pages; its first is used" if name == "a.tif" else "is animated; its first frame is used"
    assert said == [f"{name} {page}"]


def truncated(tmp_path: Path, kind: str, missing: int) -> bytes:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    PIL.Image.fromarray(noise).save(tmp_path / "whole", kind)
    return (tmp_path / "whole").read_bytes()[:-missing]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "BMP", "PPM", "GIF"])
@pytest.mark.parametrize("missing", [20, 1000])
def test_truncated_file(tmp_path: Path, kind: str, missing: int) -> None:
    path = tmp_path / "a.picture"
    path.write_bytes(truncated(tmp_path, kind, missing))
    with pytest.raises(InputError, match=r"a\.picture (is damaged|cannot be decoded|is not a picture, is damaged)"):
        read_still(path, silent)


@pytest.mark.parametrize(("data", "message"), [
    (b"", "is empty"),
    (b"This is a text and no picture.\n" * 10, "is not a picture"),
    (png(200_000, 200_000), "declares more than 200,000,000 pixels"),
    (png(12_000, 10_000), "cannot be decoded"),  # would make Pillow warn
    (png(40_000, 100), "40000x100 pixels; a side may have 32767 at most"),
    (png(15, 100), "15x100 pixels; a side must have 16 at least"),
    (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", "is not a picture"),
])
def test_bad_file(tmp_path: Path, data: bytes, message: str, recwarn: pytest.WarningsRecorder) -> None:
    path = tmp_path / "bad.jpg"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        read_still(path, silent)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert not recwarn.list


@pytest.mark.posix
def test_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_still(tmp_path / "none.png", silent)
    with pytest.raises(InputError, match="is a folder"):
        read_still(tmp_path, silent)
    with pytest.raises(InputError, match="device"):
        read_still(Path("/dev/zero"), silent)
    with pytest.raises(InputError, match="cannot be read"):
        read_still(tmp_path / ("x" * 300), silent)


@pytest.mark.posix
@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may read everything")
def test_not_permitted(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(InputError, match="Permission denied"):
        read_still(tmp_path / "a.png", silent)


def test_damage_anywhere_is_an_input_error_or_harmless(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for kind in ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "PPM"):
        exif = PIL.Image.Exif()
        exif[0x0112] = 6
        options = {"exif": exif, "icc_profile": swapped_profile()} if kind in ("PNG", "JPEG", "WEBP", "TIFF") else {}
        PIL.Image.fromarray(corners()).save(tmp_path / "whole", kind, **options)
        whole = np.frombuffer((tmp_path / "whole").read_bytes(), np.uint8)
        for _ in range(40):
            hurt = whole.copy()
            hurt[rng.integers(0, min(len(hurt), 600), 3)] = rng.integers(0, 256, 3)
            (tmp_path / "hurt").write_bytes(hurt.tobytes())
            try:
                still = read_still(tmp_path / "hurt", lambda text: None)
            except InputError:
                continue
            assert still.image.ndim == 3


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.JPEG", "a.webp", "a.avif", "a.tif", "a.tiff", "-%d:a b.png"])
def test_writes_every_format(tmp_path: Path, name: str) -> None:
    write_still(tmp_path / name, corners() / np.float32(255), overwrite=False)
    np.testing.assert_allclose(seen(read_still(tmp_path / name, silent).image), [RED, GREEN, BLUE, GREY], atol=6)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.avif", "a.tif"])
def test_writes_transparency(tmp_path: Path, name: str) -> None:
    alpha = np.zeros((48, 64), np.float32)
    alpha[:, :32] = 1
    write_still(tmp_path / name, corners() / np.float32(255), alpha=alpha, overwrite=False)
    still = read_still(tmp_path / name, silent)
    assert still.alpha is not None
    np.testing.assert_allclose(still.alpha[:, [4, 60]], alpha[:, [4, 60]], atol=0.01)


def test_jpeg_leaves_transparency_out(tmp_path: Path) -> None:
    write_still(tmp_path / "a.jpg", corners() / np.float32(255), alpha=np.zeros((48, 64), np.float32), overwrite=False)
    np.testing.assert_allclose(seen(read_still(tmp_path / "a.jpg", silent).image)[0], RED, atol=6)


@pytest.mark.parametrize("with_alpha", [False, True])
def test_16_bit_png_survives_the_round_trip(tmp_path: Path, with_alpha: bool) -> None:
    image = np.random.default_rng(0).random((20, 30, 3), np.float32)
    alpha = np.full((20, 30), 0.5, np.float32) if with_alpha else None
    write_still(tmp_path / "a.png", image, alpha=alpha, bits=16, overwrite=False)
    np.testing.assert_allclose(read_still(tmp_path / "a.png", silent).image, image * (0.5 if with_alpha else 1),
                               atol=2 / 65535)


def test_16_bit_tiff_is_written_deep(tmp_path: Path) -> None:
    image = np.random.default_rng(0).random((20, 30, 3), np.float32)
    write_still(tmp_path / "a.tif", image, bits=16, overwrite=False)
    read = cv2.imread(str(tmp_path / "a.tif"), cv2.IMREAD_UNCHANGED)
    assert read is not None
    np.testing.assert_allclose(read[..., ::-1] / 65535, image, atol=1 / 65535)


def test_written_values_are_clipped_and_the_image_is_not_changed(tmp_path: Path) -> None:
    image = np.full((16, 16, 3), 1.5, np.float32)
    image[:8] = -0.5
    for bits in (8, 16):
        write_still(tmp_path / "a.png", image, bits=bits, overwrite=True)
        read = read_still(tmp_path / "a.png", silent).image
        assert (read[0, 0, 0], read[-1, 0, 0]) == (0, 1)
    assert (image[0, 0, 0], image[-1, 0, 0]) == (-0.5, 1.5)


IMAGE = np.zeros((16, 16, 3), np.float32)


@pytest.mark.posix
def test_refused_targets(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for name, message in [("folder.png", "is a folder"), ("pipe.png", "device or a pipe"),
                          ("none/a.png", "does not exist")]:
        with pytest.raises(OutputError, match=message):
            write_still(tmp_path / name, IMAGE, overwrite=True)
    for name, bits, message in [("a.xyz", 8, r"\.png, \.jpg"), ("a", 8, "no known suffix"), ("a.jpg", 16, "16 bits")]:
        with pytest.raises(SettingError, match=message):
            write_still(tmp_path / name, IMAGE, overwrite=True, bits=bits)
    assert len(list(tmp_path.iterdir())) == 2


def test_full_disk(tiny_disk: Path) -> None:
    noise = np.random.default_rng(0).random((800, 800, 3), np.float32)
    with pytest.raises(ResourceError, match="disk is full"):
        write_still(tiny_disk / "a.png", noise, overwrite=False)
    assert not list(tiny_disk.iterdir())
