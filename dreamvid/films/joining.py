"""Joins a film whose ranges are in a shared store."""

from collections.abc import Callable
from dataclasses import replace
from json import dumps
from pathlib import Path
from time import perf_counter

from dreamvid.errors import ResumeError
from dreamvid.events import Doing, Listener
from dreamvid.films.making import Invocation, Rendered, open_kept, rendered
from dreamvid.films.shared import SharedFilm, words_of
from dreamvid.output.names import target_of
from dreamvid.output.pictures import copy_pictures
from dreamvid.output.progress import range_name
from dreamvid.output.store import Body, Store

_MOST_NAMED = 12


def join(film: SharedFilm) -> Rendered:
    """Makes the film from its ranges: copies them, and adds the sound.

    Raises:
        ResumeError: ranges are missing or damaged; they are named.
        DreamvidError: the film could not be written.
    """
    begun = perf_counter()
    _refuse_missing(film, film.missing())
    bodies = {n: film.shared.get(range_name(part.first, part.stop)) or {} for n, part in enumerate(film.ranges)}
    makers = {dumps({**body.get("maker", {}), "host": ""}) for body in bodies.values()}
    call = replace(film.call, mixed=len(makers) > 1)
    film.listener.observe(Doing("joining the ranges"))
    quiet = Listener(warn=film.listener.warn)
    with open_kept(film.plan, film.prepared, call, quiet, film.shared.get("machine")) as writer:
        if writer is not None:
            _refuse_missing(film, [n for n, body in bodies.items() if not _fetched(film, n, body, writer.store)])
    return rendered(film.plan, call, film.ranges[-1].stop, 0, perf_counter() - begun)


def _fetched(film: SharedFilm, number: int, body: Body, store: Store) -> bool:
    """Copies a range into the film's own store. A damaged one is removed, so that it is made again."""
    name = range_name(film.ranges[number].first, film.ranges[number].stop)
    try:
        copy_record(name, body, store, film.call, film.shared.fetch)
    except ResumeError as error:
        film.listener.warn(f"{error}; {words_of(name)} must be made again")
        film.shared.remove(name)
        return False
    return True


def copy_record(name: str, body: Body, store: Store, call: Invocation, fetch: Callable[[str, Path], None]) -> None:
    """Copies a range or a dream that another process made into the store of the film.

    Args:
        name, body: its record.
        store: the film's store.
        call: the film's invocation; numbered pictures get their names in its output.
        fetch: copies a file, which is named by its content, to a path.
    """
    for file in body["files"]:
        path = store.new_path(Path(file).suffix)
        fetch(file, path)
        store.name_by_content(path)
    if "pictures" in body:
        first, target = int(name.split("-")[1]), target_of(call.output)
        body = {**body, "pictures": copy_pictures(target, first, body["pictures"], fetch, overwrite=call.overwrite)}
    store.put(name, body)


def _refuse_missing(film: SharedFilm, missing: list[int]) -> None:
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        raise ResumeError(f"{film.shared} lacks {len(missing)} of {len(film.ranges)} ranges: "
                          f"{', '.join(map(str, missing[:_MOST_NAMED]))}{more}; --range makes one")
