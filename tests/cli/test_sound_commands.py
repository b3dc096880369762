"""`dreamvid sound` and `dreamvid timeline`, and films that hear, as a person runs them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.events import ignore
from dreamvid.media.child import Deadline, carry_out
from dreamvid.media.ffmpeg import url
from dreamvid.media.sound import probe_sound, samples
from dreamvid.media.source import open_source
from dreamvid.settings import SourceSettings
from dreamvid.timeline.sound import RATE
from tests.timeline.pieces import drums, write_sound

Run = Callable[..., Result]
SMALL = ("--size", "64", "--quality", "draft", "-q", "--no-resume")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "song.wav", drums(120, 4)[0])


def test_a_sound_is_described_and_drawn(run: Run, song: Path, tmp_path: Path) -> None:
    said = run("sound", song, "-q").stdout
    assert said.startswith("120.")
    assert "beats per minute, or 60." in said
    found = json.loads(run("sound", song, "--json", "-o", "plot.png").stdout)
    assert found["first_beat"] == pytest.approx(0.2, abs=0.02)
    assert found["seconds"] == 4.0
    assert Pillow.open(tmp_path / "plot.png").size[0] == 1200


def test_curves_are_drawn_before_anything_is_dreamed(run: Run, song: Path, picture: Path, tmp_path: Path) -> None:
    made = run("timeline", "zoom", picture, "--audio", song, "--zoom", "1.2 + 0.5*bass", "--layers",
               "0s: block4; 2s: block8", "--tv", "0s: 0; 4b: 0.5 ease", "-o", "curves.png", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout.splitlines()[-1])["moving"] == ["tv", "zoom", "layers"]
    assert Pillow.open(tmp_path / "curves.png").size[0] == 1200


def test_a_zoom_is_as_long_as_its_song_and_sounds_like_it(run: Run, song: Path, picture: Path, tmp_path: Path) -> None:
    made = run("zoom", picture, "--audio", song, "--audio-start", "3.2s", "--zoom", "1.2 + bass", *SMALL, "-o", "a.mp4")
    assert made.exit_code == 0, made.output
    assert open_source(tmp_path / "a.mp4", SourceSettings(), ignore).frames == 24
    heard, whole = (np.concatenate(list(samples(path, RATE))) for path in (tmp_path / "a.mp4", song))
    part = whole[round(3.2 * RATE):]
    lags = np.correlate(heard[2000:12000], part[2000:12000], "full")
    assert abs(int(lags.argmax()) - 9999) < 0.03 * RATE, "within a packet"
    assert "song.wav" in run("show", "a.mp4").stdout


@pytest.mark.parametrize(("command", "output"), [
    (("zoom", "--frames", "36"), "film.mp4"), (("zoom", "--frames", "36"), "film.mkv"),
    (("loop", "--kind", "pulse", "--seconds", "1.2"), "loop.webm"),
])
def test_silence_follows_a_sound_that_is_too_short(
    run: Run, picture: Path, tmp_path: Path, command: tuple[str, ...], output: str
) -> None:
    write_sound(tmp_path / "short.wav", drums(120, 0.6)[0])
    made = run(*command, picture, "--audio", "short.wav", *SMALL, "-o", output)
    assert made.exit_code == 0, made.output
    heard = np.concatenate(list(samples(tmp_path / output, RATE)))
    assert len(heard) / RATE == pytest.approx(1.2, abs=0.06)
    assert np.abs(heard[:RATE // 2]).max() > 0.1
    assert np.abs(heard[round(0.7 * RATE):]).max() < 0.01


@pytest.mark.slow
@pytest.mark.parametrize(("sound", "options", "code", "words"), [
    ("silent.wav", ("--zoom", "1 + bass"), 0, ""), ("one.wav", ("--zoom", "1 + loud"), 0, ""),
    ("slow.wav", ("--zoom", "1 + treble"), 0, ""), ("wide.flac", ("--zoom", "1 + mid"), 0, ""),
    ("cut.mp3", ("--zoom", "1 + onset"), 0, ""), ("film.mkv", ("--zoom", "1 + band(60, 120)"), 0, ""),
    ("silent.wav", ("--zoom", "1 + beat_pulse"), 2, "none are found in the sound; give --bpm"),
    ("picture.png", ("--zoom", "1 + bass"), 3, "is not a sound"),
    ("none.wav", ("--zoom", "1 + bass"), 3, "does not exist"),
    ("song.wav", ("--bpm", "0"), 2, "--bpm is 0.0; it must be 20 to 400"),
    ("song.wav", ("--zoom", "1 + bas"), 2, "did you mean bass"),
    ("song.wav", ("--zoom", "1 + band(120, 60)"), 2, "the lower one first"),
])
def test_sounds_of_all_kinds(  # noqa: PLR0917
    run: Run, song: Path, picture: Path, tmp_path: Path, sound: str, options: tuple[str, ...], code: int, words: str
) -> None:
    made = {
        "silent.wav": lambda path: write_sound(path, np.zeros(RATE)),
        "one.wav": lambda path: write_sound(path, np.ones(1)),
        "slow.wav": lambda path: write_sound(path, drums(90, 1)[0], 8000),
        "wide.flac": lambda path: carry_out(
            ["-i", url(song), "-ar", "192000", "-ac", "6", "-y", url(path)], Deadline()),
        "film.mkv": lambda path: carry_out(
            ["-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-i", url(song), "-y", url(path)], Deadline()),
        "cut.mp3": lambda path: _cut(song, path),
    }.get(sound)
    if made:
        made(tmp_path / sound)
    result = run("zoom", picture, "--audio", sound, *options, "--frames", "2", *SMALL, "-o", "out.mp4")
    assert result.exit_code == code, result.output
    assert words in " ".join(result.output.split())


def _cut(song: Path, path: Path) -> None:
    carry_out(["-i", url(song), "-y", url(path)], Deadline())
    path.write_bytes(path.read_bytes()[:9000])


@pytest.mark.slow
def test_a_clip_hears_its_own_sound_or_another(run: Run, song: Path, tmp_path: Path) -> None:
    carry_out(["-f", "lavfi", "-i", "testsrc=s=64x48:d=0.4:r=10", "-i", url(song), "-shortest", "-y",
               url(tmp_path / "clip.mkv")], Deadline())
    for extra, codec in (((), "vorbis"), (("--audio", song), "pcm_s16le")):
        made = run("clip", "clip.mkv", "--strength", "bass", "--warm-up", "1", *extra, *SMALL, "-y", "-o", "out.mkv")
        assert made.exit_code == 0, made.output
        assert probe_sound(tmp_path / "out.mkv").track.codec == codec
