"""How long a dive takes, and how much of that is dreaming: `python tests/benchmarks/bench_loop.py`.

Makes a dive of 6 seconds at 480x480 and 25 frames a second in standard quality, encoding included, and prints its wall
time without the loading of the network, the share of it spent in gradient steps, and how it closes.
"""

import tempfile
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import cv2

from dreamvid import measure_loop as closing
from dreamvid.dream import ascent, dreamer
from dreamvid.films import loop
from dreamvid.settings import LoopSettings, LoopSourceSettings

SEED = Path(__file__).parent.parent.parent / "samples" / "seed.jpg"
SIDE = 480


def main() -> None:
    seconds = 0.0

    def timed(*arguments, **named):
        nonlocal seconds
        begun = perf_counter()
        try:
            return ascent.ascend(*arguments, **named)
        finally:
            seconds += perf_counter() - begun

    with tempfile.TemporaryDirectory() as folder:
        square = Path(folder) / "square.png"
        picture = cv2.imread(str(SEED))
        side = min(picture.shape[:2])
        cv2.imwrite(str(square), cv2.resize(picture[:side, :side], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))
        film = Path(folder) / "dive.mp4"
        dreamer.ascend = timed
        made = loop(square, film, LoopSettings(source=LoopSourceSettings(size=SIDE, fps=Fraction(25))))
        found = closing(film)
    print(f"{made.frames} frames of {made.width}x{made.height} in {made.seconds:.1f} s, "
          f"{seconds / made.seconds:.0%} of it dreaming; last step {found.last_jump:.2f}, "
          f"largest {found.other_jump:.2f} times those around it")


if __name__ == "__main__":
    main()
