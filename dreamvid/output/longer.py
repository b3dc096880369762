"""Extends a finished film: what is kept of it, and how the longer film reuses its pictures."""

from pathlib import Path

from dreamvid.errors import ResumeError, named
from dreamvid.media import ffmpeg
from dreamvid.media.child import carry_out
from dreamvid.output import disk
from dreamvid.output.names import target_of
from dreamvid.output.progress import range_ending_at, range_name
from dreamvid.output.segments import Destination, format_of
from dreamvid.output.store import FINISHED, Body, Store
from dreamvid.output.work_folder import Job, put_job

LAST = "last"
"""The record that a longer film continues from: the number of its first new picture, and the dream before it."""

_LEAST_SCALE = 10_000


def keep_last(store: Store, first: int) -> None:
    """Removes everything from a finished film's store except its job and one dream.

    Args:
        store: the film's store.
        first: number of the first picture that a longer film renders; a range begins or ends there.
    """
    if store.get(LAST) is None:
        before = range_ending_at(store, first)
        carry = before["carry"] if before else ""
        store.put(LAST, {"first": first, "carry": carry, "files": [carry] if carry else []})
    for name in store.names("range-"):
        store.remove(name)
    store.collect()


def _last(store: Store) -> Body:
    found = store.get(LAST)
    if found is None:
        raise ResumeError(f"{store.folder} keeps no dream to continue from; make the zoom with {named('extendable')}")
    return found


def begin_longer(store: Store, film: Destination, job: Job) -> None:
    """Turns the store of a finished film into that of a longer one, with the finished film as its first range.

    If this is interrupted, the store is valid for either the finished or the longer film.

    Args:
        store: as `keep_last` left it.
        film: the finished film.
        job: the job of the longer film.

    Raises:
        ResumeError: no dream was kept, or it is damaged; or the film was changed.
    """
    last = _last(store)
    first, carry = last["first"], last["carry"]
    if store.get(f"result-{disk.digest_of(target_of(film.output))}") is None:
        raise ResumeError(f"{film.output} is not there, or was changed since it was made; it cannot be made longer")
    if carry:
        store.array(carry)  # raises if it is damaged
        segment = store.name_by_content(_cut(store, film, first))
        store.put(range_name(0, first), {"segment": segment, "carry": carry, "kept": "", "numbers": [],
                                         "frames": first, "files": [segment, carry]})
    store.remove(LAST)
    store.remove(FINISHED)
    put_job(store, job)


def _cut(store: Store, film: Destination, frames: int) -> Path:
    """Copies the first pictures of a film, without re-encoding, into a segment file."""
    path = store.new_path(format_of(film).suffix)
    # Segments can be joined only if they have the same time base: the one that ffmpeg chooses for this rate.
    scale = next(film.fps.numerator << n for n in range(20) if film.fps.numerator << n >= _LEAST_SCALE)
    units = [] if path.suffix == ".mkv" else ["-video_track_timescale", str(scale)]
    with disk.writing(path):
        carry_out([*ffmpeg.reading(target_of(film.output)), "-map", "0:v:0", "-c", "copy", "-frames:v", str(frames),
                   *units, "-fflags", "+bitexact", "-y", ffmpeg.url(path)], film.deadline)
    return path
