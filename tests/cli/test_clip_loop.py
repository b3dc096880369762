"""`dreamvid loop CLIP`: both kinds close, nothing is dreamed without steps, and pictures and clips are told apart."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.arrays import Image, Size, to_uint8
from dreamvid.films import crossfade
from dreamvid.motion.morph import Morph
from tests.benchmarks.known_motion import Move, photograph, under_camera
from tests.media import read, write_film

Run = Callable[..., Result]
SIZE = Size(160, 112)
LOSSLESS = ("--codec", "ffv1", "-q")


def panned(frames: int) -> list[Image]:
    return under_camera(photograph("coffee"), SIZE, frames, Move(pan=(0.6, 0.2))).frames


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("clip") / "in.mkv", panned(36))


@pytest.fixture
def film(clip: Path, tmp_path: Path) -> Path:
    """The clip, in a folder of the test's own."""
    return Path(shutil.copy(clip, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize(("options", "frames"), [
    (["--kind", "crossfade"], {24}), (["--crossfade", "0.6"], {*range(18, 25)}), (["--kind", "bounce"], {70})])
def test_both_kinds_close_and_without_steps_nothing_is_loaded(
    run: Run, film: Path, options: list[str], frames: set[int]
) -> None:
    made = run("loop", film, "--steps", "0", *LOSSLESS, *options, "-o", "a.mkv", "--json")
    assert made.exit_code == 0, made.output
    result = json.loads(made.stdout)
    assert (result["network"], result["weights"]) == ("none", "")
    assert result["frames"] in frames
    closing = json.loads(run("measure", "--loop", "a.mkv", "--json").stdout)
    assert closing["closes"], closing


@pytest.mark.slow
def test_all_but_the_dissolve_is_the_clip_to_the_bit(run: Run, film: Path, tmp_path: Path) -> None:
    assert run("loop", film, "--steps", "0", *LOSSLESS, "-o", "a.mkv", "--crossfade", "0.4").exit_code == 0
    source, made = read(film), read(tmp_path / "a.mkv")
    assert len(made) == 26
    for n in range(16):
        assert np.array_equal(made[n], source[n + 10])


def test_a_bounce_goes_back_without_its_ends(run: Run, film: Path, tmp_path: Path) -> None:
    assert run("loop", film, "--steps", "0", *LOSSLESS, "-o", "a.mkv", "--kind", "bounce").exit_code == 0
    source, made = read(film), read(tmp_path / "a.mkv")
    assert np.array_equal(made, [*source, *source[-2:0:-1]])


@pytest.mark.slow
def test_the_dream_is_closed_too(run: Run, film: Path, tmp_path: Path) -> None:
    result = run("loop", film, "--quality", "draft", "--frames", "6", *LOSSLESS, "-o", "a.mkv", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["network"] == "efficientnet_lite0"
    source, made = read(film), read(tmp_path / "a.mkv")
    assert len(made) == 4
    assert all(0.005 < np.abs(made[n] - source[n + 2]).mean() < 0.2 for n in range(2))


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    ["--encoder-preset", "ultrafast"], ["--key-every", "12"], ["--pix-fmt", "yuv444p"], ["--bitrate", "90k"],
    ["--crf", "30"], ["--codec", "h265"], ["--repeat", "2"],
])
def test_every_option_of_encoders_changes_the_film(once: Callable[..., Path], clip: Path, options: list[str]) -> None:
    plain, given = (once("a.mp4", "loop", clip, "--steps", "0", "--size", "96", *each) for each in ([], options))
    assert plain.read_bytes() != given.read_bytes()


def test_what_moved_is_seen_once_in_the_middle_of_a_dissolve() -> None:
    frames = panned(31)
    one, other, between = frames[0], frames[30], frames[15]
    inner = np.s_[10:-10, 20:-20]
    moved = np.abs(Morph(one, other).mixed(one, other, 0.5) - between)[inner].mean()
    plain = np.abs((one + other) / 2 - between)[inner].mean()
    assert moved < plain / 4


def test_ends_of_a_dissolve_are_the_pictures_and_strangers_are_mixed_plainly() -> None:
    one, other = panned(1)[0], under_camera(photograph("astronaut"), SIZE, 1, Move()).frames[0]
    morph = Morph(one, other)
    np.testing.assert_allclose(morph.mixed(one, other, 0), one, atol=2e-3)
    np.testing.assert_allclose(morph.mixed(one, other, 1), other, atol=2e-3)
    assert np.abs(morph.mixed(one, other, 0.5) - (one + other) / 2).mean() < 0.01


def test_a_dissolve_sets_off_and_comes_to_rest_gently() -> None:
    shares = np.array([crossfade.gentle(n / 20) for n in range(21)])
    assert (shares[0], shares[10], shares[20]) == (0, 0.5, 1)
    steps = np.diff(shares)
    assert steps.min() > 0
    assert max(steps[0], steps[-1]) < 0.3 * steps.max()
    assert steps.max() < 1.5 / 20


def test_an_animation_is_a_clip_and_a_single_frame_a_picture(run: Run, tmp_path: Path) -> None:
    pictures = [Pillow.fromarray(to_uint8(frame)) for frame in panned(4)]
    for suffix in ("gif", "webp", "png"):
        pictures[0].save(tmp_path / f"one.{suffix}")
        pictures[0].save(tmp_path / f"four.{suffix}", save_all=True, append_images=pictures[1:], duration=40)
        still = run("loop", f"one.{suffix}", "--kind", "crossfade", "-o", "a.mp4")
        assert "--kind is 'crossfade'; of a picture it must be one of dive, pulse, sway, drift, bounce" in still.stderr
        clip = run("loop", f"four.{suffix}", "--kind", "dive", "-o", "a.mp4")
        assert "--kind is 'dive'; of a clip it must be one of crossfade, bounce" in clip.stderr
        assert (still.exit_code, clip.exit_code) == (2, 2)
    (tmp_path / "shots").mkdir()
    for n, picture in enumerate(pictures):
        picture.save(tmp_path / f"shots/{n}.png")
    assert run("loop", "shots", "--steps", "0", *LOSSLESS, "-o", "a.mkv").exit_code == 0


@pytest.mark.parametrize(("words", "code", "said"), [
    (["in.mkv", "--period", "3"], 2, "--seconds is 3.0; it is for pictures"),
    (["in.mkv", "--keys", "3"], 2, "--keys is 3; it is for pictures"),
    (["in.mkv", "--zoom", "3"], 2, "--zoom is 3.0; it is for pictures"),
    (["in.mkv", "--kind", "bounce", "--crossfade", "1"], 2, "--crossfade is 1.0; it is for --kind crossfade"),
    (["in.mkv", "--crossfade", "1"], 2, "half can dissolve at most"),
    (["in.mkv", "--frames", "2"], 3, "it needs at least 3"),
    (["p.png", "--start", "1"], 2, "--start is 1.0; it is for clips"),
    (["p.png", "--crossfade", "1"], 2, "--crossfade is 1.0; it is for clips"),
    (["in.mkv", "-o", "in.mkv", "-y"], 4, "is the input"), (["no.mkv"], 3, "does not exist"),
])
def test_bad_input_is_one_sentence(run: Run, film: Path, words: list[str], code: int, said: str) -> None:
    Pillow.new("RGB", (48, 32)).save(film.with_name("p.png"))
    result = run("loop", *words)
    assert result.exit_code == code, result.output
    assert said in " ".join(result.stderr.split())
    assert result.stderr.count("\n") == 1
    assert sorted(path.name for path in film.parent.iterdir()) == ["in.mkv", "p.png"]
