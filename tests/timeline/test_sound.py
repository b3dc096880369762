"""What is analysed: series, tempo and beats of pieces whose beats are known, and what librosa makes of them."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamvid.films.clocks import sound_clock
from dreamvid.settings import TimelineSettings
from dreamvid.timeline.beats import beats_of, estimate, phase_of
from dreamvid.timeline.sound import HOP, HOPS, RATE, SoundAnalysis, analyse
from tests.timeline.pieces import bursts, click, clicks, drums, f_measure, sweep, swing

Piece = tuple[NDArray[np.float32], NDArray[np.float64]]


@pytest.mark.slow
@pytest.mark.parametrize("bpm", [60, 75, 90, 105, 120, 128, 150, 174, 200])
@pytest.mark.parametrize("make", [clicks, swing, bursts, drums])
def test_tempo_and_beats_are_found(make: Callable[[float, float], Piece], bpm: float) -> None:
    sound, beats = make(bpm, 20)
    analysed = analyse([sound])
    found, tempo = estimate(analysed), beats_of(analysed)
    assert found is not None
    assert tempo is not None
    assert found.bpm == pytest.approx(bpm, rel=0.01)
    assert f_measure(tempo.beats, beats) >= 0.9
    assert abs(np.median([tempo.beats[np.abs(tempo.beats - beat).argmin()] - beat for beat in beats])) < 0.012


def test_a_tempo_that_is_said_gets_its_first_beat_from_the_sound() -> None:
    sound, beats = clicks(128, 10, first=0.35)
    late = phase_of(analyse([sound]), 128) - beats[0]
    assert abs(late - round(late * 128 / 60) * 60 / 128) < 0.02


def test_parts_of_any_length_are_heard_alike() -> None:
    sound, _ = drums(120, 4)
    whole = analyse([sound], [(60, 120)])
    parts = analyse(np.split(sound, [1, 5, 5000, 5000, 40_001]), [(60, 120)])
    assert whole.samples == parts.samples == len(sound)
    for name in ("loud", "onset", "percussive"):
        np.testing.assert_allclose(getattr(whole, name), getattr(parts, name), atol=1e-5)
    np.testing.assert_allclose(whole.band(60, 120), parts.band(60, 120), atol=1e-5)


@pytest.mark.parametrize("name", ["loud", "bass", "mid", "treble", "onset", "percussive"])
def test_a_series_is_from_0_to_1_as_the_piece_is_loud_in_it(name: str) -> None:
    times = np.arange(0, 8, 0.01)
    for level in (1.0, 0.01):
        found = analyse([np.float32(level) * drums(120, 8)[0]]).at(name, times)
        assert found.min() >= 0
        assert found.max() == 1
        assert 0.05 < (found > 0.5).mean() < 0.9 or name in ("onset", "percussive")


def test_bands_hear_a_sweep_one_after_the_other() -> None:
    analysed = analyse([sweep(8)])
    steps = np.arange(len(analysed.power))
    peaks = [float(np.average(steps, weights=analysed.at(name, steps / HOPS))) for name in ("bass", "mid", "treble")]
    assert peaks == sorted(peaks)
    struck, held = analyse([drums(120, 4)[0]]).percussive, analyse([sweep(4)])
    assert struck.std() > 0.2
    assert (held.at("loud", np.array([2.0])) > 0.5).all()


@pytest.mark.parametrize("sound", [np.zeros(RATE), np.zeros(1), np.zeros(0), np.full(10, np.nan), np.ones(3000)])
def test_silence_and_next_to_nothing_have_no_beats(sound: NDArray[np.float64]) -> None:
    analysed = analyse([sound.astype(np.float32)])
    assert beats_of(analysed) is None
    assert all(np.isfinite(analysed.at(name, np.arange(9.0))).all() for name in ("loud", "bass", "onset", "percussive"))


def correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("make", [clicks, swing, bursts, drums])
@pytest.mark.parametrize("bpm", [75, 128])
def test_librosa_hears_the_same(make: Callable[[float, float], Piece], bpm: float) -> None:
    librosa = pytest.importorskip("librosa", reason="librosa is not installed: the extra `test-audio` has it")
    sound, _ = make(bpm, 20)
    analysed = analyse([sound])
    theirs, frames = librosa.beat.beat_track(y=sound, sr=RATE, hop_length=HOP, trim=False)
    ratio = np.log2(estimate(analysed).bpm / float(np.ravel(theirs)[0]))  # pyright: ignore[reportOptionalMemberAccess]
    assert abs(ratio - round(ratio)) < 0.03, "within 2 %, or octaves of it: librosa's tempo is that of a whole lag"
    if round(ratio) == 0:
        assert f_measure(beats_of(analysed).beats, librosa.frames_to_time(frames, sr=RATE, hop_length=HOP)) > 0.9  # pyright: ignore[reportOptionalMemberAccess]
    onset = librosa.onset.onset_strength(y=sound, sr=RATE, hop_length=HOP)
    ours = analysed.strength[: len(onset)]
    around = [correlation(np.roll(ours, shift)[9:-9], onset[9:len(ours) - 9]) for shift in range(-4, 5)]
    assert max(around) > 0.9
    power = np.square(np.abs(librosa.stft(sound, n_fft=2048, hop_length=HOP)))
    steps = librosa.fft_frequencies(sr=RATE, n_fft=2048)
    for name, (low, high) in {"bass": (20, 150), "mid": (150, 4000), "treble": (4000, 11025)}.items():
        theirs = np.sqrt(power[(steps >= low) & (steps < high)].sum(axis=0))
        ours = analysed.at(name, np.arange(len(theirs)) / HOPS)
        assert correlation(ours, np.minimum(theirs, np.percentile(theirs, 98))) > 0.9


@pytest.fixture(scope="module")
def ten_minutes() -> tuple[SoundAnalysis, tuple[float, float]]:
    """Silence with a click after its first second, and one before its last; and the times of both."""
    sound, beats = np.zeros(600 * RATE, np.float32), (1.0, 599.0)
    for beat in beats:
        sound[round(beat * RATE):][:len(click())] = click()
    return analyse(np.array_split(sound, 60)), beats


@pytest.mark.slow
@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30000, 1001), Fraction(60)])
def test_nothing_drifts_over_ten_minutes(ten_minutes: tuple[SoundAnalysis, tuple[float, float]], fps: Fraction) -> None:
    """The frames that answer the last click are as far from it as those that answer the first, within half a frame."""
    analysed, beats = ten_minutes
    clock = sound_clock(analysed, TimelineSettings(bpm=120, first_beat=1.0), 0.0, fps, Fraction(600))
    frames = np.arange(round(600 * fps))
    loud = clock.series["loud"](clock.frame_times(len(frames)))
    late = []
    for beat in beats:
        around = np.abs(frames - beat * fps) < 0.3 * fps
        late.append(np.average(frames[around], weights=loud[around]) - float(beat * fps))
    assert abs(late[1] - late[0]) < 0.5
    assert max(map(abs, late)) < 2
