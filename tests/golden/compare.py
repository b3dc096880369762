"""Compares this checkout's golden renders with those of another checkout, decoded frame by decoded frame.

    python tests/golden/compare.py OLD_CHECKOUT [CASE...] [--keep FOLDER]

Prints a line for each case, and ends with 1 if any differs. With `--keep` the old checkout's renders are kept in that
folder and used again.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from cases import FILMS, PICTURES
from PIL import Image as Pillow

HERE = Path(__file__).parent
CASES = [*FILMS, *PICTURES]


AS_BEFORE = {"DREAMVID_ENGINE": "tensorflow", "DREAMVID_TILE": "768", "DREAMVID_COLOUR": "0", "DREAMVID_SPECTRUM": "0",
             "DREAMVID_DREAM_RATE": "240", "DREAMVID_CATCH_UP": "0", "DREAMVID_WARM_UP": "20",
             "DREAMVID_SHIFTS": "roll"}
"""What the first edition had, for this checkout."""


def render(checkout: Path, folder: Path, names: list[str], settings: dict[str, str]) -> None:
    """Renders cases with a checkout, in a process of its own that has no settings but these and the command lines'."""
    folder.mkdir(parents=True, exist_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DREAMVID_")}
    environment = clean | {"PYTHONPATH": str(checkout), "DREAMVID_CONFIG": os.devnull} | settings
    subprocess.run([sys.executable, str(HERE / "render.py"), str(folder.absolute()), *names], env=environment,
                   cwd=folder, check=True, stdout=subprocess.DEVNULL)


def frames_of(folder: Path, name: str) -> np.ndarray:
    """A result's frames, uint8."""
    if name in PICTURES:
        return np.asarray(Pillow.open(folder / f"{name}.png"))[np.newaxis]
    path = str(folder / f"{name}.mkv")
    size = next(imageio_ffmpeg.read_frames(path))["source_size"]
    raw = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-fps_mode", "passthrough",
                          "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)


def difference(old: np.ndarray, new: np.ndarray) -> str:
    """How two results differ, in words; empty if they are equal."""
    if old.shape != new.shape:
        return f"the shapes are {old.shape} and {new.shape}"
    if np.array_equal(old, new):
        return ""
    apart = np.abs(old.astype(np.int16) - new)
    frames = [n for n in range(len(old)) if apart[n].any()]
    return (f"{len(frames)} of {len(old)} frames differ, from frame {frames[0]}; at most {apart.max()} levels, "
            f"{(apart > 0).mean():.2%} of the values")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    if unknown := set(arguments.cases) - set(CASES):
        parser.error(f"unknown cases: {', '.join(sorted(unknown))}")
    names, different = arguments.cases or CASES, 0
    with tempfile.TemporaryDirectory() as folder:
        old, new = arguments.keep or Path(folder) / "old", Path(folder) / "new"
        render(arguments.old.absolute(), old.absolute(), names, {})
        render(HERE.parent.parent, new, names, AS_BEFORE)
        for name in names:
            found = difference(frames_of(old, name), frames_of(new, name))
            different += bool(found)
            print(f"{name:20} {found or 'equal'}")
    print(f"{len(names) - different} of {len(names)} equal")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
