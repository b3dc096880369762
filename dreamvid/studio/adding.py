"""Adds films and pictures to the queue as jobs."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.events import Caller
from dreamvid.films.commands import planned, read_plan
from dreamvid.films.making import Invocation
from dreamvid.films.plan import Plan
from dreamvid.films.source import find_inputs
from dreamvid.output.still import check_still
from dreamvid.settings import to_table
from dreamvid.stills.dreaming import check_dream, with_engine
from dreamvid.studio.folder import Studio
from dreamvid.studio.jobs import Job, add


def add_plan(studio: Studio, file: Path, inputs: Mapping[str, Path]) -> Job:
    """Adds the film of a plan to the queue.

    Args:
        file: the plan's JSON file.
        inputs: role → path of an input; see `films.commands.render`.

    Raises:
        InputError: the file is not a plan, or an input is missing or has changed.
    """
    plan = read_plan(file)
    call = Invocation(paths=find_inputs(plan.inputs, inputs, file), output="")
    return _add(studio, plan, call, file.stem, {})


def _add(studio: Studio, plan: Plan, call: Invocation, name: str, draft: Mapping[str, Any]) -> Job:
    suffix = f"/{plan.container}" if plan.is_numbered else plan.container
    about = {"plan": json.loads(plan.to_json()), "call": call.to_dict(), "draft": dict(draft)}
    return add(studio, plan.command, name, suffix, about)


def add_draft(
    studio: Studio, command: str, source: Path | None, settings: Any, *, name: str, suffix: str,
    draft: Mapping[str, Any], caller: Caller,
) -> Job:
    """Plans a film or a picture, and adds it to the queue.

    Args:
        command: zoom, clip, loop or image.
        source: the picture or clip; None for a picture made from noise.
        settings: the command's settings object.
        name, suffix: of the result.
        draft: the draft as the page sent it, stored so that the page can show it again.
        caller: receives warnings.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    if command == "image":
        settings = with_engine(settings, caller.warn)
        check_still(studio.folder / f"{name}{suffix}", overwrite=True, bits=settings.bits)
        check_dream(settings.dream, caller)
        paths = {"picture": str(source.absolute())} if source else {}
        about = {"settings": to_table(settings), "call": {"paths": paths}, "draft": dict(draft)}
        return add(studio, command, name, suffix, about)
    if source is None:
        raise SettingError("choose a picture or a clip first")
    if settings.film.poster or settings.film.sheet:
        raise SettingError("poster" if settings.film.poster else "sheet", None, "the studio writes none; leave it out")
    plan, call = planned(command, source, str(studio.folder / f"{name}{suffix}"), settings,
                         replace(caller, overwrite=True))
    return _add(studio, plan, replace(call, overwrite=False), name, draft)
