"""Times the same commands by this checkout and by another one, in turn.

    python tests/benchmarks/bench_against.py OLD_CHECKOUT [CASE...] [--pairs 3]

Prints, for each case, the best wall time of each checkout, and the median of the pairs' ratios, old by new. Both take
their defaults, and start anew each time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent.parent
SEED, CLIP = (str(ROOT / "samples" / name) for name in ("seed.jpg", "clip.mp4"))

CASES: dict[str, tuple[str, ...]] = {
    "image": ("image", SEED, "--size", "1024", "-o", "a.png"),
    "zoom": ("zoom", SEED, "--size", "640", "--frames", "12", "-o", "a.mp4"),
    "zoom-draft": ("zoom", SEED, "--size", "512", "--quality", "draft", "--frames", "20", "-o", "a.mp4"),
    "zoom-hd": ("zoom", SEED, "--size", "1920", "--frames", "3", "-o", "a.mp4"),
    "clip": ("clip", CLIP, "--size", "640", "--frames", "8", "-o", "a.mp4"),
    "dive": ("loop", SEED, "--size", "384", "--quality", "draft", "--period", "1", "-o", "a.mp4"),
}


def seconds(checkout: Path, words: tuple[str, ...]) -> float:
    """The wall time of a command, in a folder that is thrown away."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DREAMVID_")}
    environment = clean | {"PYTHONPATH": str(checkout.absolute()), "DREAMVID_CONFIG": os.devnull}
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        subprocess.run([sys.executable, "-m", "dreamvid", *words, "-q"], cwd=folder, env=environment, check=True,
                       capture_output=True)
        return perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--pairs", type=int, default=3)
    arguments = parser.parse_args()
    for name in arguments.cases or CASES:
        pairs = [(seconds(arguments.old, CASES[name]), seconds(ROOT, CASES[name])) for _ in range(arguments.pairs)]
        old, new = (min(times) for times in zip(*pairs, strict=True))
        print(f"{name:12} old {old:6.1f} s, new {new:6.1f} s, ratio {median(a / b for a, b in pairs):.2f}", flush=True)


if __name__ == "__main__":
    main()
