"""Animated GIFs: exact delays, and as large as they may be."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from dreamvid.arrays import Image, Size
from dreamvid.errors import OutputError
from dreamvid.filters import resize
from dreamvid.media.child import Deadline
from dreamvid.output.gif import LARGE, write_gif
from dreamvid.settings import FilmSettings
from tests.media import decoded, writing
from tests.output.test_formats import COUNT, SIZE, error_of, made, moving


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


@pytest.mark.slow
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


def test_a_large_gif_points_to_better_formats(tmp_path: Path) -> None:
    said: list[str] = []
    source = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=0.2"]
    for more in (0, LARGE):
        write_gif(source, tmp_path / "a.gif", size=Size(96, 64), fps=Fraction(25), limit=None, deadline=Deadline(),
                  warn=said.append, more=more)
    sentence, = said
    assert sentence.startswith("the GIF has 5.")
    assert ".webp and .avif" in sentence
