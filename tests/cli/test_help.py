"""`--help`, `--version` and the start of the program."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import Result

import dreamvid
from dreamvid import __version__
from dreamvid.cli.app import app
from dreamvid.cli.first_pages import FIRST_PAGES
from dreamvid.cli.options import option_of
from dreamvid.cli.pages import RECORDS
from dreamvid.films.estimate import Estimate
from dreamvid.films.lags import SoundLags
from dreamvid.settings import (
    LARGEST_INTEGER,
    AtlasSettings,
    ClipSettings,
    EncodeSettings,
    ImageSettings,
    LoopSettings,
    Settings,
    ZoomSettings,
    is_open,
    key_of,
    leaves,
    plain,
)

ROOT = Path(__file__).parent.parent.parent


def test_help_loads_nothing_heavy() -> None:
    lines = ["--help", "--version", "presets", "presets --help", "config --origin", "config --help", *(
        f"{command} --help" for command in ("zoom", "image", "layers", "networks", "doctor", "clip", "encode", "loop"))]
    program = f"""
import sys
from dreamvid.cli import app
for line in {lines!r}:
    try:
        app(line.split())
    except SystemExit as end:
        assert not end.code, (line, end.code)
    heavy = {{"tensorflow", "numpy", "cv2", "PIL", "keras"}} & set(sys.modules)
    assert not heavy, (line, heavy)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("command", "kind"), [
    ("zoom", ZoomSettings), ("image", ImageSettings), ("layers", AtlasSettings), ("clip", ClipSettings),
    ("encode", EncodeSettings), ("loop", LoopSettings)])
def test_help_names_every_setting_with_its_default(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, command: str, kind: type[Settings]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    said = run(command, "--help-all" if command in FIRST_PAGES else "--help").stdout
    assert max(map(len, said.splitlines())) <= 100
    assert str(LARGEST_INTEGER) not in said
    entries = [" ".join(entry.split()) for entry in re.split(r"\n  (?=-)", said)]
    for _, item in leaves(kind):
        option = option_of(key_of(item))
        entry = next(entry for entry in entries if re.match(rf"(-\w, )?{option}[ ,]", entry))
        if isinstance(item.default, int | float) and not isinstance(item.default, bool) and not is_open(item):
            assert f"Default: {plain(item.default)}." in entry


@pytest.mark.parametrize("command", FIRST_PAGES)
def test_the_first_page_fits_a_screen_and_its_options_exist(run: Callable[..., Result], command: str) -> None:
    said = run(command, "--help").stdout
    lines = said.splitlines()
    assert len(lines) <= 26
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("  -") for line in lines) == len(FIRST_PAGES[command].options) + 1
    assert "-o, --output" in said
    assert "--help-all" in said
    assert f"  dreamvid {command} " in said  # an example


@pytest.mark.parametrize("words", [("help", "zoom"), ("help", "plan", "clip"), ("help",)])
def test_help_is_a_command_too(run: Callable[..., Result], words: tuple[str, ...]) -> None:
    assert run(*words).stdout == run(*words[1:], "--help").stdout


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout == f"dreamvid {__version__}\n"


@pytest.mark.parametrize("words", [(), ("plan",)])
def test_no_words_show_the_help(run: Callable[..., Result], words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "zoom" in result.stdout


@pytest.mark.posix
def test_a_reader_that_ends_early_is_no_error() -> None:
    ended = subprocess.run(f"{sys.executable} -m dreamvid config | head -1; exit ${{PIPESTATUS[0]}}", shell=True,
                           executable="/bin/bash", capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[settings]\n", "")


@pytest.mark.parametrize(("words", "said"), [
    (("image", "picture.png", "out.png"), "dreamvid: out.png does not exist; if the result should have this name, give "
                                          "it as -o"),
    (("zoom", "picture.png", "out.mp4"), "if the result should have this name, give -o out.mp4"),
    (("zomm",), "Did you mean 'zoom'?"),
])
def test_what_was_likely_meant_is_said(run: Callable[..., Result], picture: Path, words: tuple[str, ...], said: str
                                       ) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_command_is_the_one_that_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"dreamvid": "dreamvid.cli:app"}


def test_the_list_of_commands_fits_a_screen_and_has_them_all(run: Callable[..., Result]) -> None:
    lines = run().stdout.splitlines()
    assert len(lines) <= 31
    assert max(map(len, lines)) <= 80
    words = {word.rstrip(",") for line in lines if line.startswith("  ") for word in line[:24].split()}
    group: Any = get_command(app)
    assert {name for name, command in group.commands.items() if not command.hidden} <= words
    assert "work" not in words, "the queue calls it, nobody else"


@pytest.mark.parametrize(("command", "kind"), [
    ("zoom", dreamvid.Rendered), ("clip", dreamvid.Previewed), ("image", dreamvid.Dreamed), ("layers", dreamvid.Atlas),
    ("compare", dreamvid.Compared), ("encode", dreamvid.Encoded), ("sound", dreamvid.Sound),
    ("measure", dreamvid.Coherence), ("measure", SoundLags), ("status", dreamvid.Status), ("plan zoom", Estimate)])
def test_help_says_what_json_prints(run: Callable[..., Result], command: str, kind: Any) -> None:
    keys = [item.name for item in fields(kind) if item.metadata.get("recorded", True)]
    said = re.sub(r" \([^)]*\)", "", RECORDS[command])
    assert ", ".join(keys) in said
    page = run(*command.split(), "--help-all" if command.rsplit(maxsplit=1)[-1] in FIRST_PAGES else "--help").stdout
    assert RECORDS[command] in " ".join(page.split())
