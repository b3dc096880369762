"""`--help`, `--version` and the start of the program."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from dreamvid import __version__
from dreamvid.settings import (
    AtlasSettings,
    ClipSettings,
    EncodeSettings,
    ImageSettings,
    LoopSettings,
    Settings,
    ZoomSettings,
    leaves,
    option_of,
)

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("words", [
    "--help", "zoom --help", "image --help", "layers --help", "networks --help", "doctor --help", "--version",
    "clip --help", "encode --help", "loop --help", "presets", "presets --help", "config --origin", "config --help"])
def test_help_loads_nothing_heavy(words: str) -> None:
    program = f"""
import sys
from dreamvid.cli import app
try:
    app({words.split()!r})
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"tensorflow", "numpy", "cv2", "PIL", "keras"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True)


@pytest.mark.parametrize(("command", "kind"), [
    ("zoom", ZoomSettings), ("image", ImageSettings), ("layers", AtlasSettings), ("clip", ClipSettings),
    ("encode", EncodeSettings), ("loop", LoopSettings)])
def test_help_names_every_setting_with_its_default(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, command: str, kind: type[Settings]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    said = run(command, "--help").stdout
    for _, item in leaves(kind):
        option = option_of(item)
        line = next(line for line in said.splitlines() if line.lstrip("│ ").startswith(f"{option} "))
        if isinstance(item.default, int | float) and not isinstance(item.default, bool):
            assert f"[default: {item.default}]" in line


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout == f"dreamvid {__version__}\n"


def test_no_words_show_the_help(run: Callable[..., Result]) -> None:
    assert "zoom" in run().output


def test_the_command_is_the_one_that_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"dreamvid": "dreamvid.cli:app"}
