"""`dreamvid config`, and the order of what says how a command dreams."""

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tomli_w import dumps
from typer.testing import CliRunner, Result

from dreamvid.cli.options import with_settings
from dreamvid.errors import SettingError
from dreamvid.settings import COMMANDS, DreamSettings, ZoomSettings, build, keys_of, to_table
from dreamvid.settings.files import users_folder, variable_of
from dreamvid.settings.precedence import Sourced, effective

VALUES = {
    "tv": st.floats(0, 100), "octaves": st.integers(1, 20), "seed": st.integers(0, 2**63 - 1), "anchor": st.booleans(),
    "fps": st.sampled_from(["24", "30000/1001"]), "layers": st.sampled_from(["block4", "block4:0.5,block8"]),
    "border": st.sampled_from(["mirror", "wrap"]), "steps": st.integers(0, 9), "encoder_preset": st.just("slow"),
}
TABLES = st.fixed_dictionaries({}, optional=VALUES)
RANKS = ("option", "environment", "dreamvid.toml [zoom]", "dreamvid.toml [settings]", "user.toml [zoom]",
         "user.toml [settings]", "preset my.toml")


def probe() -> typer.Typer:
    """An application whose `zoom` prints its settings."""
    app = typer.Typer()

    def zoom(settings: ZoomSettings) -> None:
        typer.echo(json.dumps(to_table(settings)))

    app.command()(with_settings(zoom))
    return app


PROBE = probe()


def option(key: str, value: object) -> list[str]:
    dashed = key.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{dashed}" if value else f"--no-{dashed}"]
    return [f"--{dashed}", str(value)]


def write(folder: Path, tables: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Writes the files, and gives the environment."""
    for name in ("dreamvid", "user"):
        (folder / f"{name}.toml").write_text(dumps({
            "zoom": tables[f"{name}.toml [zoom]"], "settings": tables[f"{name}.toml [settings]"]}))
    (folder / "my.toml").write_text(dumps({"settings": tables["preset my.toml"]}))
    return {variable_of(key): str(value) for key, value in tables["environment"].items()}


@settings(max_examples=30, phases=[Phase.generate])
@given(tables=st.fixed_dictionaries(dict.fromkeys(RANKS, TABLES)))
def test_the_highest_rank_counts_and_the_origin_names_it(
    tables: dict[str, dict[str, Any]], run: Callable[..., Result], tmp_path: Path
) -> None:
    environment = {"DREAMVID_CONFIG": "user.toml", **write(tmp_path, tables)}
    words = [word for key, value in tables["option"].items() for word in option(key, value)]
    used = CliRunner(env=environment).invoke(PROBE, [*words, "--preset", "my.toml"])
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        said = run("config", "zoom", "--origin", "--preset", "my.toml").stdout
    told = tomllib.loads(said)["settings"]
    for key in VALUES:
        first = [(tables[rank][key], rank) for rank in RANKS if key in tables[rank]]
        if first:
            assert json.loads(used.stdout)[key] == first[0][0]
        first = [found for found in first if found[1] != "option"]
        whence = re.search(rf"^{key} = .* # (.*)$", said, re.MULTILINE)
        if first:
            assert whence is not None
            assert told[key] == first[0][0]
            assert whence[1] == (variable_of(key) if first[0][1] == "environment" else first[0][1])
        elif whence:
            assert whence[1] == ("quality standard" if key in ZoomSettings.qualities["standard"] else "default")


RIVAL_VALUES = {
    "class_name": "tiger", "layers": "block4", "channels": "3", "guide": "x.jpg", "objective": "mean", "crf": 20,
    "bitrate": "8M",
}


def stands_alone(names: list[str]) -> bool:
    try:
        build(ZoomSettings, {name: RIVAL_VALUES[name] for name in names})
    except SettingError:
        return False
    return True


@given(ranks=st.lists(st.lists(st.sampled_from(sorted(RIVAL_VALUES)), unique=True).filter(stands_alone), max_size=4))
def test_ranks_that_stand_alone_stand_together_and_the_highest_stays_whole(ranks: list[list[str]]) -> None:
    chosen = effective(ZoomSettings, [
        {name: Sourced(RIVAL_VALUES[name], str(n)) for name in names} for n, names in enumerate(ranks)])
    build(ZoomSettings, {name: found.value for name, found in chosen.items()})
    for name in ranks[0] if ranks else ():
        assert chosen[name].origin == "0"


@pytest.mark.parametrize(("lower", "option", "stays"), [
    ({"layers": "block4", "channels": "3"}, ("--class", "tiger"), {"class": "tiger"}),
    ({"class": "tiger", "tv": 0.5}, ("--layers", "block4"), {"layers": "block4", "tv": 0.5}),
    ({"layers": "block4", "channels": "3"}, ("--layers", "block8"), {"layers": "block8"}),
    ({"layers": "block4"}, ("--channels", "7"), {"layers": "block4", "channels": "7"}),
    ({"layers": "block4", "channels": "3"}, ("--guide", "x.jpg"), {"layers": "block4", "guide": "x.jpg"}),
    ({"crf": 20}, ("--bitrate", "8M"), {"bitrate": "8M"}),
    ({"bitrate": "8M"}, ("--crf", "20"), {"crf": 20}),
    ({"overlap": 300}, ("--tile", "256"), {"tile": 256, "overlap": 64}),
])
def test_an_option_puts_aside_what_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lower: dict[str, Any], option: tuple[str, str],
    stays: dict[str, Any],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DREAMVID_CONFIG", os.devnull)
    (tmp_path / "dreamvid.toml").write_text(dumps({"settings": lower}))
    result = CliRunner().invoke(PROBE, [*option])
    assert result.exit_code == 0, result.output
    table = json.loads(result.stdout)
    for key in {**lower, **stays}:
        assert table.get(key) == stays.get(key)


def test_a_conflict_inside_one_file_is_refused_and_says_where_it_stands(run: Callable[..., Result], tmp_path: Path
                                                                        ) -> None:
    (tmp_path / "dreamvid.toml").write_text("[settings]\nclass = 'tiger'\nlayers = 'block4'\n")
    result = run("config")
    assert result.exit_code == 2
    assert "--class comes from dreamvid.toml [settings]" in result.stderr
    assert "--layers comes from dreamvid.toml [settings]" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_what_it_prints_is_a_preset(run: Callable[..., Result], tmp_path: Path, command: str) -> None:
    (tmp_path / "dreamvid.toml").write_text(f"[{command}]\noctaves = 7\nseed = 5\n")
    for words in ((), ("--origin",)):
        said = run("config", command, *words).stdout
        assert tomllib.loads(said)["settings"] == to_table(
            COMMANDS[command](seed=5, dream=DreamSettings(octaves=7)))  # pyright: ignore[reportCallIssue]
        (tmp_path / "all.toml").write_text(said)
        assert run("config", command, "--preset", "all.toml").stdout == run("config", command).stdout


def test_the_preset_is_the_options_else_the_environments_else_a_files(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def layers(*words: str) -> str:
        return tomllib.loads(run("config", "clip", *words).stdout)["settings"].get("layers", "")

    assert layers() == ""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "mine.toml").write_text("[settings]\nlayers = 'user'")
    (folder / "config.toml").write_text("preset = 'mine.toml'")
    monkeypatch.setenv("DREAMVID_CONFIG", str(folder / "config.toml"))
    assert layers() == "user"
    (tmp_path / "dreamvid.toml").write_text("preset = 'watchers'")
    assert layers() == "block12_expand"
    monkeypatch.setenv("DREAMVID_PRESET", "strokes")
    assert layers() == "block4"
    assert layers("--preset", "petals") == "block10_expand"


@pytest.mark.parametrize(("text", "code", "message"), [
    ("[settings]\noctave = 1", 2, "dreamvid.toml [settings]: there is no setting 'octave'; did you mean octaves"),
    ("[image]\nframes = 1", 2, "dreamvid.toml [image]: there is no setting 'frames'"),
    ("[zooom]\nframes = 1", 2, "dreamvid.toml: there is no key 'zooom'; did you mean zoom?"),
    ("frames = 1", 2, "dreamvid.toml: there is no key 'frames'; settings belong under [settings]"),
    ("preset = 1", 2, "dreamvid.toml: preset is 1; it must be text"),
    ("zoom = 1.8", 2, "dreamvid.toml: zoom is 1.8; it must be a table: [zoom]"),
    ("[settings]\noctaves = 21", 2, "dreamvid.toml [settings]: --octaves is 21; it must be 1 to 20"),
    ("preset = 'stroke'", 2, "there is no preset 'stroke'; did you mean strokes?"),
    ("[settings", 3, "dreamvid.toml is not TOML: "),
])
def test_a_wrong_file_is_one_sentence(run: Callable[..., Result], tmp_path: Path, text: str, code: int, message: str
                                      ) -> None:
    (tmp_path / "dreamvid.toml").write_text(text)
    result = run("config", "zoom")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(f"dreamvid: {message}")
    assert result.stderr.count("\n") == 1


def test_a_users_file_that_is_named_must_be_there(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMVID_CONFIG", "none.toml")
    result = run("config")
    assert (result.exit_code, result.stderr) == (3, "dreamvid: cannot read none.toml: No such file or directory\n")


def test_the_users_file_has_its_place(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DREAMVID_CONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    path = users_folder() / "config.toml"
    assert "default" in run("config", "--origin").stdout
    path.parent.mkdir(parents=True)
    path.write_text("[settings]\nseed = 3")
    assert f"# {path} [settings]" in run("config", "--origin").stdout


@pytest.mark.parametrize(("variable", "text", "message"), [
    ("DREAMVID_STEPS", "many", "DREAMVID_STEPS: --steps is 'many'; it must be a whole number"),
    ("DREAMVID_STEPS", "-1", "DREAMVID_STEPS: --steps is -1; it must be 0 to 10000"),
    ("DREAMVID_FPS", "x", "DREAMVID_FPS: --fps is 'x'"),
    ("DREAMVID_ANCHOR", "maybe", "DREAMVID_ANCHOR: --anchor is 'maybe'; it must be true or false"),
])
def test_a_wrong_variable_is_one_sentence(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, variable: str, text: str, message: str
) -> None:
    monkeypatch.setenv(variable, text)
    result = run("config")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"dreamvid: {message}")


def test_an_unknown_variable_is_a_warning_that_names_the_near_ones(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", "x")
    monkeypatch.setenv("DREAMVID_ROTATE", "3")
    assert run("config", "image").stderr == ""
    monkeypatch.setenv("DREAMVID_STEP_SIZES", "1")
    result = run("config", "image")
    assert result.exit_code == 0
    assert result.stderr.startswith("dreamvid: the variable DREAMVID_STEP_SIZES names no setting of dreamvid; did you "
                                    "mean DREAMVID_STEP_SIZE ")


def test_no_setting_takes_a_name_that_means_something_else() -> None:
    taken = {"preset", "config", "ffmpeg", "settings", "about"}
    for kind in COMMANDS.values():
        assert not taken & keys_of(kind).keys()


def test_an_unknown_command_names_the_near_ones(run: Callable[..., Result]) -> None:
    result = run("config", "zom")
    assert result.exit_code == 2
    assert "did you mean zoom?" in result.stderr


def test_an_origin_cannot_end_its_comment(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "a\nb.toml").write_text("[settings]\ntv = 1")
    said = run("config", "--origin", "--preset", "a\nb.toml").stdout
    assert "tv = 1.0" in said
    assert "# preset a?b.toml" in said
