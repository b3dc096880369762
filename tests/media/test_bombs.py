"""Small files that declare absurd sizes are refused before anything is decoded; the limit is an option."""

import io
import resource
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from typer.testing import Result

from dreamvid.errors import InputError
from dreamvid.media.source import open_source
from dreamvid.media.still import read_still
from dreamvid.settings import SourceSettings
from tests.media import make_film, opened

HUGE = 30_000


def saved(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture = PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))
    picture.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def patched(data: bytes, at: int, form: str, *values: int) -> bytes:
    new = struct.pack(form, *values)
    return data[:at] + new + data[at + len(new) :]


def png_chunk(data: bytes) -> bytes:
    """The header with a check sum that is right, so that only its size is wrong."""
    header = b"IHDR" + struct.pack(">II", HUGE, HUGE) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


def jpeg(data: bytes) -> bytes:
    return patched(data, data.index(b"\xff\xc0") + 5, ">HH", HUGE, HUGE)


def tiff(data: bytes) -> bytes:
    for tag in (256, 257):
        at = data.index(struct.pack("<HH", tag, 4))
        data = patched(data, at, "<HHII", tag, 4, 1, HUGE)
    return data


def avif(data: bytes) -> bytes:
    return patched(data, data.index(b"ispe") + 8, ">II", HUGE, HUGE)


def webp() -> bytes:
    """Extended, with the largest canvas that the format knows."""
    side = 16_383
    canvas = b"\0\0\0\0" + (side.to_bytes(3, "little")) * 2
    lossy = saved("WEBP")[12:]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + lossy
    return b"RIFF" + struct.pack("<I", len(body)) + body


BOMBS: dict[str, Callable[[], bytes]] = {
    "png": lambda: png_chunk(saved("PNG")),
    "jpg": lambda: jpeg(saved("JPEG")),
    "gif": lambda: patched(saved("GIF"), 6, "<HH", HUGE, HUGE),
    "bmp": lambda: patched(saved("BMP"), 18, "<ii", HUGE, HUGE),
    "ppm": lambda: saved("PPM").replace(b"64 48", b"%d %d" % (HUGE, HUGE), 1),
    "tif": lambda: tiff(saved("TIFF")),
    "avif": lambda: avif(saved("AVIF")),
    "webp": webp,
}


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("kind", BOMBS)
def test_a_picture_of_absurd_size_is_refused_unread(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb.{kind}"
    path.write_bytes(BOMBS[kind]())
    assert path.stat().st_size < 20_000
    before = peak()
    with pytest.raises(InputError, match=rf"bomb\.{kind} (declares|is not a picture, is damaged|cannot be decoded)"):
        read_still(path, pytest.fail)
    assert peak() - before < 100e6


@pytest.mark.parametrize("kind", [kind for kind in BOMBS if kind not in ("webp", "avif")])
def test_the_declared_size_is_what_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb.{kind}"
    path.write_bytes(BOMBS[kind]())
    with pytest.raises(InputError, match=r"declares .*200,000,000 .*max_pixels allows more"):
        read_still(path, pytest.fail)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "AVIF", "WEBP"])
def test_the_limit_is_exact(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(saved(kind))
    assert read_still(path, pytest.fail, 64 * 48).image.shape == (48, 64, 3)
    with pytest.raises(InputError, match=r"declares 64x48 pixels, more than 3,071 in all|more than 1,000 pixels"):
        read_still(path, pytest.fail, 64 * 48 - 1)
    with pytest.raises(InputError, match="1,000"):
        read_still(path, pytest.fail, 1000)
    assert PIL.Image.MAX_IMAGE_PIXELS == 89_478_485, "Pillow's own limit is as it was"


def avi(data: bytes) -> bytes:
    return patched(patched(data, 64, "<II", HUGE, HUGE), data.index(b"strf") + 12, "<II", HUGE, HUGE)


@pytest.mark.parametrize(("kind", "options", "damage"), [
    ("gif", (), lambda data: patched(data, 6, "<HH", HUGE, HUGE)), ("png", ("-f", "apng"), png_chunk),
    ("avi", ("-c:v", "ffv1"), avi),
])
def test_a_clip_of_absurd_size_is_refused_unread(
    tmp_path: Path, kind: str, options: tuple[str, ...], damage: Callable[[bytes], bytes]
) -> None:
    path = make_film(tmp_path / f"a.{kind}", 3, *options)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"pixels|damaged|no frame|not a film"):
        list(opened(path))


def test_the_limit_holds_for_clips_and_folders(tmp_path: Path) -> None:
    film = make_film(tmp_path / "a.mp4", 2, "-c:v", "mpeg4")
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "1.png").write_bytes(saved("PNG"))
    for path in (film, tmp_path / "shots"):
        with pytest.raises(InputError, match="more than 3,000"):
            open_source(path, SourceSettings(), pytest.fail, 3000)
    assert len(list(opened(film))) == 2


@pytest.mark.parametrize("words", [
    ["zoom", "picture.png"], ["image", "picture.png"], ["loop", "picture.png"], ["layers", "picture.png"],
    ["clip", "clip.gif"], ["clip", "clip.gif", "--preview"], ["clip", "shots"],
])
def test_the_option_is_heard_by_every_command(run: Callable[..., Result], picture: Path, words: list[str]) -> None:
    make_film(picture.with_name("clip.gif"), 2)
    (picture.parent / "shots").mkdir()
    (picture.parent / "shots" / "1.png").write_bytes(picture.read_bytes())
    result = run(*words, "--max-pixels", "1500")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1), result.output
    assert "--max-pixels allows more" in result.stderr
    assert run(*words, "--max-pixels", "10").exit_code == 2


@pytest.mark.parametrize(("words", "option"), [
    (["zoom", "picture.png"], "--guide"), (["clip", "shots"], "--mask"), (["image", "picture.png"], "--guide")])
def test_guides_and_masks_have_the_same_limit(
    run: Callable[..., Result], picture: Path, words: list[str], option: str
) -> None:
    (picture.parent / "shots").mkdir()
    (picture.parent / "shots" / "1.png").write_bytes(picture.read_bytes())
    (picture.parent / "large.png").write_bytes(saved("PNG"))
    result = run(*words, option, "large.png", "--max-pixels", 48 * 32, "--size", "32")
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1), result.output
    assert "large.png declares" in result.stderr
