"""How coherent dreamed clips are: `python tests/benchmarks/bench_coherence.py [NAME...]`.

The reference is the same network dreaming each frame alone, 10 steps x 3 octaves. For each clip of known motion, it
prints by the reference's: the excess of warping error over the source's, activation, sharpness and time a frame (flow
and warp included; the warm-up of the first frame apart). For a still picture with sensor noise, it prints how far the
activation strays from its mean over 200 frames, and the share of values that are clipped.
"""

import sys
from time import perf_counter

import numpy as np
from known_motion import Known, Move, one_over_another, photograph, still_with_noise, under_camera

from dreamvid.arrays import Image, Size
from dreamvid.dream.dreamer import Dreamer, load_dreamer
from dreamvid.events import ignore
from dreamvid.motion.blend import clip_start
from dreamvid.motion.measure import clipped, sharpness, warping_error
from dreamvid.motion.scenes import Scenes
from dreamvid.motion.tracker import Tracker
from dreamvid.pipeline.clip import load_clip_dream
from dreamvid.render import render
from dreamvid.settings import ClipSettings, DreamSettings

REFERENCE = DreamSettings(octaves=3, steps=10, step_size=0.01)
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


def dreamed(frames: list[Image], settings: ClipSettings) -> tuple[list[Image], list[float]]:
    """The dreamed clip, and the seconds that each frame took."""
    scenes, tracker = Scenes(), Tracker()
    dream, _ = load_clip_dream(settings, scenes.link, SIZE, ignore, ignore)
    films: list[Image] = []
    ends = [perf_counter()]
    start = clip_start(scenes.link, tracker.motion, settings.coherence)
    render(tracker.watch(scenes.watch(frames)), start, dream, films.append, lambda _: ends.append(perf_counter()))
    return films, list(np.diff(ends))


def alone(frames: list[Image], dreamer: Dreamer) -> tuple[list[Image], float]:
    """Each frame dreamed by itself, and the seconds a frame took."""
    begun = perf_counter()
    films = [dreamer(frame, np.random.default_rng([0, n]), REFERENCE, ignore) for n, frame in enumerate(frames)]
    return films, (perf_counter() - begun) / len(frames)


def error(frames: list[Image], known: Known) -> float:
    """The warping error by the exact flow, the mean over the frames."""
    return float(np.mean([warping_error(frames[n], frames[n - 1], flow, trust)
                          for n, (flow, trust) in enumerate(zip(known.flows, known.trusts, strict=True), start=1)]))


def compare(name: str, known: Known, dreamer: Dreamer, settings: ClipSettings) -> None:
    reference, seconds = alone(known.frames, dreamer)
    film, times = dreamed(known.frames, settings)
    source = error(known.frames, known)
    excess = (error(film, known) - source) / (error(reference, known) - source)
    activation = np.array([dreamer.gradient(frame)[1] for frame in film])
    base = np.mean([dreamer.gradient(frame)[1] for frame in reference])
    sharp = np.mean([sharpness(frame) for frame in film]) / np.mean([sharpness(frame) for frame in reference])
    jump = np.max(np.abs(np.diff(activation)) / activation[:-1])
    print(f"{name:28} excess {excess:6.1%}  activation {activation.mean() / base:5.0%}  sharpness {sharp:5.0%}  "
          f"time {np.mean(times[1:]) / seconds:4.0%}  first/tenth {activation[0] / activation[9]:.2f}  "
          f"largest jump {jump:.1%}", flush=True)


def hold(name: str, known: Known, dreamer: Dreamer, settings: ClipSettings) -> None:
    film, _ = dreamed(known.frames, settings)
    activation = np.array([dreamer.gradient(frame)[1] for frame in film])
    low, high = activation.min() / activation.mean() - 1, activation.max() / activation.mean() - 1
    print(f"{name:28} activation {low:+.1%} to {high:+.1%} of its mean  clipped {max(map(clipped, film)):.2%}  "
          f"largest jump {np.max(np.abs(np.diff(activation)) / activation[:-1]):.1%}", flush=True)


def main(names: list[str]) -> None:
    dreamer = load_dreamer(REFERENCE)
    settings = ClipSettings()
    alone([np.zeros((SIZE.height, SIZE.width, 3), np.float32)], dreamer)
    for name, known in clips().items():
        if not names or name in names:
            compare(name, known, dreamer, settings)
    if not names or "still" in names:
        known = still_with_noise(photograph("coffee"), SIZE, 200, 0.02)
        hold("coffee, still, with noise", known, dreamer, settings)


if __name__ == "__main__":
    main(sys.argv[1:])
