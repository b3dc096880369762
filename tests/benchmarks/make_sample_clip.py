"""Makes samples/clip.mp4: `python tests/benchmarks/make_sample_clip.py`.

Two scenes under a moving camera, from scikit-image's coffee (CC0) and astronaut (NASA, public domain), and a tone.
"""

import tempfile
from fractions import Fraction
from pathlib import Path

from known_motion import Move, photograph, under_camera

from dreamvid.arrays import Size
from dreamvid.media import ffmpeg
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination
from dreamvid.settings import EncoderSettings

SIZE = Size(320, 180)
CLIP = Path(__file__).parent.parent.parent / "samples" / "clip.mp4"


def main() -> None:
    scenes = [under_camera(photograph("coffee"), SIZE, 30, Move(1.006, (0.8, 0.3), 0.1)),
              under_camera(photograph("astronaut"), SIZE, 20, Move(pan=(1.5, 0.4)))]
    with tempfile.TemporaryDirectory() as folder:
        silent = Path(folder) / "silent.mp4"
        with open_whole(Destination(output=str(silent), size=SIZE, fps=Fraction(25), frames=1,
                                    encoder=EncoderSettings(crf=20, encoder_preset="medium"))) as writer:
            for frame in (frame for scene in scenes for frame in scene.frames):
                writer.write(frame)
        ffmpeg.run("-y", "-i", ffmpeg.url(silent), "-f", "lavfi", "-i", "sine=frequency=220:duration=2",
                    "-c:v", "copy", "-c:a", "aac", "-b:a", "32k", "-fflags", "+bitexact", ffmpeg.url(CLIP))


if __name__ == "__main__":
    main()
