"""`dreamvid image`, as a person runs it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from tests.conftest import SEED

Run = Callable[..., Result]
QUICK = ("--octaves", "2", "--steps", "2", "--no-recipe")


def test_one_picture_keeps_its_size_and_is_dreamed(run: Run, picture: Path, tmp_path: Path) -> None:
    result = run("image", picture, *QUICK)
    assert result.exit_code == 0, result.output
    assert result.stdout == "picture-dream.png\n"
    made = np.asarray(Pillow.open(tmp_path / "picture-dream.png"))
    assert made.shape == (32, 48, 3)
    assert np.abs(made.astype(int) - np.asarray(Pillow.open(picture))).mean() > 1


def test_the_losses_rise_and_are_numbers(run: Run, picture: Path) -> None:
    record = json.loads(run("image", picture, "--octaves", "1", "--steps", "4", "--jitter", "0", "-q", "--json").stdout)
    scores = [score for _, _, score in record["scores"]]
    assert [step for _, step, _ in record["scores"]] == [1, 2, 3, 4]
    assert scores == sorted(scores)


def test_losses_are_shown_every_ten_steps(run: Run, picture: Path) -> None:
    said = run("image", picture, "--octaves", "1", "--steps", "20", "-v").stderr
    assert [line.rsplit(" ", 1)[0] for line in said.splitlines() if line.startswith("octave")] == [
        "octave 1/1, step 10/20, score", "octave 1/1, step 20/20, score"]


def test_noise_is_seeded_and_around_the_grey_that_is_described(run: Run, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        options = ["--steps", "0", "--octaves", "1", "--bits", "16", "--no-recipe", "--seed", seed]
        assert run("image", "--noise", "50x40", *options, "-o", f"{name}.png").exit_code == 0
    same, again, other = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert same == again != other
    assert Pillow.open(tmp_path / "a.png").size == (50, 40)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".avif", ".tif"])
def test_every_format_is_written_by_its_suffix(run: Run, picture: Path, tmp_path: Path, suffix: str) -> None:
    assert run("image", picture, *QUICK, "-o", f"a{suffix}").exit_code == 0
    assert Pillow.open(tmp_path / f"a{suffix}").size == (48, 32)


def test_alpha_is_kept(run: Run, picture: Path, tmp_path: Path) -> None:
    opaque = Pillow.open(picture)
    opaque.putalpha(Pillow.linear_gradient("L").resize(opaque.size))
    opaque.save(tmp_path / "alpha.png")
    assert run("image", "alpha.png", *QUICK, "-o", "made.png").exit_code == 0
    made = Pillow.open(tmp_path / "made.png")
    np.testing.assert_array_equal(np.asarray(made)[..., 3], np.asarray(opaque)[..., 3])


def test_half_transparent_colours_come_back(run: Run, tmp_path: Path) -> None:
    Pillow.new("RGBA", (32, 32), (200, 100, 40, 128)).save(tmp_path / "half.png")
    assert run("image", "half.png", "--steps", "0", "--octaves", "1", "-o", "made.png").exit_code == 0
    made = np.asarray(Pillow.open(tmp_path / "made.png")).astype(int)
    assert np.abs(made - [200, 100, 40, 128]).max() <= 1


def test_a_folder_is_dreamed_in_natural_order_with_one_load(run: Run, picture: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in (10, 2, 1):
        (folder / f"p{number}.png").write_bytes(picture.read_bytes())
    result = run("image", folder, *QUICK, "-o", "made/")
    assert result.stdout.split() == ["made/p1-dream.png", "made/p2-dream.png", "made/p10-dream.png"]
    assert run("image", "many/p1*.png", *QUICK).stdout.split() == ["p1-dream.png", "p10-dream.png"]


def test_one_bad_picture_among_many_does_not_stop_the_others(run: Run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    result = run("image", "bad.png", picture, *QUICK)
    assert result.exit_code == 3
    assert result.stdout == "picture-dream.png\n"
    assert "1 of 2" in result.stderr


def test_size_is_a_limit(run: Run, picture: Path, tmp_path: Path) -> None:
    for size, expected in ((40, (40, 27)), (400, (48, 32))):
        assert run("image", picture, *QUICK, "--size", size, "-o", f"{size}.png").exit_code == 0
        assert Pillow.open(tmp_path / f"{size}.png").size == expected


def test_a_sheet_of_the_way(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("image", picture, *QUICK, "--steps-sheet", "way.png").exit_code == 0
    assert Pillow.open(tmp_path / "way.png").width > 48 * 3


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    ["--class", "tabby cat"], ["--class", "292"], ["--layers", "block4:2,block8"],
    ["--guide", str(SEED.with_name("cat.jpg"))],
])
def test_every_objective_changes_the_picture(once: Callable[..., Path], options: list[str]) -> None:
    plain, given = (once("a.png", "image", SEED, "--size", "96", *QUICK, *each) for each in ([], options))
    assert plain.read_bytes() != given.read_bytes()


@pytest.mark.parametrize(("words", "code", "said"), [
    (["picture.png", "--class", "tigr"], 2, "tiger"),
    (["picture.png", "--channels", "112"], 2, "0 to 111"),
    (["picture.png", "--guide", "nothing.png"], 3, "does not exist"),
    (["picture.png", "--network", "inceptionv3"], 2, "inception_v3"),
    (["picture.png", "--network", "inception_v3", "--weights", "none.h5"], 8, "none.h5"),
    (["picture.png", "--network", "vgg16", "--offline"], 8, "vgg16"),
    (["picture.png", "--network", "none.pb"], 8, "none.pb"),
    ([], 2, "--noise"),
    (["picture.png", "--noise", "64x64"], 2, "--noise"),
    (["--noise", "64"], 2, "WIDTHxHEIGHT"),
    (["--noise", "10x9999"], 2, "8192"),
    (["nothing*.png"], 3, "nothing*.png"),
    (["picture.png", "picture.png"], 4, "two pictures"),
    (["picture.png", "picture.png", "-o", "a.png"], 2, "folder"),
    (["picture.png", "-o", "a.gif"], 2, "a.gif"),
    (["picture.png", "-o", "a.jpg", "--bits", "16"], 2, "16"),
    (["picture.png", "-o", "picture.png", "-y"], 4, "is the input"),
    (["picture.png", "--steps-sheet", "picture.png", "-y"], 4, "is the input"),
])
def test_bad_input_is_one_sentence(
    run: Run, picture: Path, monkeypatch: pytest.MonkeyPatch, *, words: list[str], code: int, said: str
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(picture.parent / "nothing is kept here"))
    result = run("image", *words)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
