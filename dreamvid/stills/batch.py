"""Finds the pictures to dream, or the noise, and the output path of each."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dreamvid.arrays import Image, Size
from dreamvid.errors import InputError, OutputError, SettingError
from dreamvid.media.pictures import PICTURE_SUFFIXES, natural
from dreamvid.media.remote import is_address
from dreamvid.media.still import STILL_SUFFIXES, Still
from dreamvid.output.still import check_still
from dreamvid.output.target import identities, refuse_input
from dreamvid.stills.given import PathName, Picture, is_path, still_of


@dataclass(frozen=True)
class Job:
    """One picture to dream.

    Attributes:
        source: its file; None for noise and for pictures that were passed as arrays.
        target: the output file; None to write nothing.
        still: a picture that was passed as an array or Pillow image.
    """

    source: Path | None
    target: Path | None
    still: Still | None = None


def jobs_of(
    pictures: Sequence[Picture], output: PathName | None, *, noise: bool
) -> list[Job]:
    """Expands names to pictures, each with its output; or returns the single job that starts from noise.

    Raises:
        SettingError: neither or both of pictures and noise are given, or one output for several pictures.
        InputError: a folder or pattern holds no picture.
    """
    if noise == (len(pictures) > 0):
        raise SettingError("", None, "give a picture, or {noise} in its place" if not len(pictures) else
                           "{noise} takes the place of a picture; give one of the two")
    _refuse_output_as_picture(pictures)
    sources = [found for picture in pictures for found in _sources(picture)] or [Job(None, None)]
    text = os.fspath(output) if output is not None else ""
    folder = Path(text) if text and (text.endswith(("/", os.sep)) or os.path.isdir(Path(text))) else None
    if len(sources) > 1 and text and folder is None:
        raise SettingError("output", text,
                           f"for {len(sources)} pictures it must be a folder, with a slash at its end")
    if folder is None and text:
        return [replace(sources[0], target=Path(text))]
    return [job if job.still and folder is None else replace(job, target=(folder or Path()) / _name(n, job))
            for n, job in enumerate(sources, 1)]


def _sources(picture: Picture) -> list[Job]:
    """The jobs of one argument, without their targets."""
    return [Job(path, None) for path in _expanded(Path(picture))] if is_path(picture) else [
        Job(None, None, still_of(picture))]


def _name(n: int, job: Job) -> str:
    stem = job.source.stem if job.source else f"picture-{n}" if job.still else "noise"
    return f"{stem}-dream.png"


def _refuse_output_as_picture(pictures: Sequence[Picture]) -> None:
    """Refuses `image in.png out.png` with a hint to use the option for the output."""
    last = Path(pictures[-1]) if len(pictures) > 1 and is_path(pictures[-1]) else None
    if last is None or is_address(last) or os.path.lexists(last):
        return
    if last.suffix.lower() in STILL_SUFFIXES and not re.search(r"[*?]", last.name):
        raise SettingError("", None,
                           f"{last} does not exist; if the result should have this name, give it as {{output}}")


def _expanded(picture: Path) -> list[Path]:
    """Expands a file, a folder of pictures, or a pattern that the shell did not expand."""
    if is_address(picture):
        return [picture]
    if os.path.isdir(picture):
        found = [path for path in picture.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES]
    elif re.search(r"[*?]", picture.name) and not picture.exists():
        found = list(picture.parent.glob(picture.name))
    else:
        return [picture]
    if not found:
        raise InputError(f"{picture} holds no pictures" if picture.is_dir() else f"no picture is named {picture}")
    return sorted(found, key=natural)


def check_jobs(jobs: list[Job], *, bits: int, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Checks, before any work, that all outputs can be written. Creates the output folder if only that is missing.

    Raises:
        OutputError, SettingError: see `check_still`; or two pictures have the same output.
    """
    sources = [job.source for job in jobs if job.source is not None]
    targets = [job.target for job in jobs if job.target is not None]
    seen, read = Counter(targets), identities([*sources, *inputs])
    for target in targets:
        if seen[target] > 1:
            raise OutputError(f"two pictures would be written as {target}; dream them into folders of their own")
        if not target.parent.exists() and target.parent.parent.exists():
            target.parent.mkdir()
        refuse_input(target, read)
        check_still(target, overwrite=overwrite, bits=bits)


LEVEL = 100 / 255
"""Lower bound of the noise, which is uniform from 100/255 to 101/255, as in DeepDream's published examples."""


SMALLEST, LARGEST = 16, 8192
"""Sides of noise, in pixels."""


def noise_size(text: str) -> Size:
    """'300x200' as a size.

    Raises:
        SettingError: the text is not a size, or a side is not from 16 to 8192.
    """
    match = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", text)
    size = Size(int(match[1]), int(match[2])) if match else Size(0, 0)
    if not SMALLEST <= min(size) <= max(size) <= LARGEST:
        raise SettingError("noise", text, f"it must be WIDTHxHEIGHT, each from {SMALLEST} to {LARGEST}")
    return size


def noise(size: Size, seed: int) -> Image:
    """Uniform noise around mid-grey; the same seed makes the same noise."""
    uniform = np.random.default_rng(seed).random((size.height, size.width, 3), dtype=np.float32)
    return uniform / np.float32(255) + np.float32(LEVEL)
