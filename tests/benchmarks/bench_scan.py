"""What it takes to look through a clip, and to reach its end: `python tests/benchmarks/bench_scan.py [FRAMES [WIDTH]]`.

Makes an H.264 clip of 1000 frames of 1920x1080, or of other numbers, with a cut every 50 frames. Prints how long
ffmpeg takes to decode it, how long a scan for scenes takes, and their ratio, the best of three; and how long all
frames, and the last ten, take to read.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from dreamvid.media import ffmpeg
from dreamvid.media.source import open_source
from dreamvid.motion.scenes import SIDE, scan
from dreamvid.settings import SourceSettings


def make(path: Path, frames: int, width: int) -> Path:
    """A clip whose colours change every 50 frames."""
    picture = f"testsrc2=s={width}x{width * 9 // 16}:r=25,noise=alls=6:allf=t"
    cuts = "hue=h=90:enable='mod(floor(n/50),2)',negate=enable='mod(floor(n/100),2)'"
    ffmpeg.run("-f", "lavfi", "-i", picture, "-vf", cuts, "-frames:v", str(frames), "-c:v", "libx264", "-preset",
                "veryfast", "-g", "250", "-pix_fmt", "yuv420p", str(path), timeout=3600)
    return path


def seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def main(frames: int, width: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make(Path(folder) / "in.mp4", frames, width)
        source = open_source(path, SourceSettings(), print)
        decoding = ("-i", str(path), "-map", "0:v", "-f", "null", "-")
        pairs = [(seconds(lambda: ffmpeg.run(*decoding, timeout=3600)),
                  seconds(lambda: scan(source.small(SIDE)))) for _ in range(3)]
        decoded, scanned = (min(times) for times in zip(*pairs, strict=True))
        print(f"decoding {decoded:.2f} s, scan {scanned:.2f} s, ratio {scanned / decoded:.2f} "
              f"({', '.join(f'{scan / decode:.2f}' for decode, scan in pairs)})")
        whole = seconds(lambda: sum(1 for _ in source))
        last = seconds(lambda: sum(1 for _ in source.read(frames - 10)))
        print(f"all {frames} frames {whole:.2f} s, the last 10 {last:.2f} s: {last / whole:.1%}")
        print(f"{len(scan(source.small(SIDE)))} scenes")


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *["1000", "1920"][len(sys.argv) - 1 :]]))
