"""`dreamvid clip`, as a person uses it."""

import json
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.arrays import Image, Size, from_uint8, to_uint8
from dreamvid.media import ffmpeg
from tests.benchmarks.known_motion import Move, photograph, under_camera
from tests.media import correlation, opened, read, write_film

SIZE = Size(96, 64)
CLEAR = {"crf": 4, "encoder_preset": "ultrafast"}
QUICK = ("--quality", "draft", "--warm-up", "1", "-q")
Run = Callable[..., Result]


def shot(name: str, frames: int) -> list[Image]:
    return under_camera(photograph(name), SIZE, frames, Move(pan=(1, 0.5))).frames


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("clip") / "in.mp4", shot("coffee", 6), Fraction(30000, 1001), **CLEAR)


@pytest.fixture
def film(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def test_as_many_frames_out_as_in_at_the_same_rate(run: Run, film: Path) -> None:
    result = run("clip", film, *QUICK, "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["output"] == "in-dream.mp4"
    assert (record["frames"], record["width"], record["height"]) == (6, 96, 64)
    dream = opened(film.with_name("in-dream.mp4"))
    assert dream.fps == Fraction(30000, 1001)
    dreams, sources = list(dream), read(film)
    assert len(dreams) == 6
    for n, dream in enumerate(dreams):
        # No lag: each dream is nearest to its own frame.
        assert np.argmin([np.abs(dream - source).mean() for source in sources]) == n
        assert np.abs(dream - sources[n]).mean() > 0.005


def test_sound_is_kept_unless_unwanted(run: Run, film: Path, tmp_path: Path) -> None:
    with_sound = tmp_path / "loud.mp4"
    ffmpeg.run("-i", ffmpeg.url(film), "-f", "lavfi", "-i", "sine=d=0.2", "-c:v", "copy", ffmpeg.url(with_sound))
    assert run("clip", with_sound, *QUICK).exit_code == 0
    assert run("clip", with_sound, *QUICK, "--no-sound", "-o", "silent.mp4").exit_code == 0
    assert "Audio" in ffmpeg.run("-i", ffmpeg.url(tmp_path / "loud-dream.mp4"))[2]
    assert "Audio" not in ffmpeg.run("-i", ffmpeg.url(tmp_path / "silent.mp4"))[2]


def test_trim_size_and_pictures(run: Run, film: Path, tmp_path: Path) -> None:
    result = run("clip", film, *QUICK, "--start", "0.1", "--frames", "2", "--size", "48", "-o", "out/")
    assert result.exit_code == 0, result.output
    pictures = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in pictures] == ["000001.png", "000002.png"]
    assert Pillow.open(pictures[0]).size == (48, 32)


def test_a_folder_of_pictures_is_a_clip(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for n, frame in enumerate(shot("coffee", 3)):
        Pillow.fromarray(to_uint8(frame)).save(folder / f"{n + 9}.png")
    assert run("clip", "shots", *QUICK, "--fps", "12").exit_code == 0
    assert len(read(tmp_path / "shots-dream.mp4")) == 3


@pytest.mark.slow
def test_after_a_cut_nothing_of_the_old_dream_remains(run: Run, tmp_path: Path) -> None:
    frames = [*shot("coffee", 5), *shot("astronaut", 4)]
    sources = read(write_film(tmp_path / "in.mkv", frames, **CLEAR))
    assert run("clip", "in.mkv", "--crf", "2", "--warm-up", "3", "-q").exit_code == 0
    details = [dream - source for dream, source in zip(read(tmp_path / "in-dream.mp4"), sources, strict=True)]
    assert abs(correlation(details[4], details[5])) < 0.05
    assert correlation(details[3], details[4]) > 0.5
    assert run("clip", "in.mkv", "--crf", "2", "--warm-up", "3", "-q", "--coherence", "blend", "--no-cuts", "--blend",
               "0.5", "-o", "mix.mp4").exit_code == 0
    mixed = [dream - source for dream, source in zip(read(tmp_path / "mix.mp4"), sources, strict=True)]
    assert abs(correlation(mixed[5], sources[4] - sources[5])) > 0.5, "the plain mix leaves a ghost"


def test_mask_and_strength(run: Run, film: Path, tmp_path: Path) -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[:, 15:] = 255
    Pillow.fromarray(mask).save(tmp_path / "mask.png")
    sources = read(film)
    for options, left, right in (
        (("--mask", "mask.png"), False, True),
        (("--mask", "mask.png", "--invert-mask"), True, False),
        (("--strength", "0"), False, False),
    ):
        assert run("clip", film, *QUICK, "--crf", "2", "-y", *options, "-o", "out.mp4").exit_code == 0
        change = np.abs(read(tmp_path / "out.mp4")[3] - sources[3])
        assert (change[:, :40].mean() > 0.01) == left
        assert (change[:, 56:].mean() > 0.01) == right


def test_a_mask_that_is_a_clip(run: Run, film: Path, tmp_path: Path) -> None:
    write_film(tmp_path / "mask.mkv", [np.zeros((64, 96, 3), np.float32)] * 2 + [np.ones((64, 96, 3), np.float32)] * 2)
    result = run("clip", film, *QUICK, "--crf", "2", "--mask", "mask.mkv", "-o", "out.mp4")
    assert result.exit_code == 0
    assert "the mask has" in result.stderr
    changes = [np.abs(dream - source).mean() for dream, source in
               zip(read(tmp_path / "out.mp4"), read(film), strict=True)]
    assert max(changes[:2]) < 0.01 < min(changes[3:])


def test_every_other_frame(run: Run, film: Path, tmp_path: Path) -> None:
    assert run("clip", film, *QUICK, "--dream-rate", "8", "-o", "out.mp4").exit_code == 0
    dreams, sources = read(tmp_path / "out.mp4"), read(film)
    assert all(np.abs(dream - source).mean() > 0.005 for dream, source in zip(dreams, sources, strict=True))


def test_the_same_seed_makes_the_same_film(run: Run, film: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("clip", film, *QUICK, "-o", f"{name}/", "--frames", "3").exit_code == 0
    for n in (1, 2, 3):
        one, other = (tmp_path / name / f"{n:06d}.png" for name in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(("kind", "size"), [("side", (192, 64)), ("wipe", (96, 64))])
def test_compare(run: Run, film: Path, tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    result = run("clip", film, *QUICK, "--compare", kind, "--crf", "2", "--json", "-o", "out.mp4")
    record = json.loads(result.stdout)
    assert (record["width"], record["height"]) == size
    frames, sources = read(tmp_path / "out.mp4"), read(film)
    assert len(frames) == 6
    if kind == "side":
        assert np.abs(frames[4][:, :96] - sources[4]).mean() < 0.01 < np.abs(frames[4][:, 96:] - sources[4]).mean()


def test_preview(run: Run, film: Path, tmp_path: Path) -> None:
    result = run("clip", film, *QUICK, "--preview")
    assert result.exit_code == 0, result.output
    width, height = Pillow.open(tmp_path / "in-preview.png").size
    assert width > 5 * 96
    assert height > 2 * 64
    assert not (tmp_path / "in-dream.mp4").exists()


@pytest.mark.parametrize(("arguments", "code", "message"), [
    (["no.mp4"], 3, "does not exist"),
    (["in.mp4", "-o", "in.mp4", "-y"], 4, "is the input"),
    (["in.mp4", "--start", "3", "--end", "2"], 2, "the end must come after the start"),
    (["in.mp4", "--start", "3"], 2, "the clip ends after 0.2002 seconds"),
    (["in.mp4", "--mask", "no.png"], 3, "does not exist"),
    (["in.mp4", "--blend", "1.5"], 2, "--blend is 1.5"),
    (["in.mp4", "--layers", "block99"], 2, "no layer"),
])
def test_bad_input(run: Run, film: Path, arguments: list[str], code: int, message: str) -> None:
    result = run("clip", *arguments)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert sorted(path.name for path in film.parent.iterdir()) == ["in.mp4"]


def test_strict(run: Run, tmp_path: Path) -> None:
    path = write_film(tmp_path / "in.mkv", shot("coffee", 40), **CLEAR)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 5])
    lenient = run("clip", path, *QUICK, "--size", "48", "--poster", "poster.png", "--sheet", "sheet.png")
    assert lenient.exit_code == 0
    assert len(read(tmp_path / "in-dream.mp4")) < 20
    assert (tmp_path / "poster.png").exists()
    assert (tmp_path / "sheet.png").exists()
    assert "frames are missing" in lenient.stderr
    strict = run("clip", path, *QUICK, "--size", "48", "--strict", "-o", "strict.mp4")
    assert strict.exit_code == 3
    assert not (tmp_path / "strict.mp4").exists()


def test_tiny_and_single(run: Run, tmp_path: Path) -> None:
    frame = cv2.resize(shot("coffee", 1)[0], (16, 16))
    Pillow.fromarray(to_uint8(frame)).save(tmp_path / "a1.png")
    assert run("clip", "a%d.png", *QUICK, "-o", "out.mp4").exit_code == 0
    assert len(read(tmp_path / "out.mp4")) == 1
    assert from_uint8(to_uint8(frame)).shape == (16, 16, 3)
