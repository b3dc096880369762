"""Command lines that are given a damaged file, and what may come of them."""

import os
import sys
from pathlib import Path

from typer.testing import CliRunner

from dreamvid.cli import app
from tests.fuzz.corpus import GOOD_CLIP, GOOD_PICTURE
from tests.fuzz.folders import NAME

COMMANDS = (
    ("results", "show FILE"), ("results", "rerun FILE"), ("results", "encode FILE -o out.gif --frames 3 -q"),
    ("clips", "encode FILE -o out.mkv --frames 3 --size 32 -q"), ("clips", "encode FILE -o out/ --frames 2 --end 9 -q"),
    ("clips", "measure --loop FILE"), ("clips", "clip FILE -o out.mp4 -q"), ("clips", "loop FILE -o out.webp -q"),
    ("clips", f"clip {GOOD_CLIP} --mask FILE -o out.mp4 -q"), ("pictures", "zoom FILE -o out.mp4 -q"),
    ("pictures", "image FILE -o out.png -q"), ("pictures", "layers FILE -o out.png -q"),
    ("pictures", f"zoom {GOOD_PICTURE} --guide FILE -o out.mp4 -q"),
    ("pictures", f"clip {GOOD_CLIP} --mask FILE -o out.mp4 -q"), ("pictures", "loop FILE -o out.mp4 -q"),
    ("recipes", "show FILE"), ("recipes", "rerun FILE -o out.mp4"), ("recipes", "rerun FILE -o out.png"),
    ("presets", "config zoom --preset FILE"), ("presets", "config layers --origin --preset FILE"),
    ("configs", "config zoom"), ("configs", "config clip --origin"),
    ("folders", f"status {NAME}"), ("folders", f"verify {NAME}"), ("folders", f"resume {NAME} -q"),
)
"""What is damaged, and the command line in which FILE is its name."""

CODES = {0, 2, 3, 4, 7}


def bar_networks() -> None:
    """No engine is here: what is still valid is followed up to where a network would be loaded."""
    for engine in ("openvino", "tensorflow"):
        sys.modules[engine] = None  # type: ignore[assignment]


def carry_out(line: str, file: str) -> None:
    """Runs a command line in the current folder; raises what is wrong with how that went."""
    os.environ |= {"DREAMVID_CONFIG": os.devnull, "DREAMVID_ENGINE": "tensorflow"}
    words = [file if word == "FILE" else word for word in line.split()]
    result = CliRunner().invoke(app, words)
    if "TensorFlow cannot be loaded" in result.stderr:
        return
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    check(result.exit_code, result.stderr, file if "FILE" in line else "")


def check(code: int, stderr: str, file: str) -> None:
    """Refuses any exit code but those for what was given, and all but sentences; one of them must name the file."""
    assert code in CODES or (code == 5 and "is written, but without its sound" in stderr), f"exit code {code}: {stderr}"
    lines = stderr.splitlines()
    assert all(line.startswith("dreamvid: ") for line in lines), stderr
    assert file in stderr or code not in (3, 7), f"exit code {code}, and {file} is not named: {stderr}"
    assert lines or code == 0, f"exit code {code}, and not a word"


def left(folder: Path) -> set[str]:
    """The names in a folder, but those that the commands may write."""
    return {path.name for path in folder.iterdir() if path.name != "out" and path.stem != "out"}
