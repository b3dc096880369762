"""Films: right in colour, rate and count, and the same every time."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Image, Size, from_uint8
from dreamvid.media.child import Deadline
from dreamvid.output.film import FilmWriter
from dreamvid.output.names import check_output
from dreamvid.settings import FilmSettings
from tests.media import decoded, said_of, writing

SIZE = Size(64, 48)


COLOURS = ((255, 255, 255), (0, 0, 0), (200, 30, 40), (20, 180, 60), (30, 50, 220), (240, 200, 20), (128, 128, 128))


FAST = FilmSettings(crf=10, encoder_preset="ultrafast")


def flat(colour: tuple[int, int, int], size: Size = SIZE) -> Image:
    return from_uint8(np.full((size.height, size.width, 3), colour, np.uint8))


def noise(size: Size, seed: int = 0) -> Image:
    return np.random.default_rng(seed).random((size.height, size.width, 3), np.float32)


Opened = AbstractContextManager[FilmWriter]


def opened(path: Path | str, size: Size = SIZE, fps: Fraction = Fraction(25), *, crf: int = -1,
           overwrite: bool = False) -> Opened:
    return writing(path, size, fps, FilmSettings(crf=crf, encoder_preset="ultrafast"), overwrite=overwrite)


def check(path: Path | str, *, overwrite: bool = False, inputs: Sequence[Path] = ()) -> None:
    check_output(path, FilmSettings(), overwrite=overwrite, inputs=inputs)


def film(path: Path, size: Size = SIZE, timeout: float = 60) -> Opened:
    return writing(path, size, Fraction(25), FAST, deadline=Deadline(timeout))


def make(film: Opened, frames: Iterable[Image], then: Callable[[], object] = lambda: None) -> None:
    """Writes the frames, and something happens before the film is finished."""
    with film as writer:
        for frame in frames:
            writer.write(frame)
        then()


def enter(film: Opened) -> None:
    with film:
        pass


def throw(error: BaseException) -> None:
    raise error


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_flat_colours_survive(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path) as writer:
        for colour in COLOURS:
            writer.write(flat(colour))
    frames = decoded(path)
    assert len(frames) == len(COLOURS)
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert np.abs(frame.astype(int) - colour).max() <= 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("fps", [Fraction(30000, 1001), Fraction(25), Fraction(1), Fraction(240)])
def test_exact_rate_and_count(tmp_path: Path, suffix: str, fps: Fraction) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path, fps=fps) as writer:
        for n in range(7):
            writer.write(flat((n * 30, 0, 0)))
    config = re.search(r"config in time_base: \S+ frame_rate: (\S+)", said_of(path, "-vf", "showinfo"))
    assert config is not None
    assert Fraction(config[1].rstrip(",")) == fps
    assert len(decoded(path)) == 7


@pytest.mark.parametrize("size", [Size(63, 48), Size(64, 47), Size(63, 47), Size(17, 16)])
def test_odd_sizes_repeat_the_last_row_and_column(tmp_path: Path, size: Size) -> None:
    path = tmp_path / "film.mp4"
    with opened(path, size) as writer:
        writer.write(flat(COLOURS[4], size))
    whole = Size(size.width + size.width % 2, size.height + size.height % 2)
    assert f"{whole}" in said_of(path)
    assert np.abs(decoded(path)[0].astype(int) - COLOURS[4]).max() <= 2


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_index_comes_first(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path) as writer:
        writer.write(flat(COLOURS[0]))
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_equal_frames_make_equal_files(tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{n}.{suffix}" for n in range(2)]
    for path in paths:
        with opened(path, Size(128, 96)) as writer:
            for n in range(12):
                writer.write(noise(Size(128, 96), n))
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_crf_and_preset_reach_the_encoder(tmp_path: Path) -> None:
    for crf in (5, 40):
        with opened(tmp_path / f"{crf}.mp4", crf=crf) as writer:
            writer.write(noise(SIZE))
    assert (tmp_path / "5.mp4").stat().st_size > 2 * (tmp_path / "40.mp4").stat().st_size


def test_an_image_of_another_size_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32x32"), opened(tmp_path / "a.mp4") as writer:
        writer.write(flat(COLOURS[0], Size(32, 32)))
    assert not list(tmp_path.iterdir())
