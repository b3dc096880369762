"""Renders that were stopped: what is there of them, whether it is sound, and going on."""

import os
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, cast

from dreamvid.errors import ResumeError, SettingError
from dreamvid.events import Observe, Warn, ignore
from dreamvid.journal import NAME, Work, glance, is_locked
from dreamvid.pipeline.clip import clip
from dreamvid.pipeline.film import Rendered
from dreamvid.pipeline.loop import loop
from dreamvid.pipeline.zoom import zoom
from dreamvid.settings import COMMANDS, build, from_table

FILMS = {"zoom": zoom, "clip": clip, "loop": loop}

_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, OverflowError)
"""What a tree raises that is not what was looked for in it."""


@dataclass(frozen=True)
class Status:
    """What is there of a render.

    Attributes:
        folder: its work folder.
        output: the film that it makes.
        command: what makes it: zoom, clip or loop.
        frames, total: how many frames are committed, of how many, as far as that is known.
        dreams: how many dreams of a loop are committed, from which its frames are made.
        stretches: how many stretches are finished.
        bytes: what the folder takes on the disk.
        most_bytes: what it may take at most, besides finished stretches and dreams that a loop keeps.
        running: whether a render works there now.
    """

    folder: str
    output: str
    command: str
    frames: int
    total: int
    dreams: int
    stretches: int
    bytes: int
    most_bytes: int
    running: bool


def status(folder: str | os.PathLike[str]) -> Status:
    """What is there of a render; it may be running.

    Raises:
        ResumeError: it is no work folder, or its journal is damaged.
    """
    path = Path(folder)
    work = glance(path)
    try:
        command, made = str(work.manifest.decides["command"]), work.manifest.decides["film"]
        total, most = int(made["frames"]), int(work.manifest.place["peak"])
    except _MALFORMED as error:
        raise _says_not(path, "how long the film is", error) from error
    return Status(
        folder=str(path), output=str(output_of(path)), command=command, frames=work.frames, total=total,
        dreams=work.dreams, stretches=len(work.segments), bytes=_size(path), most_bytes=most, running=is_locked(path),
    )


def _says_not(folder: Path, what: str, error: Exception) -> ResumeError:
    return ResumeError(f"{folder / 'manifest.json'} does not say {what}: {shortened(str(error))}")


def _size(folder: Path) -> int:
    sizes = 0
    for path in folder.rglob("*"):
        try:
            sizes += path.stat().st_size if path.is_file() else 0
        except OSError:  # a running render removes what is done with
            continue
    return sizes


def output_of(folder: Path) -> Path:
    """The output that a work folder belongs to.

    Raises:
        ResumeError: its name is not that of a work folder.
    """
    whole = folder.absolute()
    if not whole.name.endswith(NAME) or whole.name == NAME:
        raise ResumeError(f"{folder} is no work folder; its name must be the output's and end in {NAME}")
    return whole.with_name(whole.name.removesuffix(NAME))


def verify(folder: str | os.PathLike[str]) -> Work:
    """Checks every file of a work folder that counts against its hash.

    Raises:
        ResumeError: a file is damaged or missing; the first few are named. Or a render works there, which removes files
            while they are looked at.
    """
    work = glance(Path(folder))
    if is_locked(Path(folder)):
        raise ResumeError(f"{folder} is in use by a render that is running; try again when that has ended")
    damaged = list(work.damaged())
    if damaged:
        more = f" and {len(damaged) - 3} more" if len(damaged) > 3 else ""
        raise ResumeError(f"{folder} is damaged: {', '.join(damaged[:3])}{more}; what is sound cannot be continued "
                          "without it")
    return work


def resume(folder: str | os.PathLike[str], *, observe: Observe = ignore, warn: Warn = ignore) -> Rendered:
    """Goes on with a render that was stopped, as the command that began it would.

    Args:
        folder: the work folder.
        observe: gets every event; it may raise `Cancelled`.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        ResumeError: the render cannot be continued.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    path = Path(folder)
    manifest = glance(path).manifest
    try:
        command, place = str(manifest.decides["command"]), manifest.place
        kind = COMMANDS[command]
        settings = build(kind, from_table(kind, place["settings"]))
        source, overwrite = Path(place["source"]), bool(place["overwrite"])
        film = cast(Any, FILMS[command])
        if "\0" in place["source"]:
            raise ValueError(f"the source is {place['source']!r}")
    except (*_MALFORMED, SettingError) as error:
        raise _says_not(path, "how the render was begun", error) from error
    return film(source, str(output_of(path)), settings, overwrite=overwrite, observe=observe, warn=warn)
