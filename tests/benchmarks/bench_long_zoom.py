"""Whether a long zoom stays itself: `python tests/benchmarks/bench_long_zoom.py`.

Renders 1500 frames of the sample at 256x192 with the defaults, and prints of frames 30, 60, 300, 500, 1000 and 1500:

* mean and standard deviation of luma, Cb and Cr (ITU-R BT.601 on values in [0, 1]);
* the share of values that are 0 or 255, the mean gradient magnitude of luma, and the activation (the objective);
* life: the mean difference from the frame before, moved by the camera. A film that has frozen has none.

Then the worst of frames 500, 1000 and 1500 against frame 60: the distance of means over frame 60's spread of four
standard deviations, and the ratio of standard deviations. A contact sheet is written with `--sheet FILE`.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from dreamvid.arrays import Image, size_of, to_uint8
from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.events import ignore
from dreamvid.films import zoom
from dreamvid.media.still import read_still
from dreamvid.motion.camera import LUMA_CHROMA, Palette, camera_flow, palette_of
from dreamvid.motion.warp import warp
from dreamvid.output.still import write_still
from dreamvid.settings import CarrySettings, FilmSettings, ZoomSettings, values_of

SEED = Path(__file__).parent.parent.parent / "samples" / "seed.jpg"
SHOWN = (1, 10, 30, 60, 100, 200, 300, 400, 500, 700, 1000, 1250, 1500)


def sharpness(image: Image) -> float:
    """The mean magnitude of luma's gradient, a pixel."""
    rows, columns = np.gradient(image @ LUMA_CHROMA[0])
    return float(np.hypot(rows, columns).mean())


def against(palette: Palette, reference: Palette) -> tuple[float, float]:
    """The largest distance of means, over the reference's spread, and the largest ratio of deviations, less one."""
    means = np.abs(palette.means - reference.means) / (4 * reference.deviations)
    return float(means.max()), float(np.abs(palette.deviations / reference.deviations - 1).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1500)
    parser.add_argument("--no-anchor", action="store_true")
    parser.add_argument("--sheet", type=Path)
    chosen = parser.parse_args()
    carry = CarrySettings(anchor=not chosen.no_anchor)
    settings = ZoomSettings(frames=chosen.frames, film=FilmSettings(size=256), carry=carry)
    shown = [n for n in SHOWN if n <= chosen.frames]
    with tempfile.TemporaryDirectory() as folder:
        zoom(SEED, f"{folder}/", settings)
        frames = {n: read_still(Path(folder) / f"{n:06d}.png", ignore).image for m in shown for n in {m, max(m - 1, 1)}}
    dreamer = build_dreamer(open_engine(), settings.dream)
    values = values_of(settings, dreamer.objective.weights)
    flow = camera_flow(size_of(frames[1]), 1 / settings.film.fps, settings.camera)
    for n in shown:
        image, palette = frames[n], palette_of(frames[n])
        clipped = np.isin(to_uint8(image), (0, 255)).mean()
        life = np.abs(image - warp(frames[max(n - 1, 1)], flow)).mean()
        print(f"frame {n:4}  means {palette.means.round(3)}  deviations {palette.deviations.round(3)}  "
              f"clipped {clipped:.1%}  sharpness {sharpness(image):.4f}  "
              f"activation {dreamer.activation(image, values):.1f}  life {life:.4f}")
    late = [against(palette_of(frames[n]), palette_of(frames[60])) for n in (500, 1000, 1500) if n in frames]
    if late:
        print(f"against frame 60, the worst: means {max(mean for mean, _ in late):.1%} of the spread, "
              f"deviations {max(deviation for _, deviation in late):.1%}")
    if chosen.sheet:
        rows = [np.hstack([frames[n] for n in shown[start : start + 4]]) for start in range(0, len(shown) // 4 * 4, 4)]
        write_still(chosen.sheet, np.vstack(rows), overwrite=True)


if __name__ == "__main__":
    main()
