"""`dreamvid presets` and `--preset`."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.settings.presets import find, names


def test_it_lists_every_look_with_one_line(run: Callable[..., Result]) -> None:
    lines = run("presets").stdout.splitlines()
    assert [line.split()[0] for line in lines] == names()
    assert all(line.endswith(find(name).about) for line, name in zip(lines, names(), strict=True))
    assert [look["settings"] for look in json.loads(run("presets", "--json").stdout)] == [
        find(name).settings for name in names()]


def test_it_prints_the_toml_of_one(run: Callable[..., Result]) -> None:
    assert run("presets", "strokes").stdout == find("strokes").file.read_text("utf-8")
    assert [look["name"] for look in json.loads(run("presets", "strokes", "--json").stdout)] == ["strokes"]


def test_a_printed_look_can_be_changed_and_used(run: Callable[..., Result], tmp_path: Path) -> None:
    text = run("presets", "strokes").stdout.replace("block4", "block8")
    (tmp_path / "my.toml").write_text(text)
    assert tomllib.loads(run("config", "--preset", "my.toml").stdout)["settings"]["layers"] == "block8"


@pytest.mark.parametrize("words", [("presets", "stroke"), ("zoom", "x.jpg", "--preset", "stroke"),
                                   ("config", "--preset", "stroke")])
def test_an_unknown_name_is_one_sentence(run: Callable[..., Result], words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stderr == "dreamvid: there is no preset 'stroke'; did you mean strokes?\n"
    assert result.stdout == ""


def test_a_file_that_is_not_there_is_an_input_error(run: Callable[..., Result]) -> None:
    result = run("image", "x.jpg", "--preset", "none.toml")
    assert result.exit_code == 3
    assert result.stderr == "dreamvid: cannot read none.toml: No such file or directory\n"


@pytest.mark.slow
def test_a_preset_changes_the_picture_and_an_option_changes_the_preset(run: Callable[..., Result], picture: Path
                                                                       ) -> None:
    def dreamed(*words: str) -> bytes:
        result = run("image", picture, "-y", "-q", "--quality", "draft", "--octaves", "1", "-o", "x.png", *words)
        assert result.exit_code == 0, result.output
        with Pillow.open("x.png") as image:
            return image.tobytes()

    plain, strokes = dreamed(), dreamed("--preset", "strokes")
    assert plain != strokes
    assert strokes == dreamed("--layers", "block4", "--tv", "0.05")
    assert dreamed("--preset", "strokes", "--class", "tiger") == dreamed("--class", "tiger", "--tv", "0.05")
