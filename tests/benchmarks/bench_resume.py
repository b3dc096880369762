"""What it costs that a render can go on after a stop.

Renders the same zoom with a work folder and without one, by turns, and prints the time of a frame of each, the share
that the work folder adds (under 2 % is wanted), and what it took on the disk at most.

    python tests/benchmarks/bench_resume.py [FRAMES] [PAIRS]
"""

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from dreamvid import FilmSettings, ZoomSettings, zoom
from dreamvid.events import Begun, Event, Frame
from dreamvid.output.work_folder import work_folder
from dreamvid.settings import WorkSettings

SEED = Path(__file__).parents[2] / "samples" / "seed.jpg"


class Watch:
    """Times what lies between the first frame and the finished film, and measures the work folder meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.most = 0
        self.begun = 0.0
        self._folder = folder

    def __call__(self, event: Event) -> None:
        if isinstance(event, Begun):
            self.begun = perf_counter()
        elif isinstance(event, Frame) and event.done % 20 == 0 and self._folder.exists():
            self.most = max(self.most, sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file()))


def seconds(frames: int, folder: Path, *, resume: bool) -> tuple[float, int]:
    """Seconds from the first frame to the finished film, and the most bytes in the work folder."""
    output = folder / "film.mp4"
    watch = Watch(work_folder(output))
    settings = ZoomSettings(frames=frames, film=FilmSettings(size=640), work=WorkSettings(resume=resume))
    zoom(SEED, output, settings, overwrite=True, observe=watch)
    return perf_counter() - watch.begun, watch.most


def main(frames: int = 100, pairs: int = 5) -> None:
    """Prints the comparison."""
    kept, plain, most = [], [], 0
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        seconds(5, Path(name), resume=True)  # what is only done once is done
        for turn in range(pairs):
            for resume in ((True, False) if turn % 2 else (False, True)):
                taken, size = seconds(frames, Path(name), resume=resume)
                (kept if resume else plain).append(taken / frames)
                most = max(most, size)
    added = [one / other - 1 for one, other in zip(kept, plain, strict=True)]
    print(f"a frame with a work folder {median(kept) * 1e3:.1f} ms, without {median(plain) * 1e3:.1f} ms: "
          f"{median(added):+.1%} (median of {pairs} pairs, from {min(added):+.1%} to {max(added):+.1%})")
    print(f"the work folder took {most / 1e6:.0f} MB at most")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
