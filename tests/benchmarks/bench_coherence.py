"""How coherent dreamed clips are: `python tests/benchmarks/bench_coherence.py [NAME or CLIP...]`.

The reference is the same network dreaming each frame alone, 10 steps x 3 octaves. For each clip of known motion, and
each file that is named, it prints by the reference's: the excess of warping error over the source's, activation,
sharpness and time a frame (flow and warp included; the first frame apart); and the activation of the first frame, the
tenth and the fiftieth. For a still picture with sensor noise, it prints how far the activation strays from its mean
over 200 frames, and the share of values that are clipped. For `uncovered`, a picture that moves its own width in five
frames, it prints the activation of the ground that it has uncovered, five frames later, by that of the same ground at
the end.
"""

import sys
from itertools import islice, pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
from known_motion import Known, Move, one_over_another, photograph, still_with_noise, under_camera

import dreamvid
from dreamvid.arrays import Image, Size
from dreamvid.dream.dreamer import Dreamer, build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.events import ignore
from dreamvid.media.source import open_source
from dreamvid.motion.flow import measure_motion
from dreamvid.motion.measure import clipped, sharpness, warping_error
from dreamvid.settings import ClipSettings, DreamSettings, SourceSettings, values_of

REFERENCE = DreamSettings(octaves=3, steps=10, step_size=0.01)
VALUES = values_of(REFERENCE, weights=(1.0,))
SIZE = Size(480, 208)
FRAMES = 30


def clips() -> dict[str, Known]:
    coffee = under_camera(photograph("coffee"), SIZE, FRAMES, Move(zoom=1.004, pan=(0.6, 0.3)))
    return {
        "coffee, slow zoom": coffee,
        "astronaut, pan and turn": under_camera(photograph("astronaut"), SIZE, FRAMES, Move(1.01, (-2.3, 1.1), 0.3)),
        "rocket, quick zoom": under_camera(photograph("rocket"), SIZE, FRAMES, Move(1.02, (0.5, 0), 0)),
        "chelsea over coffee": one_over_another(coffee, photograph("chelsea"), (3.3, 0.4)),
    }


def filmed(path: Path) -> Known:
    """A film of a camera, with the flow that is measured on it."""
    frames = list(islice(open_source(path, SourceSettings(size=320), ignore), 2 * FRAMES))
    motions = [measure_motion(now, before) for before, now in pairwise(frames)]
    return Known(frames, [motion.flow for motion in motions], [motion.confidence for motion in motions])


def dreamed(frames: list[Image], settings: ClipSettings) -> tuple[list[Image], list[float]]:
    """The dreamed clip, and the seconds that each picture took."""
    films: list[Image] = []
    ends = [perf_counter()]
    for picture in dreamvid.frames(frames, "clip", settings):
        films.append(picture)
        ends.append(perf_counter())
    return films, list(np.diff(ends))


def alone(frames: list[Image], dreamer: Dreamer) -> tuple[list[Image], float]:
    """Each frame dreamed by itself, and the seconds a frame took."""
    begun = perf_counter()
    films = [dreamer(frame, np.random.default_rng([0, n]), VALUES, ignore) for n, frame in enumerate(frames)]
    return films, (perf_counter() - begun) / len(frames)


def error(frames: list[Image], known: Known) -> float:
    """The warping error by the exact flow, the mean over the frames."""
    moved = zip(known.flows, known.confidences, strict=True)
    return float(np.mean([warping_error(frames[n], frames[n - 1], flow, confidence)
                          for n, (flow, confidence) in enumerate(moved, start=1)]))


def compare(name: str, known: Known, dreamer: Dreamer, settings: ClipSettings) -> None:
    reference, seconds = alone(known.frames, dreamer)
    film, times = dreamed(known.frames, settings)
    source = error(known.frames, known)
    excess = (error(film, known) - source) / (error(reference, known) - source)
    activation = np.array([dreamer.gradient(frame, VALUES.weights)[1] for frame in film])
    base = np.mean([dreamer.gradient(frame, VALUES.weights)[1] for frame in reference])
    sharp = np.mean([sharpness(frame) for frame in film]) / np.mean([sharpness(frame) for frame in reference])
    jump = np.max(np.abs(np.diff(activation)) / activation[:-1])
    ends = activation[[0, *range(9, len(film), 40)]].round()
    print(f"{name:28} excess {excess:6.1%}  activation {activation.mean() / base:5.0%}  sharpness {sharp:5.0%}  "
          f"time {np.mean(times[1:]) / seconds:4.0%}  first, tenth, fiftieth {ends}  "
          f"largest jump {jump:.1%}", flush=True)


def hold(name: str, known: Known, dreamer: Dreamer, settings: ClipSettings) -> None:
    film, _ = dreamed(known.frames, settings)
    activation = np.array([dreamer.gradient(frame, VALUES.weights)[1] for frame in film])
    low, high = activation.min() / activation.mean() - 1, activation.max() / activation.mean() - 1
    print(f"{name:28} activation {low:+.1%} to {high:+.1%} of its mean  clipped {max(map(clipped, film)):.2%}  "
          f"largest jump {np.max(np.abs(np.diff(activation)) / activation[:-1]):.1%}", flush=True)


def uncovered(front: str, dreamer: Dreamer, settings: ClipSettings) -> None:
    frames, side = 72, SIZE.height * 3 // 5
    known = one_over_another(under_camera(photograph("coffee"), SIZE, frames, Move()), photograph(front), (side / 5, 0))
    film, _ = dreamed(known.frames, settings)
    rows, columns = (slice((length - side) // 2, (length + side) // 2) for length in (SIZE.height, SIZE.width))
    free = frames // 2 + 5  # the first frame in which nothing covers the middle any more
    activation = [dreamer.gradient(np.ascontiguousarray(frame[rows, columns]), VALUES.weights)[1] for frame in film]
    print(f"{'uncovered by ' + front:28} activation {activation[free + 5] / np.mean(activation[-10:]):.0%} of the same "
          f"ground's at the end; at once {activation[free] / np.mean(activation[-10:]):.0%}", flush=True)


def main(names: list[str]) -> None:
    dreamer = build_dreamer(open_engine(), REFERENCE)
    settings = ClipSettings()
    alone([np.zeros((SIZE.height, SIZE.width, 3), np.float32)], dreamer)
    known = {name: clip for name, clip in clips().items() if not names or name in names}
    for name, clip in {**known, **{name: filmed(Path(name)) for name in names if Path(name).is_file()}}.items():
        compare(name[-28:], clip, dreamer, settings)
    if not names or "uncovered" in names:
        for front in ("chelsea", "astronaut"):
            uncovered(front, dreamer, settings)
    if not names or "still" in names:
        known = still_with_noise(photograph("coffee"), SIZE, 200, 0.02)
        hold("coffee, still, with noise", known, dreamer, settings)


if __name__ == "__main__":
    main(sys.argv[1:])
