"""What an output may be named."""

import os
import re
from fractions import Fraction
from pathlib import Path

import pytest

from dreamvid.errors import DreamvidError, OutputError, SettingError
from dreamvid.output.formats import kept_rate
from dreamvid.output.names import check_output
from dreamvid.settings import FilmSettings
from tests.media import decoded
from tests.output.test_film import COLOURS, check, enter, flat, names, opened


@pytest.mark.posix
@pytest.mark.parametrize("name", ["-y.mp4", "a:b.mp4", "100%d.mp4", "a b 'c'.mp4", "%06d.mp4", "ü.MP4",
                                  "x" * 250 + ".mp4"])
def test_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with opened(Path(name)) as writer:
        writer.write(flat(COLOURS[0]))
    assert names(tmp_path) == [name]
    assert len(decoded(tmp_path / name)) == 1


@pytest.mark.posix
@pytest.mark.parametrize(("output", "kind", "message"), [
    ("film.xyz", SettingError, r"film\.xyz has no known suffix.*\.mp4, \.mov, \.mkv"),
    ("film", SettingError, "no known suffix"),
    ("film.tif", SettingError, "no known suffix"),
    ("%d_%d.png", SettingError, "one number"),
    ("%06d.xyz", SettingError, "no known suffix for pictures"),
    ("none/film.mp4", OutputError, "folder .*none does not exist"),
    ("none/frames/%d.png", OutputError, "none does not exist"),
    ("file/film.mp4", OutputError, "not a folder"),
    ("file/", OutputError, "not a folder"),
    ("folder.mp4", OutputError, "is a folder"),
    ("pipe.mp4", OutputError, "device or a pipe"),
    ("old.mp4", OutputError, "exists; give overwrite=True to overwrite it"),
    ("dangling.mp4", OutputError, "exists; give overwrite=True to overwrite it"),
])
def test_refused_outputs(tmp_path: Path, output: str, kind: type[DreamvidError], message: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "old.mp4").touch()
    (tmp_path / "dangling.mp4").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.mp4")
    before = names(tmp_path)
    for call in (lambda: check(f"{tmp_path}/{output}"), lambda: enter(opened(f"{tmp_path}/{output}"))):
        with pytest.raises(kind, match=message):
            call()
    assert names(tmp_path) == before


@pytest.mark.posix
@pytest.mark.parametrize("output", ["in.mp4", "soft.mp4", "hard.mp4", "sub/../in.mp4"])
def test_output_is_not_the_input(tmp_path: Path, output: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "in.mp4").write_text("mine")
    (tmp_path / "soft.mp4").symlink_to("in.mp4")
    (tmp_path / "hard.mp4").hardlink_to(tmp_path / "in.mp4")
    with pytest.raises(OutputError, match="is the input"):
        check(tmp_path / output, overwrite=True, inputs=[tmp_path / "other.mp4", tmp_path / "in.mp4"])
    check(tmp_path / "out.mp4", overwrite=True, inputs=[tmp_path / "in.mp4"])


@pytest.mark.posix
def test_unwritable_folder(unwritable: Path) -> None:
    for name in ("film.mp4", "frames/"):
        with pytest.raises(OutputError):
            enter(opened(f"{unwritable}/{name}"))


@pytest.mark.parametrize(("fps", "kept"), [
    (50, 50), (25, 25), (20, 20), (10, 10), (Fraction(25, 2), Fraction(25, 2)), (30, 25), (24, 25), (60, 50), (100, 50),
    (15, 20), (Fraction(30000, 1001), 25), (22, 20),
])
def test_a_gif_keeps_only_rates_that_it_can_say(fps: Fraction, kept: Fraction) -> None:
    assert kept_rate("film.GIF", Fraction(fps)) == kept
    assert kept_rate("film.mp4", Fraction(fps)) == fps


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


def test_outputs_need_names_of_their_own(tmp_path: Path) -> None:
    for settings in ({"poster": str(tmp_path / "a.png")}, {"poster": "b.png", "sheet": "b.png"}):
        with pytest.raises(OutputError, match="named twice"):
            check_output(tmp_path / "a.png", FilmSettings(**settings), overwrite=False)
