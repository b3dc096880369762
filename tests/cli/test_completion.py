"""What shells complete: commands, and the values of options. Real shells are asked where they are installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dreamvid.cli import app

ROOT = Path(__file__).parent.parent.parent
VALUES = [
    ("zoom --quality d", "draft"), ("loop --kind p", "pulse"), ("clip --coherence f", "flow"),
    ("image --network inception_v", "inception_v3"), ("zoom --layers block4,block10_e", "block4,block10_expand"),
    ("image --class jelly", "jellyfish"), ("image --preset peta", "petals"), ("zo", "zoom"),
]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The command as it is installed, in a folder of its own."""
    path = tmp_path / "dreamvid"
    path.write_text(f"#!/bin/sh\nexec {sys.executable} -c \"from dreamvid.cli import app; app(prog_name='dreamvid')\" "
                    '"$@"\n')
    path.chmod(0o755)
    return path


def asked(shell: str, typed: str) -> str:
    """What the program answers a shell."""
    line = f"dreamvid {typed}"
    words = {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args",
             "_TYPER_COMPLETE_WORD_TO_COMPLETE": line.rsplit(maxsplit=1)[-1],
             "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    asking = CliRunner(env={**words, "_DREAMVID_COMPLETE": f"complete_{shell}"})
    return asking.invoke(app, [], prog_name="dreamvid").stdout


@pytest.mark.parametrize(("typed", "value"), VALUES)
def test_values_are_completed(typed: str, value: str) -> None:
    assert value in asked("bash", typed).splitlines()


@pytest.mark.parametrize(("shell", "answer"), [
    ("zsh", "_arguments '*: :((\"block4,block10_expand\"))'"), ("fish", "block4,block10_expand"),
    ("powershell", "block4,block10_expand::: ")])
def test_each_shell_is_answered_in_its_way(shell: str, answer: str) -> None:
    assert asked(shell, "zoom --layers block4,block10_e").splitlines() == [answer]


SHELLS = {
    "bash": ["bash", "--norc", "-c", """eval "$SCRIPT"; COMP_WORDS=(dreamvid zoom --quality d); COMP_CWORD=3
        _dreamvid_completion dreamvid; echo "${COMPREPLY[@]}" """],
    "zsh": ["zsh", "-f", "-c", """compdef() { }; eval "$SCRIPT"; words=(dreamvid zoom --quality d); CURRENT=4
        _arguments() { print -r -- "$@" }; _dreamvid_completion"""],
    "fish": ["fish", "--no-config", "-c", """eval "$SCRIPT"; complete -C 'dreamvid zoom --quality d'"""],
}
"""Shell → a program of it that runs the script which `--show-completion` prints, and completes a line."""


@pytest.mark.posix
@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes(program: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = subprocess.run([program], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
                            env={**os.environ, "_DREAMVID_COMPLETE": f"source_{shell}"}).stdout
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(SHELLS[shell], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
                          env={**os.environ, "SCRIPT": script, "PATH": path, "HOME": str(program.parent)})
    assert "draft" in done.stdout, done
