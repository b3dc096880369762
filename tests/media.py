"""Made clips, pictures and sounds, and what is in a file that was made of them."""

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from dreamvid.arrays import Bytes, Image, Size, size_of, to_uint8
from dreamvid.media import ffmpeg
from dreamvid.media.source import Source, open_source
from dreamvid.output.film import FilmWriter
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination
from dreamvid.settings import EncoderSettings, SourceSettings

SIZE = Size(96, 64)
BITS = 6
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p")
SCENES = ("testsrc2", "mandelbrot", "color=red", "rgbtestsrc", "color=white", "gradients=seed=3", "color=blue",
          "cellauto=rule=30:seed=5", "color=green")


def run(*arguments: str | Path, stdin: bytes = b"") -> str:
    """Runs ffmpeg, which must succeed; returns what it says on stderr."""
    done = subprocess.run([ffmpeg.executable(), "-hide_banner", "-y", *map(str, arguments)], input=stdin, check=False,
                          capture_output=True)
    said = done.stderr.decode(errors="replace")
    assert done.returncode == 0, said
    return said


def noise(size: Size, seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (size.height, size.width, 3), dtype=np.uint8)


def numbered(n: int, size: Size = SIZE) -> Bytes:
    """A frame whose upper half says n in six bars, black or white; the lower half is grey."""
    bars = np.array([255 * (n >> bit & 1) for bit in range(BITS)], np.uint8)
    row = bars[np.arange(size.width) * BITS // size.width]
    grey = np.full((size.height, size.width), 128, np.uint8)
    grey[: size.height // 2] = row
    return np.stack([grey] * 3, axis=-1)


def number_of(image: Image) -> int:
    """The number that a frame says."""
    row = image[image.shape[0] // 4].mean(axis=-1)
    middles = ((np.arange(BITS) + 0.5) * len(row) / BITS).astype(int)
    return sum((row[middle] > 0.5) << bit for bit, middle in enumerate(middles))


def numbers(source: Source) -> list[int]:
    return [number_of(frame) for frame in source]


def make_film(path: Path, frames: int, *options: str, fps: str = "25", size: Size = SIZE,
              inputs: Sequence[str] = ()) -> Path:
    """Writes numbered frames by ffmpeg; the options come after the inputs."""
    pixels = b"".join(numbered(n, size).tobytes() for n in range(frames))
    run("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", str(size), "-framerate", fps, "-i", "pipe:0",
        *inputs, *options, path, stdin=pixels)
    return path


def make_pictures(folder: Path, name: str, frames: int, first: int = 0) -> None:
    """Writes numbered pictures; the name has a place for their numbers."""
    folder.mkdir(exist_ok=True)
    for n in range(frames):
        Pillow.fromarray(numbered(n)).save(folder / (name % (n + first)))


def make_scenes(path: Path, size: Size, length: int) -> Path:
    """Writes a clip of nine scenes at 10 frames a second, of so many frames each, with a sound."""
    inputs = [word for name in SCENES for word in (
        "-f", "lavfi", "-i", f"{name}{':' if '=' in name else '='}s={size}:r=10")]
    cut = "".join(f"[{n}:v]trim=end_frame={length},format=yuv420p[v{n}];" for n in range(len(SCENES)))
    joined = "".join(f"[v{n}]" for n in range(len(SCENES)))
    run(*inputs, "-f", "lavfi", "-i", f"sine=440:d={length * len(SCENES) / 10}", "-filter_complex",
        f"{cut}{joined}concat=n={len(SCENES)}[v]", "-map", "[v]", "-map", f"{len(SCENES)}:a", ffmpeg.url(path))
    return path


def writing(
    path: str | os.PathLike[str], size: Size, fps: Fraction, film: EncoderSettings, *, frames: int = 1, **others: Any
) -> AbstractContextManager[FilmWriter]:
    """The writer of a film; `others` are those of a `Destination`."""
    return open_whole(Destination(output=os.fspath(path), size=size, fps=fps, frames=frames, encoder=film, **others))


def write_film(path: Path, frames: Sequence[Image], fps: Fraction = Fraction(25), **encoder: Any) -> Path:
    """Writes frames by dreamvid: as the settings of the encoder say; without any, an MKV without loss."""
    settings = EncoderSettings(**encoder or {"codec": "ffv1"} if path.suffix == ".mkv" else encoder)
    with writing(path, size_of(frames[0]), fps, settings, frames=len(frames)) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def opened(path: Path, warnings: list[str] | None = None, **values: Any) -> Source:
    said = warnings if warnings is not None else []
    return open_source(path, SourceSettings(**values), said.append)


def read(path: Path) -> np.ndarray:
    """The frames of a film, float32 (frames, height, width, 3)."""
    return np.stack(list(opened(path)))


def pixels(frames: Path | Iterable[Image]) -> np.ndarray:
    """The frames as uint8."""
    return np.stack([to_uint8(frame) for frame in (opened(frames) if isinstance(frames, Path) else frames)])


def decoded(path: Path, *stream: str) -> list[np.ndarray]:
    """The frames as a player shows them that honours the tags, by ffmpeg alone; uint8."""
    done = subprocess.run(
        [ffmpeg.executable(), "-loglevel", "error", "-i", ffmpeg.url(path), *stream, "-fps_mode", "passthrough",
         "-vf", "scale=out_range=pc,format=rgb24", "-f", "image2pipe", "-c:v", "ppm", "-"],
        capture_output=True, check=True).stdout
    frames = []
    while done:
        head = re.match(rb"P6\n(\d+) (\d+)\n255\n", done)
        assert head is not None
        width, height = int(head[1]), int(head[2])
        end = head.end() + width * height * 3
        frames.append(np.frombuffer(done[head.end():end], np.uint8).reshape(height, width, 3))
        done = done[end:]
    return frames


def said_of(path: Path, *options: str) -> str:
    """What ffmpeg says about a film while it decodes it."""
    return run("-i", ffmpeg.url(path), *options, "-f", "null", "-")


def hashes(path: Path, stream: str = "0") -> str:
    """A line for every decoded frame of a film's streams."""
    return subprocess.run([ffmpeg.executable(), "-loglevel", "error", "-i", ffmpeg.url(path), "-map", stream, "-f",
                           "framemd5", "-"], capture_output=True, check=True, text=True).stdout


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum(dtype=np.float64) / np.linalg.norm(one) / np.linalg.norm(other))


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
