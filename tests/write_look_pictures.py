"""Makes the small pictures of the studio's looks from `samples/looks/`: python -m tests.write_look_pictures"""

import subprocess
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "dreamvid" / "studio" / "static" / "looks"
SIZE = (160, 120)


def main() -> None:
    """Writes a picture for each look; of one that moves, a frame of its film."""
    TARGET.mkdir(exist_ok=True)
    for sample in sorted((ROOT / "samples" / "looks").iterdir()):
        picture = Image.open(sample) if sample.suffix == ".webp" else _frame(sample)
        picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(TARGET / f"{sample.stem}.webp", quality=72)


def _frame(film: Path) -> Image.Image:
    words = ["-v", "error", "-ss", "3", "-i", str(film), "-frames:v", "1", "-f", "image2pipe", "-c:v", "bmp", "-"]
    frame = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *words], capture_output=True, check=True).stdout
    return Image.open(BytesIO(frame))


if __name__ == "__main__":
    main()
