"""Renders golden cases with the dreamvid that Python finds, into a folder: `render.py FOLDER CASE...`."""

import sys
from pathlib import Path

from cases import FILMS, PICTURES

from dreamvid.cli import app


def render(folder: Path, names: list[str]) -> None:
    """Renders the cases that are not in the folder yet."""
    for name in names:
        film = name in FILMS
        target = folder / (f"{name}.mkv" if film else f"{name}.png")
        if target.exists():
            continue
        options = ["--codec", "ffv1", "--no-resume"] if film else []
        arguments = [*(FILMS if film else PICTURES)[name], *options, "-q", "-o", str(target)]
        code = app(arguments, standalone_mode=False)
        if code:
            raise SystemExit(f"{name} ended with exit code {code}: dreamvid {' '.join(arguments)}")


if __name__ == "__main__":
    render(Path(sys.argv[1]), sys.argv[2:])
