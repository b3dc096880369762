"""How films follow their sound: `python tests/benchmarks/bench_lags.py [SECONDS] [SIZE]`.

Renders a zoom to a drum loop, with bass, at 120 beats a minute, once with a camera that leaps on each beat and once
with a strength that follows the bass, and prints what `dreamvid measure --audio` finds: the lag in frames, and r.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from dreamvid import zoom
from dreamvid.events import Caller
from dreamvid.films.lags import measure_sound
from tests.timeline.pieces import drums, write_sound

FILMS = {("motion", "beat_pulse"): {"zoom": "1.1 + 1.6*beat_pulse"}, ("strength", "bass"): {"strength": "0.5 + bass"}}


def main(seconds: float = 60.0, size: int = 256) -> None:
    with TemporaryDirectory() as folder:
        sound, film = write_sound(Path(folder) / "drums.wav", drums(120, seconds)[0]), f"{folder}/film.mp4"
        for (measure, series), settings in FILMS.items():
            zoom("samples/seed.jpg", film, audio=str(sound), size=size, quality="draft", overwrite=True, resume=False,
                 **settings)
            found = measure_sound(Path(film), Caller()).lags[measure][series]
            print(f"{settings}: {measure} follows {series} by {found.lag} frames, r {found.r:.2f}", flush=True)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
