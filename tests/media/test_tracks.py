"""Sound and subtitles go with the picture: untouched where that is possible, and in step with it."""

import re
import subprocess
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from dreamvid.media import ffmpeg
from dreamvid.media.source import tracks_of
from dreamvid.settings import FilmSettings
from tests.media import make_film, numbers, opened, writing

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p")
SINE = ("-f", "lavfi", "-i", "sine=d=2")


def copied(path: Path, output: Path, warnings: list[str] | None = None, **values: object) -> Path:
    """Writes a clip's frames anew, with its tracks."""
    source = opened(path, warnings, **values)
    with writing(output, source.size, source.fps, FilmSettings(crf=12),
                   tracks=tracks_of(source)) as writer:
        for frame in source:
            writer.write(frame)
    return output


def said(path: Path) -> str:
    return ffmpeg.run("-i", ffmpeg.url(path), "-f", "null", "-")[2].partition("Stream mapping")[0]


def packets(path: Path, stream: str) -> list[tuple[str, str]]:
    """Size and hash of the packets of a stream."""
    listed = ffmpeg.run("-i", ffmpeg.url(path), "-map", f"0:{stream}", "-c", "copy", "-f", "framemd5", "-")[1]
    return re.findall(r"^\d+, +\S+, +\S+, +\d+, +(\d+), (\w+)", listed, re.MULTILINE)


def loud_since(path: Path) -> float:
    """When the sound is first loud, in seconds on the film's clock."""
    done = subprocess.run(
        [ffmpeg.executable(), "-loglevel", "error", "-copyts", "-i", ffmpeg.url(path), "-map", "0:a:0", "-af",
         "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
        capture_output=True, check=True)
    return float(np.argmax(np.abs(np.frombuffer(done.stdout, np.int16).astype(int)) > 2000)) / 8000


def first_frame_at(path: Path) -> float:
    """When the first frame is shown, on the film's clock."""
    text = ffmpeg.run("-i", ffmpeg.url(path), "-copyts", "-map", "0:v", "-vf", "showinfo", "-frames:v", "1",
                       "-f", "null", "-")[2]
    found = re.search(r"n: +0 .*?pts_time:(\S+)", text)
    assert found
    return float(found[1])


@pytest.mark.slow
@pytest.mark.parametrize(("source", "codec", "target"), [
    ("mp4", ("aac",), "mp4"), ("mp4", ("aac",), "mkv"), ("mkv", ("libmp3lame",), "mp4"), ("mkv", ("ac3",), "mov"),
    ("mov", ("pcm_s16le",), "mov"), ("mkv", ("libopus",), "mp4"), ("mkv", ("libvorbis",), "mkv"),
])
def test_sound_is_copied_untouched(tmp_path: Path, source: str, codec: tuple[str, ...], target: str) -> None:
    path = make_film(tmp_path / f"in.{source}", 50, *H264, "-c:a", *codec, inputs=SINE)
    made = copied(path, tmp_path / f"out.{target}")
    assert packets(made, "a") == packets(path, "a")
    assert packets(made, "a")
    assert numbers(opened(made)) == numbers(opened(path))
    assert "yuv420p(tv, bt709" in said(made)


@pytest.mark.parametrize(("source", "codec", "target"), [
    ("mkv", "libvorbis", "mp4"), ("avi", "wmav2", "mp4"), ("mkv", "pcm_s16le", "mp4"), ("mkv", "flac", "mov")])
def test_sound_that_does_not_fit_becomes_aac(tmp_path: Path, source: str, codec: str, target: str) -> None:
    path = make_film(tmp_path / f"in.{source}", 50, *H264, "-c:a", codec, inputs=SINE)
    assert "Audio: aac" in said(copied(path, tmp_path / f"out.{target}"))


def test_a_silent_source(tmp_path: Path) -> None:
    path = make_film(tmp_path / "in.mp4", 5, *H264)
    assert tracks_of(opened(path)) is None
    assert "Audio" not in said(copied(path, tmp_path / "out.mp4"))


@pytest.mark.parametrize(("target", "subtitles"), [("mkv", "subrip"), ("mp4", "mov_text")])
def test_several_tracks_and_subtitles(tmp_path: Path, target: str, subtitles: str) -> None:
    (tmp_path / "a.srt").write_text("1\n00:00:00,200 --> 00:00:01,000\nHello\n")
    path = make_film(
        tmp_path / "in.mkv", 50, "-map", "0", "-map", "1", "-map", "2", "-map", "3",
        *H264, "-c:a", "aac", "-c:s", "srt",
        "-metadata:s:a:0", "language=deu", "-metadata:s:a:1", "language=fra",
        inputs=[*SINE, "-f", "lavfi", "-i", "sine=f=900:d=2", "-i", str(tmp_path / "a.srt")])
    made = copied(path, tmp_path / f"out.{target}")
    for stream in ("a:0", "a:1"):
        assert packets(made, stream) == packets(path, stream)
    assert packets(made, "a:0") != packets(made, "a:1")
    text = said(made)
    assert re.search(r"\(deu\): Audio.*\n(.*\n)*.*\(fra\): Audio", text)
    assert f"Subtitle: {subtitles}" in text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("target", ["mp4", "mkv"])
@pytest.mark.parametrize("delay", ["0.4", "-0.4"])
def test_a_click_stays_with_its_frame(tmp_path: Path, kind: str, target: str, delay: str) -> None:
    # Sound or picture begins later than the other; the click is one second after the sound's beginning.
    click = ["-itsoffset", delay, "-f", "lavfi", "-i", "aevalsrc=if(gte(t\\,1)\\,sin(3000*t)\\,0):d=2:s=44100"]
    shifted = [] if float(delay) > 0 else ["-itsoffset", "0"]
    path = make_film(tmp_path / f"in.{kind}", 50, *H264, "-c:a", "aac", "-avoid_negative_ts", "make_zero",
                     inputs=[*shifted, *click])
    made = copied(path, tmp_path / f"out.{target}")
    lag = loud_since(path) - first_frame_at(path)
    assert abs(lag - (1 + float(delay))) < 0.03
    assert abs(loud_since(made) - first_frame_at(made) - lag) < 0.005


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
def test_a_trim_trims_the_sound(tmp_path: Path, kind: str) -> None:
    click = ["-f", "lavfi", "-i", "aevalsrc=if(gte(t\\,1)\\,sin(3000*t)\\,0):d=2:s=44100"]
    path = make_film(tmp_path / f"in.{kind}", 50, *H264, "-c:a", "aac", inputs=click)
    made = copied(path, tmp_path / "out.mp4", start=0.6, end=1.4)
    assert numbers(opened(made)) == list(range(15, 35))
    assert abs(loud_since(made) - first_frame_at(made) - 0.4) < 0.03
    total = sum(1024 for _ in packets(made, "a")) / 44100
    assert abs(total - 0.8) < 0.06


def test_a_film_that_was_stopped_has_no_more_sound_than_picture(tmp_path: Path) -> None:
    path = make_film(tmp_path / "in.mp4", 50, *H264, "-c:a", "aac", inputs=SINE)
    source, output = opened(path), tmp_path / "out.mp4"
    with writing(output, source.size, source.fps, FilmSettings(crf=12),
                   tracks=tracks_of(source)) as writer:
        for frame in islice(source, 10):
            writer.write(frame)
    assert len(numbers(opened(output))) == 10
    assert abs(len(packets(output, "a")) * 1024 / 44100 - 0.4) < 0.06


def test_nothing_else_is_left(tmp_path: Path) -> None:
    path = make_film(tmp_path / "in.mp4", 5, *H264, "-c:a", "aac", inputs=SINE)
    copied(path, tmp_path / "out.mp4")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]
