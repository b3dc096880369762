"""The README cannot lie: its commands run, and it opens with the two that count."""

import re
import shlex
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import Result

import dreamvid
from dreamvid.cli.app import app
from dreamvid.cli.pages import Group

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text()
LIBRARY = (ROOT / "dreamvid" / "LIBRARY.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("dreamvid ")]
SHORT = {
    "zoom": ("--frames", "2", "--size", "80"),
    "image": ("--steps", "2", "--size", "80"),
    "layers": ("--octaves", "1", "--steps", "1", "--size", "64", "--most", "3"),
    "clip": ("--frames", "2", "--size", "80", "--warm-up", "1"),
    "measure": ("--frames", "2"),
    "rerun": ("--set", "steps=1"),
    "encode": ("--frames", "3", "--size", "80"),
    "clip loop": ("--frames", "10", "--size", "80"),
    "loop": ("--seconds", "0.2", "--size", "80", "--quality", "draft"),
    "compare": ("--set", "steps=1", "--set", "size=64"),
    "timeline": ("--size", "80"),
    "plan": ("--frames", "2", "--size", "80"),
}
"""What a test adds to a command, so that minutes become seconds."""


def test_it_opens_with_the_two_commands() -> None:
    assert BLOCKS[0] == "pip install . && dreamvid zoom samples/seed.jpg\n"
    assert BLOCKS[1] == "pip install -e '.[test]' && pytest -n auto --dist worksteal\n"


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_run(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    _, *words = (word for word in shlex.split(command) if word != "--nice")  # which all later tests would have too
    if "frames/%06d.png" in words:
        (tmp_path / "frames").mkdir()
    if words[0] in ("status", "verify", "resume"):
        film = words[1].removesuffix(".dreamvid")
        assert run("zoom", "samples/seed.jpg", *SHORT["zoom"], "--keep-work", "-o", film).exit_code == 0
    if words[0] == "extend":
        assert run("zoom", "samples/seed.jpg", *SHORT["zoom"], "--extendable", "-o", words[1]).exit_code == 0
        words[-1] = "0.05"
    if words[0] == "render":
        film = words[-1] if "-o" in words else "film.mp4"
        assert run("plan", "clip", "samples/clip.mp4", *SHORT["clip"], "--film", film, "-o", words[1]).exit_code == 0
        if "--join" in words:
            before = (*words[:words.index("--join")], "--range", "0", "--input", "clip=samples/clip.mp4")
            assert run(*before).exit_code == 0
    of_clip = words[0] == "loop" and "clip" in words[1]
    short = SHORT.get("clip loop" if of_clip else words[0], ())
    if words[0] == "zoom" and "--seconds" in words:
        short = ("--seconds", "0.05", *short[2:])
    if words[0] == "measure" and "--source" not in words:
        short = ()
    result = run(*words, *short)
    assert result.exit_code == 0, result.output


@pytest.mark.slow
@pytest.mark.parametrize("program", re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
def test_its_programs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    exec(re.sub(r"frames=\d+", "frames=2", program), {})
    assert (tmp_path / "film.mp4").stat().st_size > 0


@pytest.mark.slow
def test_the_programs_of_the_library_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DREAMVID_CACHE", str(tmp_path / "cache"))
    program = "".join(re.findall(r"```python\n(.*?)```", LIBRARY, re.DOTALL))
    for long, short in (("frames", "2"), ("size", "64"), ("seconds", "0.2"), ("most", "2")):
        program = re.sub(rf"\b{long}=\d+", f"{long}={short}", program)
    for call in (name for name in dreamvid.__all__ if name.islower() and name != "save_preset"):
        assert f"dreamvid.{call}(" in program
    exec(program, {})


@cache
def whole_command() -> Any:
    return get_command(app)


@pytest.mark.parametrize("line", re.findall(r"^\| \*\*\[.*`(dreamvid .*)` \|$", TEXT, re.MULTILINE))
def test_the_commands_of_its_table_can_be_given(line: str) -> None:
    """Their words are read; the files that they name need not be there."""
    command = whole_command()
    words = shlex.split(line)[1:]
    context = command.make_context("dreamvid", words)
    while words and isinstance(command, Group):
        command = command.commands[words.pop(0)]
        context = command.make_context(command.name, list(words), parent=context)


WORDS = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
IN_SENTENCES = [" ".join(found.split()) for found in re.findall(r"`(dreamvid [^`]+)`", WORDS)]


def options_of(command: Any) -> set[str]:
    return {"--help"}.union(*((*param.opts, *param.secondary_opts) for param in command.params))


@pytest.mark.parametrize("line", IN_SENTENCES)
def test_the_commands_in_its_sentences_exist_and_have_these_options(line: str) -> None:
    _, *words = shlex.split(line.partition(" | ")[0])
    command: Any = whole_command()
    while words and isinstance(command, Group) and not words[0].startswith("-"):
        command = command.commands[words.pop(0)]
    assert {word for word in words if word.startswith("--")} <= options_of(command)


def test_the_options_in_its_sentences_exist() -> None:
    known, waiting = set[str](), [whole_command()]
    while waiting:
        command = waiting.pop()
        known |= options_of(command)
        waiting += getattr(command, "commands", {}).values()
    assert set(re.findall(r"`(--[a-z-]+)", WORDS)) <= known


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_its_files_of_settings_are_understood(run: Callable[..., Result], tmp_path: Path, text: str) -> None:
    (tmp_path / "dreamvid.toml").write_text(text)
    result = run("config", "--origin")
    assert result.exit_code == 0, result.output
    assert "dreamvid.toml [zoom]" in result.stdout


def test_its_links_lead_somewhere() -> None:
    for folder, text in ((ROOT, TEXT), (ROOT / "dreamvid", LIBRARY)):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (folder / target).exists(), target
    headings = re.findall(r"^##+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors
