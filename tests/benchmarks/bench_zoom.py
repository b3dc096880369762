"""How much of a zoom's time is dreaming: `python tests/benchmarks/bench_zoom.py`.

Prints, from one run each, for standard quality at 640x360 and draft quality at 512x288, encoding included:

* the share of the wall time spent in gradient steps (the gradient, its smoothing and normalisation, the step);
* frames a second, beside what the bare steps of the same run would allow;
* whether any graph was built after the second frame, and the resident memory at the last frame over that of frame 30.

Machines differ and drift: only the shares mean anything. For the stages of one frame, see `--profile`.
"""

import argparse
import cProfile
import pstats
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import psutil

from dreamvid.dream import ascent, dreamer
from dreamvid.events import Event, Frame
from dreamvid.films import zoom
from dreamvid.settings import FilmSettings, ZoomSettings

SEED = Path(__file__).parent.parent.parent / "samples" / "seed.jpg"


class Clock:
    """Adds up the seconds inside a function."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function):
        def timed(*arguments, **named):
            begun = perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += perf_counter() - begun

        return timed


@contextmanager
def timed_steps(clock: Clock) -> Iterator[None]:
    """Times the steps of every dream."""
    dreamer.ascend = clock.around(ascent.ascend)
    try:
        yield
    finally:
        dreamer.ascend = ascent.ascend


def measure(width: int, height: int, quality: str, frames: int) -> None:
    clock, memory, marks = Clock(), {}, {}

    def observe(event: Event) -> None:
        if isinstance(event, Frame):
            memory[event.done] = psutil.Process().memory_info().rss
            marks[event.done] = (perf_counter(), clock.seconds)

    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        cv2.imwrite(str(picture), cv2.resize(cv2.imread(str(SEED)), (width, height), interpolation=cv2.INTER_CUBIC))
        settings = ZoomSettings(frames=frames, quality=quality, film=FilmSettings(size=width))
        with timed_steps(clock):
            zoom(picture, Path(folder) / "film.mp4", settings, observe=observe)
        end = perf_counter()
    first = 10  # what is loaded and built with the first frames is not the zoom
    wall, steps = end - marks[first][0], clock.seconds - marks[first][1]
    made = frames - first
    slowest = max(marks[n][0] - marks[n - 1][0] for n in range(4, frames + 1))
    typical = float(np.median([marks[n][0] - marks[n - 1][0] for n in range(4, frames + 1)]))
    print(f"{quality} {width}x{height}, {made} frames: {made / wall:.1f} frames/s with encoding, "
          f"{made / steps:.1f} by the bare steps; share of the time in gradient steps {steps / wall:.0%}")
    print(f"  memory of frame {frames} over frame 30: {memory[frames] / memory[30]:.3f}; "
          f"slowest frame after the third over the median: {slowest / typical:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--profile", action="store_true", help="print where the time of a draft zoom goes")
    chosen = parser.parse_args()
    profile = cProfile.Profile()
    if chosen.profile:
        profile.enable()
    measure(512, 288, "draft", chosen.frames)
    if chosen.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(20)
        return
    measure(640, 360, "standard", chosen.frames)


if __name__ == "__main__":
    main()
