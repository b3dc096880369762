"""Small films to read: frames that carry their number, made by ffmpeg."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dreamvid.arrays import Bytes, Image, Size
from dreamvid.media import ffmpeg
from dreamvid.media.source import Source, open_source
from dreamvid.settings import SourceSettings

SIZE = Size(96, 64)
BITS = 6


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


def run(*arguments: str | Path, stdin: bytes = b"") -> None:
    subprocess.run([ffmpeg.executable(), "-loglevel", "error", "-y", *map(str, arguments)], input=stdin, check=True)


def make_film(path: Path, frames: int, *options: str, fps: str = "25", size: Size = SIZE,
              inputs: Sequence[str] = ()) -> Path:
    """Writes numbered frames; the options come after the inputs."""
    pixels = b"".join(numbered(n, size).tobytes() for n in range(frames))
    run("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", str(size), "-framerate", fps, "-i", "pipe:0",
        *inputs, *options, path, stdin=pixels)
    return path


def opened(path: Path, warnings: list[str] | None = None, **values: object) -> Source:
    said = warnings if warnings is not None else []
    return open_source(path, SourceSettings(**values), said.append)  # type: ignore[arg-type]


def numbers(source: Source) -> list[int]:
    return [number_of(frame) for frame in source]
