"""Every kind of film that can be asked for, read back: size, count, rate, tags and the first frame."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from dreamvid.arrays import Image, Size, from_uint8, to_uint8
from dreamvid.errors import SettingError
from dreamvid.filters import resize
from dreamvid.media.still import read_still
from dreamvid.settings import FilmSettings
from tests.media import decoded, said_of, writing

SIZE = Size(63, 48)


COUNT = 9


def moving(n: int, size: Size = SIZE) -> Image:
    """A smooth, colourful picture that changes with n."""
    small = np.random.default_rng(5).random((4, 6, 3), np.float32)
    return np.clip(resize(np.roll(small, n, axis=1) * np.float32(0.6 + 0.04 * (n % 9)), size), 0, 1)


def made(path: Path | str, count: int = COUNT, size: Size = SIZE, fps: Fraction = Fraction(25),
         warnings: list[str] | None = None, **settings: object) -> Path:
    film = FilmSettings(encoder_preset="superfast", **settings)  # type: ignore[arg-type]
    said = warnings if warnings is not None else []
    with writing(path, size, fps, film, frames=count, warn=said.append) as writer:
        for n in range(count):
            writer.write(moving(n, size))
    return Path(path)


# suffix, settings, codec, pixels, error of the first frame (root of the mean square, of 255)
KINDS = [
    (".mp4", {}, "h264", "yuv420p", 5), (".mp4", {"codec": "h265"}, "hevc", "yuv420p", 5),
    (".mp4", {"codec": "av1"}, "av1", "yuv420p", 6), (".mp4", {"codec": "vp9"}, "vp9", "yuv420p", 6),
    (".mp4", {"pix_fmt": "yuv444p", "crf": 5}, "h264", "yuv444p", 2), (".mp4", {"bitrate": "5M"}, "h264", "yuv420p", 5),
    (".mov", {"codec": "prores"}, "prores", "yuv422p10le", 4),
    (".mov", {"codec": "prores", "pix_fmt": "yuv444p"}, "prores", "yuv444p1", 3),
    (".mkv", {"pix_fmt": "yuv422p"}, "h264", "yuv422p", 4), (".webm", {}, "vp9", "yuv420p", 6),
    (".webm", {"codec": "av1", "pix_fmt": "yuv444p"}, "av1", "yuv444p", 6),
]


ANIMATIONS = [(".webp", {}, 8), (".png", {}, 0), (".apng", {}, 0), (".gif", {}, 12), (".avif", {}, 8)]


def error_of(frame: np.ndarray, wanted: Image) -> float:
    height, width = wanted.shape[:2]
    return float(np.sqrt(np.mean((frame[:height, :width] - to_uint8(wanted).astype(float)) ** 2)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[0]} {kind[2]} {kind[3]}")
def test_films(tmp_path: Path, kind: tuple[str, dict, str, str, float]) -> None:
    suffix, settings, codec, pixels, error = kind
    film = made(tmp_path / f"film{suffix}", **settings)
    text = said_of(film, "-vf", "showinfo")
    assert f"Video: {codec}" in text
    assert pixels in text
    for tag in ("color_range:tv", "color_space:bt709", "color_primaries:bt709", "color_trc:bt709"):
        assert tag in text
    assert "frame_rate: 25/1" in text
    frames = decoded(film)
    assert len(frames) == COUNT
    assert frames[0].shape[:2] == (48, 63 if "444" in pixels else 64)
    assert error_of(frames[0], moving(0)) <= error


@pytest.mark.parametrize(("suffix", "settings", "error"), ANIMATIONS)
def test_animations_loop_without_end_and_repeat_no_frame(
    tmp_path: Path, suffix: str, settings: dict, error: float
) -> None:
    film = made(tmp_path / f"film{suffix}", **settings)
    stream = ("-map", "0:1") if suffix == ".avif" else ()  # the first is the still that stands for it
    frames = decoded(film, *stream)
    assert len(frames) == COUNT
    assert error_of(frames[0], moving(0)) <= error
    assert error_of(frames[-1], moving(0)) > error
    assert re.search(r"\b25 fps", said_of(film, *stream, "-vf", "showinfo"))
    with Pillow.open(film) as picture:
        assert getattr(picture, "n_frames", 0) == COUNT
        assert picture.size == ((64, 48) if suffix == ".avif" else SIZE)
        assert suffix == ".avif" or picture.info["loop"] == 0


def test_an_animated_avif_says_its_colours_and_loops(tmp_path: Path) -> None:
    film = made(tmp_path / "film.avif")
    assert "yuv420p(tv, bt709" in said_of(film, "-map", "0:1", "-vf", "showinfo")
    assert b"edts" in film.read_bytes()  # with a flag of repetition: this is how an AVIF says that it loops


def test_ffv1_is_lossless_to_the_bit(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (5, 47, 63, 3), dtype=np.uint8)
    path = tmp_path / "film.mkv"
    with writing(path, Size(63, 47), Fraction(25), FilmSettings(codec="ffv1")) as writer:
        for pixels in noise:
            writer.write(from_uint8(pixels))
    assert np.array_equal(np.stack(decoded(path)), noise)


def test_a_png_animation_is_lossless_too(tmp_path: Path) -> None:
    assert np.array_equal(decoded(made(tmp_path / "film.png"))[4], to_uint8(moving(4)))


def test_full_colour_resolution_keeps_saturated_detail(tmp_path: Path) -> None:
    size = Size(64, 64)
    stripes = np.zeros((64, 64, 3), np.float32)
    stripes[:, ::2, 0] = 1
    stripes[:, 1::2, 2] = 1
    errors = {}
    for pixels in ("yuv420p", "yuv444p"):
        path = tmp_path / f"{pixels}.mp4"
        with writing(path, size, Fraction(25), FilmSettings(pix_fmt=pixels, crf=10)) as writer:
            writer.write(stripes)
        errors[pixels] = error_of(decoded(path)[0], stripes)
    assert errors["yuv444p"] < errors["yuv420p"] / 4


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_repeated_films(tmp_path: Path, suffix: str) -> None:
    frames = decoded(made(tmp_path / f"film{suffix}", repeat=3))
    assert len(frames) == 3 * COUNT
    for n, frame in enumerate(frames):
        assert error_of(frame, moving(n % COUNT)) < 8
    assert [path.name for path in tmp_path.iterdir()] == [f"film{suffix}"]


def test_poster_and_contact_sheet(tmp_path: Path) -> None:
    poster, sheet = tmp_path / "poster.png", tmp_path / "sheet.jpg"
    made(tmp_path / "a.mkv", poster=str(poster), sheet=str(sheet))
    assert error_of(to_uint8(read_still(poster, pytest.fail).image), moving(COUNT // 2)) == 0
    assert read_still(sheet, pytest.fail).image.shape[1] > 4 * SIZE.width


@pytest.mark.parametrize(("settings", "message"), [
    ({"bitrate": "fast"}, "bitrate is 'fast'"), ({"bitrate": "8X"}, "bitrate is '8X'"),
    ({"bitrate": "8M", "crf": 5}, "give one of the two"), ({"max_size": "big"}, "max_size is 'big'"),
    ({"max_size": "10"}, "max_size is '10'"), ({"max_size": "-8MB"}, "max_size"),
])
def test_sizes_and_rates_that_are_none(settings: dict, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        FilmSettings(**settings)
