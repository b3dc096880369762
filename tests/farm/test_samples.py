"""The samples of a farm: their commands are commands of dreamvid."""

import re
import subprocess
from pathlib import Path

import pytest
import typer

from dreamvid.cli import app

FOLDER = Path(__file__).parent.parent.parent / "samples" / "farm"
COMMANDS = [line for path in sorted(FOLDER.iterdir())
            for line in re.findall(r"dreamvid ((?:farm|render|plan|clip) [^|)`#\n]+)", path.read_text("utf-8"))]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_known(words: str) -> None:
    found, command = words.split(), typer.main.get_command(app)
    context = typer.Context(command)
    while hasattr(command, "commands"):
        context = typer.Context(command, parent=context)
        command = command.resolve_command(context, [found.pop(0)])[1]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in found if word.startswith("-")} <= known


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 7


def test_the_script_is_bash() -> None:
    subprocess.run(["bash", "-n", FOLDER / "ranges.sh"], check=True)


def test_the_services_run_a_scheduler_and_workers() -> None:
    services = pytest.importorskip("yaml").safe_load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]
    assert {name: service["command"].split()[:3] for name, service in services.items()} == {
        name: ["dreamvid", "farm", name] for name in ("scheduler", "worker")}
    assert services["worker"]["depends_on"] == ["scheduler"]
