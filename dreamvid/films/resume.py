"""Stopped renders: their status, verification, and resuming."""

import os
from contextlib import suppress
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Unpack

from dreamvid.calls import calling
from dreamvid.errors import InputError, ResumeError, SettingError
from dreamvid.films.commands import check_call
from dreamvid.films.film import StoredDreams
from dreamvid.films.making import Invocation, Rendered, placed, render_film
from dreamvid.films.plan import EDITION, Plan, plan_film
from dreamvid.output.names import target_of
from dreamvid.output.progress import frames_in_progress, frames_of
from dreamvid.output.store import is_finished
from dreamvid.output.work_folder import NAME, Job, is_locked, open_to_read, other_version, work_folder
from dreamvid.settings.options import CallOptions
from dreamvid.stills.given import PathName


@dataclass(frozen=True)
class Status:
    """The progress of a render.

    Attributes:
        folder: its work folder.
        output: the path of its film.
        command: zoom, clip or loop.
        frames, total: number of stored frames, and of all frames as far as it is known.
        dreams: number of stored dreams of a loop, from which its frames are made.
        ranges: number of finished ranges.
        bytes: size of the folder on the disk.
        most_bytes: upper bound of the size of ranges in progress.
        running: whether a process renders the film now.
        finished: whether the film is complete.
    """

    folder: str
    output: str
    command: str
    frames: int
    total: int
    dreams: int
    ranges: int
    bytes: int
    most_bytes: int
    running: bool
    finished: bool


def folder_of(film: PathName) -> Path:
    """The work folder of a film, or of a folder of pictures; or the folder itself."""
    text = os.fspath(film)
    path = Path(text)
    return path if path.name.endswith(NAME) or path.is_dir() else work_folder(target_of(text))


def unfinished(folder: PathName = "") -> list[Status]:
    """The progress of each unfinished render in a folder; damaged work folders are left out."""
    found = []
    for path in sorted(Path(folder).glob(f"*{NAME}")):
        with suppress(ResumeError):
            found.append(status(path))
    return [one for one in found if not one.finished]


def status(film: PathName) -> Status:
    """The progress of a render, which may be running.

    Args:
        film: the film, or its work folder.

    Raises:
        ResumeError: it is not a work folder, or it is damaged.
    """
    path = folder_of(film)
    store, job = open_to_read(path)
    ranges, finished, total = store.names("range-"), is_finished(store), job.decides["film"]["frames"]
    return Status(
        folder=str(path), output=str(output_of(path)), command=job.decides["command"],
        frames=total if finished else frames_of(store) + frames_in_progress(store), total=total,
        dreams=len(StoredDreams(store)), ranges=len(ranges), bytes=store.bytes(), most_bytes=job.place["peak"],
        running=is_locked(path), finished=finished,
    )


def output_of(folder: Path) -> Path:
    """The output that a work folder belongs to, beside it.

    Raises:
        ResumeError: its name is not that of a work folder.
    """
    whole = folder if folder.name.endswith(NAME) else folder.absolute()  # "." has a name only as an absolute path
    if not whole.name.endswith(NAME) or whole.name == NAME:
        raise ResumeError(f"{folder} is not a work folder; its name must be the output's and end in {NAME}")
    return whole.with_name(whole.name.removesuffix(NAME))


def verify(film: PathName) -> int:
    """Checks every file of a work folder against its hash, and returns how many frames are kept.

    Args:
        film: the film, or its work folder.

    Raises:
        ResumeError: a file is damaged or missing; the first few are named. Or a render is running in the folder, which
            removes files meanwhile.
    """
    folder = folder_of(film)
    store, _ = open_to_read(folder)
    if is_locked(folder):
        raise ResumeError(f"{folder} is in use by a render that is running; try again when that has ended")
    damaged = [str(cause) for _, cause in store.damaged(target_of(output_of(folder)).parent)]
    if damaged:
        more = f" and {len(damaged) - 3} more" if len(damaged) > 3 else ""
        raise ResumeError(f"{folder} is damaged: {', '.join(damaged[:3])}{more}; `dreamvid resume` makes "
                          "again what they held")
    return status(folder).frames


def resume(film: PathName, **options: Unpack[CallOptions]) -> Rendered:
    """Resumes a stopped render, as repeating its command would.

    Args:
        film: the film, or its work folder.
        **options: `observe`, `warn`, as for `zoom`.

    Raises:
        ResumeError: the render cannot be continued.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    path = folder_of(film)
    _, job = open_to_read(path)
    begun, call = begun_render(path, job)
    with calling(options) as caller:
        check_call(call, begun.settings)
        settings = begun.settings.but(dream=placed(begun, call))
        plan = plan_film(begun.command, settings, call.paths, call.output, caller)
        return render_film(plan, call, caller)


def begun_render(folder: Path, job: Job) -> tuple[Plan, Invocation]:
    """The plan and the invocation of a render, from its work folder.

    Raises:
        ResumeError: an incompatible version of dreamvid began it, or it is damaged.
    """
    if job.edition != EDITION:
        raise other_version(folder, job.version)
    try:
        return (Plan.from_json(dumps(job.place["plan"])),
                Invocation.from_dict(job.place["invocation"], str(output_of(folder))))
    except (LookupError, TypeError, ValueError, AttributeError, SettingError, InputError) as error:
        raise ResumeError(f"{folder} is damaged: its job cannot be read: {error}") from error
