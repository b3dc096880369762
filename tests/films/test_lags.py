"""How a film follows its sound: the lag of one series behind another, and what is measured of a film."""

from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.errors import InputError
from dreamvid.events import Caller
from dreamvid.films.lags import MEASURES, lag_behind, measure_sound
from tests.media import make_film, run
from tests.timeline.pieces import clicks, write_sound


@pytest.mark.parametrize("lag", [-5, 0, 3])
def test_a_series_that_is_late_is_found_to_be(lag: int) -> None:
    cause = np.square(np.maximum(0, np.sin(np.arange(600) / 3.1)))
    slow = np.linspace(0, 9, 600)
    found = lag_behind(2 * np.roll(cause, lag) + slow, cause, 30)
    assert found.lag == lag
    assert found.r > 0.95
    assert lag_behind(-np.roll(cause, lag), cause, 30).r < -0.95


def test_of_beats_the_nearest_counts() -> None:
    pulse = np.exp(-(np.arange(600) % 15) / 4)
    assert lag_behind(np.roll(pulse, -1) + 0.02 * np.random.default_rng(3).random(600), pulse, 30).lag == -1
    assert lag_behind(np.roll(pulse, 1), pulse, 30).lag == 1


def test_nothing_answers_nothing() -> None:
    assert lag_behind(np.ones(90), np.ones(90), 30) == (0, 0.0)
    assert lag_behind(np.ones(1), np.ones(1), 30).r == 0.0


@pytest.mark.slow
def test_a_film_that_flashes_late_is_found_to_be(tmp_path: Path) -> None:
    song = write_sound(tmp_path / "song.wav", clicks(125, 4, first=0.32)[0])
    since = (np.arange(100) - 8 - 2) % 12  # a click every 12 frames, and the flash two frames later
    grey = (60 + 150 * np.exp(-since / 2)).astype(np.uint8)
    pixels = np.repeat(grey, 64 * 48 * 3).tobytes()
    run("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "64x48", "-framerate", "25", "-i", "pipe:0",
        "-i", song, "-c:v", "ffv1", "-c:a", "flac", tmp_path / "film.mkv", stdin=pixels)
    found = measure_sound(tmp_path / "film.mkv", Caller())
    assert (found.frames, found.fps, tuple(found.lags)) == (100, 25.0, MEASURES)
    assert found.lags["brightness"]["loud"].lag == 2
    assert found.lags["brightness"]["loud"].r > 0.8
    assert found.lags["colourfulness"]["loud"] == (0, 0.0)


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sound"):
        measure_sound(make_film(tmp_path / "film.mp4", 3, size=Size(32, 32)), Caller())
