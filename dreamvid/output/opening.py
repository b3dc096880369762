"""Opens the writer of a film, with a work folder that an earlier run may have begun, or without one."""

import os
import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dreamvid.errors import Cancelled, FFmpegError, ResourceError, Terminated, out_of_memory
from dreamvid.events import Continued, Observe, Warn, ignore
from dreamvid.output import disk
from dreamvid.output.film import FilmWriter
from dreamvid.output.longer import keep_last
from dreamvid.output.names import STDOUT, check_output, extras, first_result, target_of
from dreamvid.output.segments import Destination
from dreamvid.output.store import Store, is_finished, scratch
from dreamvid.output.work_folder import Job, is_left_empty, open_work, remove, work_folder

TERMINATED_SECONDS = 1.5
"""Time to complete a partial film after SIGTERM."""


@contextmanager
def open_film(film: Destination) -> Iterator[FilmWriter]:
    """Opens the writer of a film that cannot be resumed; see `FilmWriter`.

    The film is completed at the end of the block, and on `Cancelled` if it has a picture. Any other exception leaves no
    file.

    Raises:
        SettingError, OutputError, FFmpegError: see `check_output`.
        ResourceError: the disk is full.
    """
    check_output(film.output, film.encoder, overwrite=film.overwrite)
    target = None if film.output == STDOUT else target_of(film.output)
    if target is not None:
        _make_parent(target.parent)
    with scratch(target) as store, closing(FilmWriter(film, store)) as writer, _explained(film, writer, ""):
        yield writer
        writer.finish()


@contextmanager
def open_whole(film: Destination) -> Iterator[FilmWriter]:
    """As `open_film`, for a film of a single range, which is begun and committed here."""
    with open_film(film) as writer:
        writer.begin(0, max(1, film.frames))
        yield writer
        writer.commit()


@contextmanager
def open_render(
    film: Destination, job: Job, *, restart: bool = False, keep: bool = False, last: int | None = None,
    observe: Observe = ignore,
) -> Iterator[FilmWriter | None]:
    """Opens the writer of a film with its work folder, where an earlier run may have begun it.

    Args:
        film: where the film goes.
        job: the description of the render.
        restart, keep: see `open_work`.
        last: `first` of `keep_last`; None to keep nothing of the finished film.
        observe: receives `Continued` if an earlier run is continued.

    Yields:
        The writer; None if an earlier run has finished the film.

    Raises:
        Cancelled: raised in the block; the message is replaced by one that says what is kept.
        ResumeError: an earlier run cannot be continued; see `open_work`.
        DreamvidError: the film cannot be written.
    """
    target = target_of(film.output)
    folder = work_folder(target)
    _make_parent(folder.parent)
    if not film.overwrite and os.path.lexists(first_result(film.output)) and is_left_empty(folder):
        remove(folder)
        observe(Continued(film.frames, film.frames))
        yield None
        return
    with open_work(folder, job, restart=restart, keep=keep or last is not None) as store:
        if is_finished(store, [first_result(film.output), *extras(film.encoder)]):
            observe(Continued(film.frames, film.frames))
            yield None
        else:
            _mend(store, target.parent, film.warn)
            store.collect()
            again = f"`dreamvid resume {shlex.quote(str(folder))}` continues"
            with closing(FilmWriter(film, store, observe)) as writer, _explained(film, writer, again):
                yield writer
                writer.finish()
        if last is not None:
            keep_last(store, last)


def _mend(store: Store, results: Path, warn: Warn) -> None:
    """Removes damaged records, so that their content is made again."""
    for name, cause in list(store.damaged(results)):
        warn(f"{cause} is damaged or missing; what it held is made again")
        store.remove(name)


@contextmanager
def _explained(film: Destination, writer: FilmWriter, again: str) -> Iterator[None]:
    """On `Cancelled`, makes a film of the pictures so far if possible. Adds to errors what is kept and how to resume.

    Args:
        again: how to resume; empty if nothing is kept.
    """
    try:
        yield
    except Cancelled as stop:
        if isinstance(stop, Terminated):
            film.deadline.end_in(TERMINATED_SECONDS)
        try:
            made = writer.stop()
        except (FFmpegError, ResourceError):  # such as a full disk
            made = False
        words = [f"{film.output} holds them"] if made and film.output != STDOUT else []
        words += [again] if again and writer.has_work() else []
        raise type(stop)(f"stopped after {writer.written} of {film.frames} frames; "
                         f"{'; '.join(words) or 'nothing is written'}") from stop
    except MemoryError as error:
        raise out_of_memory() from error
    except (ResourceError, FFmpegError) as error:
        raise (type(error)(f"{error}; what is done is kept, and {again}") if again else error) from error


def _make_parent(folder: Path) -> None:
    """Creates the folder of the output if it is missing, and flushes its name to the disk."""
    if os.path.isdir(folder):
        return
    with disk.writing(folder):
        folder.mkdir(exist_ok=True)
    disk.flush_path(folder.parent)
