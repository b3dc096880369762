"""How late the picture responds to a setting that moves: `python tests/benchmarks/bench_lead.py`.

Of each setting, a zoom with a step in it after two seconds; it prints in how many seconds half of the way is gone from
the mean of the second before the step to the mean of the last second, in the measure that the setting changes most,
beside a zoom without the step. `dreamvid/timeline/table.py` holds what it printed.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from dreamvid import zoom
from dreamvid.events import Caller, ignore
from dreamvid.films.lags import MEASURES, _measured
from dreamvid.media.source import open_source
from dreamvid.motion.measure import sharpness
from dreamvid.settings import SourceSettings

STEPS = {
    "strength": ("0.5", "2"), "step_size": ("0.006", "0.024"), "blend": ("1", "0.9"), "tv": ("0", "0.3"),
    "smooth": ("1", "4"), "colour": ("0", "1"), "spectrum": ("0", "1.2"), "zoom": ("1.1", "2"),
    "layers": ("block4", "block10"),
}
FPS, HALF = 30, 2.0


def rows(**settings: object) -> np.ndarray:
    with TemporaryDirectory() as folder:
        zoom("samples/seed.jpg", f"{folder}/", seconds=2 * HALF, fps=FPS, size=160, resume=False, lead="none",
             **settings)
        clip = open_source(Path(folder), SourceSettings(fps=FPS), ignore)
        sharp = [sharpness(frame) for frame in clip.read(0)]
        return np.column_stack([np.array(list(_measured(clip.read(0), clip.frames, Caller()))), sharp])


for name in sys.argv[1:] or STEPS:
    low, high = STEPS[name]
    held, moved = rows(**{name: low}), rows(**{name: f"0s: {low}; {HALF}s: {high} hold"})
    change = moved - held
    before, after = change[int(FPS * (HALF - 1)):int(FPS * HALF)], change[int(FPS * (2 * HALF - 0.7)):]
    change_by_spread = np.abs(after.mean(axis=0) - before.mean(axis=0)) / (held[FPS:].std(axis=0) + before.std(axis=0))
    best = int(np.argmax(change_by_spread))
    way = (change[:, best] - before[:, best].mean()) / (after[:, best].mean() - before[:, best].mean())
    late = next(n for n in range(int(FPS * HALF), len(way)) if way[n] >= 0.5) - FPS * HALF
    print(f"{name:10} {(*MEASURES, 'sharpness')[best]:14} {late / FPS:.3f} s", flush=True)
