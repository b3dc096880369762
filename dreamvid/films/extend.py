"""Extends a finished zoom; the result equals a zoom made with the longer length."""

from dataclasses import replace
from pathlib import Path
from typing import Unpack

from dreamvid.calls import calling
from dreamvid.errors import InputError, ResumeError, SettingError, named
from dreamvid.events import Caller, Listener
from dreamvid.films.commands import check_call
from dreamvid.films.film import frames_a_dream
from dreamvid.films.making import (
    Invocation,
    Rendered,
    job_of,
    open_plan_dreamer,
    placed,
    render_film,
    silent_film,
)
from dreamvid.films.moving import values_in
from dreamvid.films.plan import Plan, plan_film
from dreamvid.films.ranges import last_kept
from dreamvid.films.resume import begun_render, folder_of
from dreamvid.output.longer import begin_longer
from dreamvid.output.store import FINISHED
from dreamvid.output.work_folder import open_alone, open_to_read
from dreamvid.settings import time_of
from dreamvid.settings.options import CallOptions
from dreamvid.stills.given import PathName

_MOST_SECONDS = 1e6


def extend(
    film: PathName, *, seconds: float | str = 0, frames: int = 0, **options: Unpack[CallOptions]
) -> Rendered:
    """Makes a finished zoom longer. Its frames are, to the bit, those of a zoom made with the longer length.

    The film must have been made with `extendable=True`. When the longer film is done, it replaces the film and can be
    extended again. A poster and a contact sheet are not changed.

    Args:
        film: the film, or its work folder.
        seconds: the length to add; or
        frames: the same in frames.
        **options: `observe`, `warn`, as for `zoom`.

    Raises:
        ResumeError: the kept data is missing or damaged, or comes from another machine or version.
        SettingError: neither or both of `seconds` and `frames` are given; or curves depend on the film's length.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    more = _more(seconds, frames)
    folder = _folder(film)
    store, job = open_to_read(folder)
    begun, call = begun_render(folder, job)
    if FINISHED not in store.names():
        raise ResumeError(f"{call.output} is not finished; `dreamvid resume` continues it")
    check_call(call, begun.settings)
    with calling(options) as caller:
        plan = _planned(begun, call, begun.frames, caller)
        unlike = job_of(plan, call, plan.frames).differences(job)
        if unlike:
            raise ResumeError(f"{call.output} cannot be extended here: {unlike}")
        longer = _planned(begun, call, begun.frames + (frames or max(1, round(more * begun.fps))),
                          Listener(caller.observe))
        call = replace(call, poster="", sheet="")
        _check_curves(plan, longer, call, caller)
        with open_alone(folder) as kept:
            begin_longer(kept, silent_film(plan, call, plan.frames), job_of(longer, call, longer.frames))
        return render_film(longer, call, caller)


def _more(seconds: float | str, frames: int) -> float:
    more = time_of("seconds", seconds)
    if isinstance(more, str) or not 0 <= more <= _MOST_SECONDS or frames < 0 or (more > 0) == (frames > 0):
        raise SettingError(f"give how much longer the film should be, by {named('seconds')} or {named('frames')}")
    return more


def _folder(film: PathName) -> Path:
    folder = folder_of(film)
    if folder.is_dir():
        return folder
    if not Path(film).exists():
        raise InputError(f"{film} does not exist")
    raise ResumeError(f"{film} cannot be made longer: its last dream was not kept; make the zoom again with "
                      f"{named('extendable')}")


def _planned(begun: Plan, call: Invocation, frames: int, listener: Listener) -> Plan:
    settings = begun.settings.but(frames=frames, dream=placed(begun, call))
    return plan_film(begun.command, settings, call.paths, call.output, listener)


def _check_curves(plan: Plan, longer: Plan, call: Invocation, caller: Caller) -> None:
    """Refuses films whose curves would have other values in the existing part if the film were longer."""
    first, every = last_kept(plan), frames_a_dream(plan.fps, plan.settings.dream_rate)
    if not plan.curves or not first:
        return
    dreamer = open_plan_dreamer(plan, call, caller)
    now, then = (values_in(each, call.paths, dreamer) for each in (longer, plan))
    if any(now[n] != then[n] for n in range(first + every - 1)):
        raise SettingError(f"{call.output} cannot be made longer: its curves depend on the film's length (p, duration, "
                           "% or smoothing), so its existing frames would change; make the whole film again")
