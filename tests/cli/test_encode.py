"""`dreamvid encode`: another format of frames that are there, to the bit where both formats are lossless."""

import json
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.arrays import Size, from_uint8
from dreamvid.media import ffmpeg
from dreamvid.media.source import open_source
from dreamvid.settings import SourceSettings
from tests.media import pixels, write_film

Run = Callable[..., Result]
SIZE = Size(63, 47)
RATE = Fraction(30000, 1001)
FRAMES = np.random.default_rng(6).integers(0, 256, (5, 47, 63, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five frames of noise, in FFV1."""
    return write_film(tmp_path_factory.mktemp("clip") / "in.mkv", [from_uint8(frame) for frame in FRAMES], RATE)


@pytest.fixture
def lossless(clip: Path, tmp_path: Path) -> Path:
    """The clip, in a folder of the test's own."""
    return Path(shutil.copy(clip, tmp_path))


def test_between_lossless_formats_no_bit_changes(run: Run, lossless: Path, tmp_path: Path) -> None:
    for source, target, options in (
        ("in.mkv", "frames/", ()), ("frames", "a.png", ("--fps", "30000/1001")),
        ("a.png", "b.mkv", ("--codec", "ffv1")), ("frames/%06d.png", "c.apng", ()),
    ):
        result = run("encode", source, *options, "-q", "-o", target)
        assert result.exit_code == 0, result.output
        assert not result.stdout  # quiet
    for name in ("in.mkv", "frames", "a.png", "b.mkv", "c.apng"):
        assert np.array_equal(pixels(tmp_path / name), FRAMES), name
    assert open_source(tmp_path / "b.mkv", SourceSettings(), pytest.fail).fps == RATE
    assert open_source(tmp_path / "c.apng", SourceSettings(), pytest.fail).fps == 30, "pictures have no rate"


def test_the_record_and_a_part(run: Run, lossless: Path, tmp_path: Path) -> None:
    result = run("encode", lossless, "--start", "0.034", "--frames", "2", "--json", "-q", "-o", "out/")
    record = json.loads(result.stdout)
    assert (record["output"], record["frames"], record["width"], record["height"]) == ("out/", 2, 63, 47)
    assert np.array_equal(pixels(tmp_path / "out"), FRAMES[1:3])


def test_sound_is_kept_unless_unwanted_or_impossible(run: Run, lossless: Path, tmp_path: Path) -> None:
    loud = tmp_path / "loud.mkv"
    ffmpeg.run("-i", ffmpeg.url(lossless), "-f", "lavfi", "-i", "sine=d=0.16", "-c:v", "copy", ffmpeg.url(loud))
    for name, options, heard, said in (
        ("a.mp4", (), True, ""), ("b.mp4", ("--no-sound",), False, ""), ("c.webp", (), False, ".webp holds no sound"),
    ):
        result = run("encode", loud, *options, "-q", "-o", name)
        assert result.exit_code == 0, result.output
        assert said in result.stderr
        assert ("Audio" in ffmpeg.run("-i", ffmpeg.url(tmp_path / name))[2]) == heard


@pytest.mark.parametrize("options", [
    ["--encoder-preset", "ultrafast"], ["--key-every", "1"], ["--pix-fmt", "yuv444p"], ["--bitrate", "40k"],
    ["--crf", "30"], ["--codec", "h265"], ["--repeat", "2"], ["--fps", "12"], ["--size", "32"], ["--frames", "3"],
    ["--start", "0.08"], ["--end", "0.08"],
])
def test_every_option_changes_the_film(once: Callable[..., Path], clip: Path, options: list[str]) -> None:
    plain, given = (once("a.mp4", "encode", clip, *each) for each in ([], options))
    assert plain.read_bytes() != given.read_bytes()


def test_an_animated_avif_is_read_whole_not_only_the_still_that_stands_for_it(run: Run, tmp_path: Path) -> None:
    write_film(tmp_path / "a.avif", [np.full((48, 64, 3), n / 8, np.float32) for n in range(9)], RATE)
    source = open_source(tmp_path / "a.avif", SourceSettings(), pytest.fail)
    assert (source.fps, source.frames) == (RATE, 9)
    assert [round(8 * float(frame.mean())) for frame in source] == list(range(9))
    assert json.loads(run("measure", "--loop", "a.avif", "--json").stdout)["frames"] == 9
    assert run("encode", "a.avif", "-q", "-o", "b/").exit_code == 0
    assert len(list((tmp_path / "b").iterdir())) == 9


def test_poster_and_sheet(run: Run, lossless: Path, tmp_path: Path) -> None:
    assert run("encode", lossless, "-q", "--poster", "p.png", "--sheet", "s.png", "-o", "a.gif").exit_code == 0
    assert np.array_equal(np.asarray(Pillow.open(tmp_path / "p.png").convert("RGB")), FRAMES[2])
    assert (tmp_path / "s.png").exists()


@pytest.mark.parametrize(("words", "code", "said"), [
    (["in.mkv"], 2, "--output"), (["in.mkv", "-o", "a.xyz"], 2, "a.xyz has no known suffix"),
    (["no.mkv", "-o", "a.mp4"], 3, "does not exist"), (["in.mkv", "-o", "in.mkv", "-y"], 4, "is the input"),
    (["in.mkv", "-o", "a.webm", "--codec", "h264"], 2, ".webm holds vp9, av1"),
    (["p/%03d.png", "-o", "p/%06d.png", "-y"], 4, "would write over the input p/%03d.png"),
    (["p", "-o", "p/", "-y"], 4, "would write over the input p"),
])
def test_bad_input_is_one_sentence(run: Run, lossless: Path, words: list[str], code: int, said: str) -> None:
    folder = lossless.parent
    (folder / "p").mkdir()
    Pillow.fromarray(FRAMES[0]).save(folder / "p/001.png")
    result = run("encode", *words)
    assert result.exit_code == code, result.output
    assert said in " ".join(result.stderr.split())
    assert result.stderr.count("\n") == 1
    assert sorted(path.name for path in folder.rglob("*")) == ["001.png", "in.mkv", "p"]
