"""Makes `samples/beat.mp3`: eight seconds of drums and bass at 120 beats a minute, by computation alone.

`python tests/benchmarks/make_sample_sound.py`, from the folder of the project.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from dreamvid.media.child import Deadline, carry_out
from dreamvid.media.ffmpeg import url
from tests.timeline.pieces import drums, write_sound

with TemporaryDirectory() as folder:
    path = write_sound(Path(folder) / "beat.wav", drums(120, 8, first=0.0)[0])
    carry_out(["-i", url(path), "-b:a", "64k", "-bitexact", "-y", url(Path("samples/beat.mp3"))], Deadline())
