"""`dreamvid compare`."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.errors import SettingError
from dreamvid.films.compare import compare
from tests.media import opened


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "seed.png"
    Pillow.fromarray(np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)).save(path)
    return path


@pytest.mark.slow
def test_a_sheet_holds_each_pair_of_values(run: Callable[..., Result], seed: Path, tmp_path: Path) -> None:
    result = run("compare", "image", str(seed), "--over", "colour=0,1", "--over", "layers=block4;block4,block8;block10",
                 "--set", "steps=1", "--set", "size=80", "-o", "sheet.png", "--json")
    made = json.loads(result.stdout)
    layers = ["block4", "block4,block8", "block10"]
    assert made["labels"] == [f"colour {colour}, layers {layer}" for colour in (0, 1) for layer in layers]
    assert Pillow.open(tmp_path / "sheet.png").size == (made["width"], made["height"])


@pytest.mark.slow
def test_of_a_film_the_last_frame_is_shown(run: Callable[..., Result], seed: Path, tmp_path: Path) -> None:
    result = run("compare", "zoom", str(seed), "--over", "zoom=1,2", "--set", "frames=3", "--set", "size=80", "--set",
                 "quality=draft")
    assert result.stdout == "seed-compare.png\n"
    assert {path.name for path in tmp_path.iterdir()} == {"seed.png", "seed-compare.png"}


@pytest.mark.parametrize(("asked", "says"), [
    (("loop", {"colour": ["0"]}, {}), "'loop' cannot be compared; give image, zoom, clip"),
    (("image", {}, {}), "once or twice"),
    (("image", {"a": ["0"], "b": ["0"], "c": ["0"]}, {}), "once or twice"),
    (("image", {"color": ["0"]}, {}), "there is no setting 'color'; did you mean colour"),
    (("image", {"colour": ["0", "x"]}, {}), "colour is 'x'; it must be a number"),
    (("image", {"colour": ["0", "2"]}, {}), "colour is 2.0; it must be 0 to 1"),
    (("image", {"class": ["dog", "tigre"]}, {}), "class is 'tigre'; there is no such class; did you mean tiger"),
    (("image", {"preset": ["stroke"]}, {}), "no preset 'stroke'"),
    (("image", {"colour": ["0"]}, {"frames": "3"}), "there is no setting 'frames'"),
])
def test_what_is_wrong_is_said_before_anything_is_dreamed(
    seed: Path, tmp_path: Path, asked: tuple[str, dict[str, list[str]], dict[str, str]], says: str
) -> None:
    command, over, given = asked
    with pytest.raises(SettingError, match=says):
        compare(command, seed, over, tmp_path / "sheet.png", **given)  # pyright: ignore[reportArgumentType]
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.slow
def test_film_beside_film(run: Callable[..., Result], seed: Path, tmp_path: Path) -> None:
    """The shorter one stands still at its end."""
    run("compare", "zoom", str(seed), "--over", "frames=2,4", "--set", "fps=12", "--set", "size=80", "--set",
        "quality=draft", "-o", "both.mkv")
    film = opened(tmp_path / "both.mkv")
    short, long = np.split(np.stack(list(film)), 2, axis=2)
    assert (film.frames, film.fps) == (4, 12)
    change = [[float(np.abs(one[n + 1] - one[n]).mean()) for n in range(3)] for one in (short, long)]
    assert change[0][0] > 0.01 > max(change[0][1:])
    assert min(change[1]) > 0.01
