"""What a clip's time goes into: `python tests/benchmarks/bench_clip.py [FRAMES [WIDTH]]`.

Renders a clip of 640x360, or of another width, made from a photograph, with standard quality, and prints the share of
the wall time that is spent in gradient steps, frames a second, and resident memory at the last frame over that of
frame 30.
"""

import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import psutil
from bench_zoom import Clock, timed_steps
from known_motion import Move, photograph, under_camera

from dreamvid.arrays import Size
from dreamvid.events import Event, Frame
from dreamvid.films import clip
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination
from dreamvid.settings import EncoderSettings


def main(frames: int, size: Size) -> None:
    clock, memory, begun = Clock(), [], [0.0]

    def observe(event: Event) -> None:
        if isinstance(event, Frame):
            memory.append(psutil.Process().memory_info().rss)
            if event.done == 1:  # the first frame of a scene is another matter
                clock.seconds, begun[0] = 0.0, perf_counter()

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.mp4"
        with open_whole(Destination(output=str(source), size=size, fps=Fraction(25), frames=1,
                                    encoder=EncoderSettings(crf=16, encoder_preset="veryfast"))) as writer:
            for n in range(0, frames, 50):
                known = under_camera(photograph("coffee"), size, min(50, frames - n), Move(1.003, (0.8, 0.4), 0.1))
                for frame in known.frames:
                    writer.write(frame)
        with timed_steps(clock):
            made = clip(source, Path(folder) / "out.mp4", observe=observe)
        seconds = perf_counter() - begun[0]
    print(f"{made.frames} frames of {made.width}x{made.height}: {clock.seconds / seconds:.0%} of the time is steps, "
          f"{(made.frames - 1) / seconds:.1f} frames/s, memory {memory[-1] / 2**20:.0f} MiB, "
          f"{memory[-1] / memory[min(30, len(memory)) - 1] - 1:+.1%} since frame 30")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    width = given[1] if len(given) > 1 else 640
    main(given[0] if given else 60, Size(width, width * 9 // 16))
