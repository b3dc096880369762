"""What curves and sound cost: `python tests/benchmarks/bench_curves.py [SECONDS] [PAIRS]`.

Renders a zoom to a drum loop, with curves that analyse it, and the same zoom with the mean values as plain numbers, by
turns. It prints the processor time that the curves add (under 1 % is wanted), ffmpeg's not counted; and, since pairs
differ by more than that, what is spent in hearing the sound and in evaluating curves, as a share of the whole.
"""

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from dreamvid import zoom
from dreamvid.films import clocks, moving
from tests.timeline.pieces import drums, write_sound

CURVES = {"zoom": "1.5 + 0.8*bass", "rotate": "20*smooth(treble, 0.1, 0.3) - 4", "tv": "0.1*loud",
          "colour": "0s: 0.4; 50%: 0.8 ease; 100%: 0.6"}
NUMBERS = {"zoom": 1.8, "rotate": 5.0, "tv": 0.05, "colour": 0.6}


def timed(module: object, name: str) -> list[float]:
    """The seconds that each call of a module's function takes from now on."""
    real, spent = getattr(module, name), []

    def call(*arguments: object, **options: object) -> object:
        begun = process_time()
        try:
            return real(*arguments, **options)
        finally:
            spent.append(process_time() - begun)

    setattr(module, name, call)
    return spent


def seconds_of(folder: str, sound: Path, length: float, settings: dict[str, object]) -> float:
    clocks._analysed.cache_clear()
    begun = process_time()
    zoom("samples/seed.jpg", f"{folder}/film.mp4", seconds=length, audio=str(sound), overwrite=True, **settings)
    return process_time() - begun


def main(length: float = 4.0, pairs: int = 3) -> None:
    spent = timed(moving, "_evaluated")
    with TemporaryDirectory() as folder:
        sound = write_sound(Path(folder) / "drums.wav", drums(120, length)[0])
        seconds_of(folder, sound, 0.5, NUMBERS)
        added, shares = [], []
        for _ in range(pairs):
            plain = seconds_of(folder, sound, length, NUMBERS)
            spent.clear()
            moved = seconds_of(folder, sound, length, CURVES)
            added.append(moved / plain - 1)
            shares.append(sum(spent) / moved)
    print(f"curves and sound add {median(added):+.2%} of processor time (median of {pairs} pairs, "
          f"{min(added):+.2%} to {max(added):+.2%}); hearing and evaluating take {median(shares):.2%}")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
