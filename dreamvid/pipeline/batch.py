"""Which pictures are dreamed, and where each goes."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dreamvid.errors import InputError, OutputError, SettingError
from dreamvid.video.pictures import natural
from dreamvid.video.still import STILL_SUFFIXES, check_still
from dreamvid.video.target import is_folder


@dataclass(frozen=True)
class Job:
    """One picture to dream: where it comes from (None: noise) and where it goes."""

    source: Path | None
    target: Path


def jobs_of(
    pictures: Sequence[str | os.PathLike[str]], output: str | os.PathLike[str] | None, *, noise: bool
) -> list[Job]:
    """The pictures that the names stand for, each with its output; or the one job that begins with noise.

    Raises:
        SettingError: neither or both of pictures and noise are given, or one output for several pictures.
        InputError: a folder or pattern holds no picture.
    """
    if noise == bool(pictures):
        raise SettingError("give a picture, or --noise in its place" if not pictures else
                           "--noise takes the place of a picture; give one of the two")
    sources: list[Path | None] = [found for picture in pictures for found in _expanded(Path(picture))] or [None]
    text = os.fspath(output) if output is not None else ""
    folder = Path(text) if text.endswith(("/", os.sep)) or is_folder(Path(text)) else None
    if len(sources) > 1 and text and folder is None:
        raise SettingError(f"-o is {text}; for {len(sources)} pictures it must be a folder, with a slash at its end")
    if folder is None and text:
        return [Job(sources[0], Path(text))]
    return [Job(source, (folder or Path()) / f"{source.stem if source else 'noise'}-dream.png") for source in sources]


def _expanded(picture: Path) -> list[Path]:
    """The pictures that a name stands for: a file, a folder of pictures, or a pattern that the shell left alone."""
    if is_folder(picture):
        found = [path for path in picture.iterdir() if path.suffix.lower() in STILL_SUFFIXES]
    elif re.search(r"[*?]", picture.name) and not picture.exists():
        found = list(picture.parent.glob(picture.name))
    else:
        return [picture]
    if not found:
        raise InputError(f"{picture} holds no pictures" if picture.is_dir() else f"no picture is named {picture}")
    return sorted(found, key=natural)


def check_jobs(jobs: list[Job], *, bits: int, overwrite: bool, inputs: Sequence[Path] = ()) -> None:
    """Refuses, before any work, outputs that could not be written at its end; makes a missing folder for them.

    Raises:
        OutputError, SettingError: see `check_still`; or two pictures have one output.
    """
    sources = [job.source for job in jobs if job.source is not None]
    targets = [job.target for job in jobs]
    for target in targets:
        if targets.count(target) > 1:
            raise OutputError(f"two pictures would be written as {target}; dream them into folders of their own")
        if not target.parent.exists() and target.parent.parent.exists():
            target.parent.mkdir()
        check_still(target, overwrite=overwrite, inputs=[*sources, *inputs], bits=bits)
