"""Every kind of film that can be asked for, read back: size, count, rate, tags and the first frame."""

import json
import os
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image as Pillow

from dreamvid.arrays import Image, Size, from_uint8, to_uint8
from dreamvid.errors import OutputError, SettingError
from dreamvid.filters import resize
from dreamvid.media.still import read_still
from dreamvid.output.names import check_output, kept_rate
from dreamvid.settings import FilmSettings
from tests.media import decoded, said_of, writing

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize(("fps", "kept"), [
    (50, 50), (25, 25), (20, 20), (10, 10), (Fraction(25, 2), Fraction(25, 2)), (30, 25), (24, 25), (60, 50), (100, 50),
    (15, 20), (Fraction(30000, 1001), 25), (22, 20),
])
def test_a_gif_keeps_only_rates_that_it_can_say(fps: Fraction, kept: Fraction) -> None:
    assert kept_rate("film.GIF", Fraction(fps)) == kept
    assert kept_rate("film.mp4", Fraction(fps)) == fps


@pytest.mark.parametrize("fps", [50, 25, 20, 10])
def test_the_delays_of_a_gif_are_exact(tmp_path: Path, fps: int) -> None:
    with Pillow.open(made(tmp_path / "film.gif", fps=Fraction(fps))) as picture:
        for n in range(COUNT):
            picture.seek(n)
            assert picture.info["duration"] == 1000 // fps


def test_a_gif_without_motion(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    with writing(path, SIZE, Fraction(25), FilmSettings()) as writer:
        for _ in range(3):
            writer.write(moving(0))
    assert error_of(decoded(path)[0], moving(0)) < 12


def busy(n: int, size: Size) -> Image:
    noise = np.random.default_rng(n).random((size.height // 2, size.width // 2, 3), np.float32)
    return np.clip(resize(noise, size), 0, 1)


@pytest.mark.parametrize("limit", [40_000, 100_000, 170_000])
def test_a_gif_fits_its_limit_closely_and_says_how(tmp_path: Path, limit: int) -> None:
    size, said = Size(200, 150), []
    film = FilmSettings(max_size=f"{limit / 1000}kB")
    with writing(tmp_path / "a.gif", size, Fraction(25), film, warn=said.append) as writer:
        for n in range(12):
            writer.write(busy(n, size))
    count = (tmp_path / "a.gif").stat().st_size
    assert 0.95 * limit <= count <= limit
    with Pillow.open(tmp_path / "a.gif") as picture:
        assert f"{picture.size[0]}x{picture.size[1]} pixels" in said[0]
    assert "frames/s" in said[0]
    assert "colours" in said[0]


def test_a_gif_that_fits_anyway_is_left_as_it_is(tmp_path: Path) -> None:
    free, held = made(tmp_path / "a.gif"), made(tmp_path / "b.gif", max_size="1MB")
    assert free.read_bytes() == held.read_bytes()


def test_a_limit_that_cannot_be_kept_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"max_size 1 kB is too small"):
        made(tmp_path / "a.gif", size=Size(128, 96), max_size="1kB")
    assert not list(tmp_path.iterdir())


def test_a_large_gif_points_to_better_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dreamvid.output.gif.LARGE", 10_000)
    said: list[str] = []
    made(tmp_path / "a.gif", warnings=said)
    assert ".webp and .avif" in said[0]


def test_poster_and_contact_sheet(tmp_path: Path) -> None:
    poster, sheet = tmp_path / "poster.png", tmp_path / "sheet.jpg"
    made(tmp_path / "a.mkv", poster=str(poster), sheet=str(sheet))
    assert error_of(to_uint8(read_still(poster, pytest.fail).image), moving(COUNT // 2)) == 0
    assert read_still(sheet, pytest.fail).image.shape[1] > 4 * SIZE.width


@pytest.mark.parametrize(("name", "settings", "message"), [
    ("a.webm", {"codec": "h264"}, "codec is 'h264'; .webm holds vp9, av1"),
    ("a.mp4", {"codec": "ffv1"}, "codec is 'ffv1'; .mp4 holds"),
    ("a.gif", {"crf": 5}, "crf is 5; gif has no rate factor"),
    ("a.mp4", {"crf": 60}, "crf is 60; with h264 it must be 0 to 51"),
    ("a.webp", {"pix_fmt": "yuv444p"}, "pix_fmt is 'yuv444p'; webp holds RGB only"),
    ("a.mov", {"codec": "prores", "pix_fmt": "yuv420p"}, "prores holds yuv422p, yuv444p"),
    ("a.mkv", {"codec": "ffv1", "bitrate": "1M"}, "bitrate is '1M'; ffv1 has none"),
    ("a.mp4", {"max_size": "1MB"}, "max_size is '1MB'; it is for .gif"),
    ("a.gif", {"repeat": 2}, "repeat is 2; .gif repeats by itself"),
    ("frames/", {"crf": 5}, "crf is 5; it is for films"),
    ("-", {"repeat": 2}, "cannot be repeated"),
    ("-", {"codec": "h264", "pix_fmt": "yuv420p", "crf": 60}, "0 to 51"),
])
def test_what_a_format_cannot_hold_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, settings: dict, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingError, match=re.escape(message)):
        check_output(name, FilmSettings(**settings), overwrite=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("settings", "message"), [
    ({"bitrate": "fast"}, "bitrate is 'fast'"), ({"bitrate": "8X"}, "bitrate is '8X'"),
    ({"bitrate": "8M", "crf": 5}, "give one of the two"), ({"max_size": "big"}, "max_size is 'big'"),
    ({"max_size": "10"}, "max_size is '10'"), ({"max_size": "-8MB"}, "max_size"),
])
def test_sizes_and_rates_that_are_none(settings: dict, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        FilmSettings(**settings)


def test_outputs_need_names_of_their_own(tmp_path: Path) -> None:
    for settings in ({"poster": str(tmp_path / "a.png")}, {"poster": "b.png", "sheet": "b.png"}):
        with pytest.raises(OutputError, match="named twice"):
            check_output(tmp_path / "a.png", FilmSettings(**settings), overwrite=False)


PIPE = """
import numpy as np
from fractions import Fraction
from dreamvid.arrays import Size
from dreamvid.settings import FilmSettings
from tests.media import writing

with writing("-", Size(64, 48), Fraction(25), FilmSettings()) as writer:
    for n in range(9):
        writer.write(np.full((48, 64, 3), n / 9, np.float32))
"""


def test_a_film_down_a_pipe(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PIPE], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout[:4] == b"\x1a\x45\xdf\xa3"  # Matroska
    (tmp_path / "a.mkv").write_bytes(done.stdout)
    assert len(decoded(tmp_path / "a.mkv")) == 9


def test_a_reader_that_leaves_early_ends_the_film_in_one_sentence(tmp_path: Path) -> None:
    Pillow.new("RGB", (320, 240)).save(tmp_path / "0.png")
    (tmp_path / "many").mkdir()
    for n in range(3000):
        (tmp_path / f"many/{n}.png").symlink_to(tmp_path / "0.png")
    words = [sys.executable, "-m", "dreamvid", "encode", str(tmp_path / "many"), "-q", "--codec", "ffv1", "-o", "-"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.buffer.read(1000)
        begun = time.monotonic()
        program.stdout.close()
        said = program.stderr.read()
        assert program.wait() == OutputError.exit_code
    assert time.monotonic() - begun < 60
    assert said.startswith("dreamvid: the program that the film is piped to takes no more of it, after ")
    assert said.count("\n") == 1


def test_no_film_goes_to_a_terminal() -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    done = subprocess.run([sys.executable, "-c", PIPE], stdout=theirs, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    os.close(theirs)
    os.close(ours)
    assert done.returncode != 0
    assert b"the film would go to the terminal" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".gif", ".webp", ".avif"])
def test_memory_does_not_grow_with_the_frames(tmp_path: Path, suffix: str) -> None:
    size, seen = Size(320, 240), {}
    picture = moving(0, size)
    with writing(tmp_path / f"a{suffix}", size, Fraction(25), FilmSettings(encoder_preset="superfast")) as writer:
        us = psutil.Process()
        for n in range(301):
            writer.write(np.roll(picture, n, axis=1))
            if n in (100, 300):
                seen[n] = us.memory_info().rss + sum(child.memory_info().rss for child in us.children())
    assert seen[300] - seen[100] < 20e6, json.dumps(seen)  # 200 frames are 46 MB
