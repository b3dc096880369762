"""What somebody tries in the first ten minutes: names, values and ways back."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import SEED

Run = Callable[..., Result]
QUICK = ("--size", "48", "--quality", "draft", "--octaves", "1", "--steps", "1")


@pytest.mark.parametrize(("words", "said"), [
    (("--zoom", "3"), "--zoom is 3.0; it is for --kind bounce"),
    (("--kind", "pulse", "--keys", "3"), "--keys is 3; it is for --kind dive"),
    (("--kind", "drift", "--depth", "2"), "--depth is 2.0; it is for --kind pulse or sway"),
])
def test_what_a_kind_does_not_use_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("loop", SEED, *words)
    assert (result.exit_code, result.stderr) == (2, f"dreamvid: {said}\n")


def test_what_a_kind_does_not_use_is_in_no_recipe(run: Run) -> None:
    assert run("loop", SEED, *QUICK, "--kind", "pulse", "--seconds", "0.2", "-o", "a.webp").exit_code == 0
    settings = tomllib.loads(run("show", "a.webp").stdout)["settings"]
    assert not {"keys", "zoom", "anchor", "crossfade", "start"} & settings.keys()
    assert (settings["kind"], settings["seconds"]) == ("pulse", 0.2)


def test_config_takes_every_option_of_its_command(run: Run) -> None:
    said = run("config", "loop", "--kind", "sway", "--size", "320", "--preset", "petals").stdout
    settings = tomllib.loads(said)["settings"]
    assert (settings["kind"], settings["size"], settings["layers"]) == ("sway", 320, "block10_expand")
    assert run("config", "zoom", "--keys", "3").exit_code == 2
    assert "size = 99" in run("config", "--size", "99").stdout


def test_a_look_is_saved_found_and_changed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    made = run("image", SEED, *QUICK, "--layers", "block4", "--tv", "0.2", "-o", "a.png")
    assert made.exit_code == 0, made.output
    saved = run("presets", "save", "a.png", "my-look")
    assert saved.exit_code == 0, saved.output
    assert tomllib.loads(run("presets", "my-look").stdout)["settings"]["layers"] == "block4"
    assert "my-look" in run("presets").stdout
    assert 'layers = "block4"' in run("config", "image", "--preset", "my-look").stdout
    assert run("presets", "save", "a.png", "petals").exit_code == 4
    again = run("rerun", "a.png", "--input", SEED, "--set", "preset=petals", "-o", "b.png")
    assert again.exit_code == 0, again.output
    settings = tomllib.loads(run("show", "b.png").stdout)["settings"]
    assert (settings["layers"], settings["size"]) == ("block10_expand", 48)


def test_without_a_name_status_lists_what_is_unfinished(run: Run) -> None:
    assert run("status").stdout == "no render is unfinished in this folder\n"
    assert run("zoom", SEED, *QUICK, "--frames", "2", "--keep-work", "-o", "a.mp4").exit_code == 0
    assert run("status").stdout == "no render is unfinished in this folder\n"
    assert "the film is finished" in run("status", "a.mp4").stdout
    assert run("verify", "a.mp4").stdout == "a.mp4 is intact: 2 frames\n"


def test_times_are_read_by_the_commands(run: Run) -> None:
    made = run("zoom", SEED, *QUICK, "--seconds", "0:00.1", "--json", "-o", "a.mp4")
    assert '"frames": 3' in made.stdout, made.output
    both = run("zoom", SEED, "--seconds", "1", "--frames", "3")
    assert (both.exit_code, "give one of the two" in both.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize(("words", "file"), [
    (("--preset", "wander"), ""),  # a camera that a dive has not
    ((), "[loop]\nzoom = 1.3\nstart = 2\ncrossfade = 1\n"),
    ((), "[loop]\nkind = 'crossfade'\n"),  # of clips
])
def test_a_preset_or_file_may_say_what_a_loop_does_not_use(
    run: Run, picture: Path, words: tuple[str, ...], file: str
) -> None:
    Path("dreamvid.toml").write_text(file)
    made = run("loop", picture, "--size", 48, "--seconds", "0.2", "--keys", 1, "--quality", "draft", "-q", *words,
               "-o", "loop.mkv")
    assert made.exit_code == 0, made.output
    recipe = run("show", "loop.mkv").stdout
    assert 'kind = "dive"' in recipe
    assert not {"zoom ", "start ", "crossfade "} & {line.partition("=")[0] for line in recipe.splitlines()}


def test_what_is_typed_is_refused_though_a_preset_says_it_too(run: Run, picture: Path) -> None:
    made = run("loop", picture, "--preset", "wander", "--rotate", "3")
    assert made.exit_code == 2
    assert "--rotate is 3" in made.stderr
