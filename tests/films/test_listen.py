"""A sound is described, and a film's curves are drawn, before anything is dreamed."""

from pathlib import Path

import pytest

import dreamvid
from dreamvid.errors import InputError, OutputError
from dreamvid.media.still import read_still
from tests.timeline.pieces import clicks, write_sound


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "song.wav", clicks(120, 4)[0])


def test_of_clicks_tempo_and_first_beat_are_known(song: Path, tmp_path: Path) -> None:
    found = dreamvid.sound(song, tmp_path / "plot.png")
    assert (found.seconds, found.file, found.output) == (4.0, str(song), str(tmp_path / "plot.png"))
    assert found.bpm == pytest.approx(120, rel=0.02)
    assert (found.first_beat - 0.3 + 0.25) % 0.5 == pytest.approx(0.25, abs=0.03)
    assert found.beats == pytest.approx(8, abs=1)
    assert all(0 <= values.min() <= values.max() <= 1 for values in found.series.values())
    plot = read_still(tmp_path / "plot.png", pytest.fail).image
    assert plot.std() > 0.01
    with pytest.raises(OutputError, match="exists"):
        dreamvid.sound(song, tmp_path / "plot.png")


def test_what_is_no_sound_is_refused(picture: Path) -> None:
    with pytest.raises(InputError):
        dreamvid.sound(picture)
