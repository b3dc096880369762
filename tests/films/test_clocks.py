"""The clock of a film's curves: its tempo as it is given, and a sound that is only analysed where a curve asks."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dreamvid.errors import InputError
from dreamvid.events import Caller
from dreamvid.films.clocks import analysed, clock_of, sound_clock
from dreamvid.films.commands import planned
from dreamvid.films.curves import curves_of
from dreamvid.settings import CameraSettings, TimelineSettings, ZoomSettings
from tests.timeline.pieces import clicks, write_sound


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "song.wav", clicks(120, 4)[0])


def test_a_sound_is_not_heard_for_curves_of_time_alone(picture: Path, song: Path) -> None:
    settings = ZoomSettings(frames=30, camera=CameraSettings(zoom="1 + t"), timeline=TimelineSettings(audio=str(song)))
    plan, call = planned("zoom", picture, "film.mp4", settings, Caller(overwrite=True))
    song.write_bytes(b"no sound any more")
    clock = clock_of(plan, call.paths, curves_of(plan.settings))
    assert (clock.tempo, dict(clock.series)) == (None, {})
    with pytest.raises(InputError):
        analysed(song)


def test_beats_are_those_of_the_sound_from_where_the_film_begins(song: Path) -> None:
    found = analysed(song)
    for shift in (0.0, 0.75):
        clock = sound_clock(found, TimelineSettings(), shift, Fraction(30), Fraction(4))
        assert clock.tempo is not None
        assert clock.tempo.bpm == pytest.approx(120, rel=0.02)
        beats = np.asarray(clock.tempo.beats) + shift
        np.testing.assert_allclose((beats - 0.3 + 0.25) % 0.5, 0.25, atol=0.03)


def test_a_tempo_that_is_given_counts(song: Path) -> None:
    clock = sound_clock(analysed(song), TimelineSettings(bpm=90.0, first_beat=1.0), 0.5, Fraction(30), Fraction(4))
    assert clock.tempo is not None
    assert clock.tempo.at(np.array([0.5, 0.5 + 60 / 90])) == pytest.approx([0, 1])
