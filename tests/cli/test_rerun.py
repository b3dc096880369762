"""`dreamvid show` and `dreamvid rerun`, as a person runs them."""

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from tests.conftest import SEED
from tests.media import make_film, read

Run = Callable[..., Result]
QUICK = ("--octaves", "1", "--steps", "1", "--size", "48", "-q")
FILM = (*QUICK, "--frames", "3")
SECRET = "tell-tale-folder"


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A picture in a folder whose name must not be seen in any result."""
    (tmp_path / SECRET).mkdir()
    return Path(shutil.copy(SEED, tmp_path / SECRET / "seed.jpg"))


def recipe_of(run: Run, file: str) -> dict[str, Any]:
    result = run("show", file)
    assert result.exit_code == 0, result.output
    return tomllib.loads(result.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.mp4", "a.webp"])
def test_a_zoom_is_made_again_to_the_bit(run: Run, seed: Path, tmp_path: Path, name: str) -> None:
    assert run("zoom", seed, *FILM, "--rotate", "9", "-o", name, "--poster", f"{SECRET}/p.jpg").exit_code == 0
    recipe = recipe_of(run, name)
    assert (recipe["command"], recipe["settings"]["frames"], recipe["settings"]["rotate"]) == ("zoom", 3, 9.0)
    assert recipe["inputs"]["picture"]["name"] == "seed.jpg"
    assert SECRET.encode() not in (tmp_path / name).read_bytes()
    result = run("rerun", name, "--input", seed)
    assert (result.exit_code, result.stderr.replace("looking for cuts\n", "")) == (0, "loading the network\n")
    again = name.replace("a.", "a-rerun.")
    assert result.stdout == again + "\n"
    np.testing.assert_array_equal(read(tmp_path / name), read(tmp_path / again))
    assert recipe_of(run, again) == recipe


@pytest.mark.slow
def test_settings_can_be_changed_and_a_quality_fills_what_it_had_filled(run: Run, seed: Path, tmp_path: Path) -> None:
    shutil.copy(seed, tmp_path)
    draft = ("--frames", "2", "--size", "48", "--quality", "draft", "--octaves", "1", "-q")
    made = run("zoom", "seed.jpg", *draft, "-o", "a.mp4")
    assert made.exit_code == 0, made.output
    changes = ("--set", "quality=standard", "--set", "frames=3", "--set", "fps=29.97", "--set", "step-size=0.02")
    assert run("rerun", "a.mp4", "-o", "b.mkv", *changes, "-q").exit_code == 0
    settings = recipe_of(run, "b.mkv")["settings"]
    expected = {"frames": 3, "fps": "30000/1001", "step_size": 0.02, "steps": 2, "octaves": 1, "quality": "standard",
                "encoder_preset": "veryfast", "size": 48}
    assert {key: settings[key] for key in expected} == expected
    assert len(read(tmp_path / "b.mkv")) == 3


@pytest.mark.slow
def test_every_picture_of_a_batch_is_made_again_by_itself(run: Run, tmp_path: Path) -> None:
    (tmp_path / SECRET).mkdir()
    for name in ("p1.jpg", "p2.jpg"):
        shutil.copy(SEED, tmp_path / SECRET / name)
    assert run("image", SECRET, *QUICK, "-o", "made/").exit_code == 0
    file = tmp_path / "made" / "p2-dream.png"
    assert SECRET.encode() not in file.read_bytes()
    result = run("rerun", file, "--input", f"{SECRET}/p2.jpg", "-o", "again.png")
    assert result.exit_code == 0, result.output
    made, again, first = (np.asarray(Pillow.open(path)) for path in (
        file, tmp_path / "again.png", tmp_path / "made" / "p1-dream.png"))
    np.testing.assert_array_equal(made, again)
    assert not np.array_equal(made, first)


@pytest.mark.slow
@pytest.mark.parametrize("words", [
    ["image", "--noise", "48x32", "--seed", "3", *QUICK], ["layers", "--size", "48", "--most", "2", "--layer", "block4",
                                                           "--octaves", "1", "--steps", "1", "-q"]])
def test_noise_needs_no_input(run: Run, tmp_path: Path, words: list[str]) -> None:
    assert run(*words, "-o", "a.png").exit_code == 0
    assert recipe_of(run, "a.png")["inputs"] == {}
    assert run("rerun", "a.png").exit_code == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "a-rerun.png").read_bytes()
    assert run("rerun", "a.png", "--input", "a.png", "-y").exit_code == 2


@pytest.mark.slow
def test_a_clip_and_its_mask_are_known_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / SECRET).mkdir()
    make_film(tmp_path / SECRET / "clip.mkv", 3)
    Pillow.new("L", (96, 64), 128).save(tmp_path / SECRET / "mask.png")
    made = run("clip", f"{SECRET}/clip.mkv", *QUICK, "--warm-up", "1", "--mask", f"{SECRET}/mask.png", "-o", "a.mp4")
    assert made.exit_code == 0, made.output
    recipe = recipe_of(run, "a.mp4")
    assert recipe["inputs"].keys() == {"clip", "mask"}
    assert recipe["settings"]["mask"] == "mask.png"
    assert SECRET.encode() not in (tmp_path / "a.mp4").read_bytes()
    missing = run("rerun", "a.mp4", "--input", f"{SECRET}/clip.mkv")
    assert missing.exit_code == 3
    assert "the mask mask.png is neither" in missing.stderr
    assert "--set mask=PATH" in missing.stderr
    again = run("rerun", "a.mp4", "--input", f"{SECRET}/clip.mkv", "--set", f"mask={SECRET}/mask.png")
    assert (again.exit_code, again.stderr.replace("looking for cuts\n", "")) == (0, "loading the network\n")
    np.testing.assert_array_equal(read(tmp_path / "a.mp4"), read(tmp_path / "a-rerun.mp4"))


@pytest.mark.slow
def test_frames_in_a_folder_carry_it_and_are_made_again_in_one(run: Run, seed: Path, tmp_path: Path) -> None:
    shutil.copy(seed, tmp_path)
    assert run("zoom", "seed.jpg", *FILM, "-o", "shots/").exit_code == 0
    result = run("rerun", "shots/000002.png", "--set", "frames=2")
    assert result.exit_code == 0, result.output
    assert result.stdout == "shots-rerun/%06d.png\n"
    assert sorted(path.name for path in (tmp_path / "shots-rerun").iterdir()) == ["000001.png", "000002.png"]
    np.testing.assert_array_equal(Pillow.open(tmp_path / "shots" / "000002.png"),
                                  Pillow.open(tmp_path / "shots-rerun" / "000002.png"))


@pytest.mark.slow
def test_without_a_recipe_there_is_none(run: Run, seed: Path) -> None:
    for words, name in ((("zoom", seed, *FILM), "a.mp4"), (("image", seed, *QUICK), "a.png")):
        assert run(*words, "--no-recipe", "-o", name).exit_code == 0
        result = run("show", name)
        assert result.exit_code == 3
        assert "holds no recipe" in result.stderr
        assert run("rerun", name).exit_code == 3


@pytest.fixture
def recipe(run: Run, picture: Path, tmp_path: Path) -> Path:
    """A recipe of a picture that lies beside it."""
    assert run("image", picture, "--steps", "0", "--octaves", "1", "-o", "a.png").exit_code == 0
    path = tmp_path / "a.toml"
    path.write_text(run("show", "a.png").stdout)
    return path


@pytest.mark.slow
def test_the_input_must_be_the_same_unless_another_is_given(
    run: Run, recipe: Path, picture: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    Pillow.new("RGB", (32, 32), "red").save(other)
    given = run("rerun", recipe, "--input", other, "-o", "b.png")
    assert given.exit_code == 0
    assert "other.png differs from the picture picture.png that was used" in given.stderr
    shutil.copy(other, picture)
    refused = run("rerun", recipe)
    assert refused.exit_code == 3
    assert "differs from the picture" in refused.stderr
    picture.unlink()
    missing = run("rerun", recipe)
    assert missing.exit_code == 3
    assert "picture.png is neither in the current folder nor beside" in missing.stderr


@pytest.mark.slow
def test_other_versions_and_weights_are_said(run: Run, recipe: Path) -> None:
    text = recipe.read_text()
    digest = tomllib.loads(text)["network"]["weights"]
    recipe.write_text(text.replace(digest, "0" * 64).replace('dreamvid = "', 'dreamvid = "0.'))
    result = run("rerun", recipe, "-o", "b.png", "--json")
    assert result.exit_code == 0, result.output
    assert "was made by dreamvid 0.0." in result.stderr
    assert "the weights of efficientnet_lite0 differ" in result.stderr
    assert json.loads(result.stdout)["weights"] == digest


@pytest.mark.slow
def test_what_cannot_be_set_is_said(run: Run, recipe: Path) -> None:
    for change, code, said in (("step=3", 2, "did you mean steps"), ("steps", 2, "KEY=VALUE"),
                               ("steps=many", 2, "a whole number"), ("seed=-1", 2, "must be 0 or more")):
        result = run("rerun", recipe, "--set", change)
        assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
    unset = run("rerun", recipe, "--set", "layers=", "--set", "class=tiger", "--set", "steps=1", "-o", "tiger.png")
    assert unset.exit_code == 0, unset.output
    assert 'class = "tiger"' in run("show", "tiger.png").stdout
    recipe.write_text(recipe.read_text().replace("seed = 0", "seed = -1"))
    assert run("rerun", recipe).exit_code == 3


@pytest.mark.parametrize(("name", "content"), [
    ("a.toml", b"x = 1"), ("a.toml", b"\xff\xfe"), ("a.toml", b"a" * 100_000), ("a.mp4", b"no film"), ("a.png", b"")])
def test_what_is_no_recipe_is_said(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    for command in ("show", "rerun"):
        result = run(command, name)
        assert result.exit_code == 3
        assert result.stderr.startswith("dreamvid: a.")
    assert run("show", "none.mp4").exit_code == 3


@pytest.mark.slow
def test_a_graph_and_a_guide_are_known_again(run: Run, seed: Path, tmp_path: Path) -> None:
    from tests.dream.networks.test_frozen_graph import inception_like, write

    graph, guide = write(inception_like(), seed.with_name("graph.pb")), Path(shutil.copy(SEED, seed.with_name("g.jpg")))
    assert run("image", seed, *QUICK, "--network", graph, "--guide", guide, "-o", "a.png").exit_code == 0
    assert SECRET.encode() not in (tmp_path / "a.png").read_bytes()
    recipe = recipe_of(run, "a.png")
    assert recipe["inputs"].keys() == {"picture", "network", "guide"}
    assert recipe["inputs"]["network"]["sha256"] == recipe["network"]["weights"]
    given = ("--input", seed, "--set", f"network={graph}", "--set", f"guide={guide}")
    again = run("rerun", "a.png", *given, "-o", "b.png")
    assert (again.exit_code, again.stderr.replace("looking for cuts\n", "")) == (0, "loading the network\n")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    moved = Path(shutil.copy(tmp_path / "a.png", seed.with_name("a.png")))
    assert run("rerun", moved, "-o", "c.png").exit_code == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "c.png").read_bytes()
    other = run("rerun", moved, "--set", "network=efficientnet_lite0", "-o", "d.png")
    assert other.exit_code == 0, other.output
