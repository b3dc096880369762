"""Iterates over the frames of a film without writing a file."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import Any, Literal, Unpack

import numpy as np

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.calls import called
from dreamvid.events import Begun, Caller, Frame
from dreamvid.films.commands import settings_for_input
from dreamvid.films.film import StoredFilm
from dreamvid.films.making import Invocation, open_material
from dreamvid.films.plan import FILMS, Plan, files_of, plan_film
from dreamvid.films.ranges import Range, dream_all, lengths, pictures_of
from dreamvid.media.remote import local
from dreamvid.settings.options import AnyOptions
from dreamvid.stills.given import Picture, as_path

_ANY_FILM = "film.mkv"  # a container that supports every frame rate


def frames(
    source: Picture | Sequence[Picture], command: Literal["zoom", "clip", "loop"] = "zoom", settings: Any = None,
    **options: Unpack[AnyOptions],
) -> Iterator[Image]:
    """Yields the frames of a film as they are made. Settings and inputs are checked at the call, before iteration.

    Args:
        source: as for `zoom`, `clip` or `loop`.
        command: the kind of film.
        settings: settings as an object; keyword settings take precedence.
        **options: settings by keyword; and `preset`, `observe`, `warn`, as for `zoom`.

    Returns:
        float32 arrays of shape (height, width, 3), RGB, in [0, 1].

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    stack = ExitStack()
    with stack:
        wanted, caller = stack.enter_context(called(FILMS[command], settings, options))
        path = local(stack.enter_context(as_path(source)), caller, offline=wanted.dream.offline)
        role, wanted = settings_for_input(command, path, wanted, _ANY_FILM)
        paths = {role: path, **files_of(wanted)}
        call = Invocation(paths=paths, output=_ANY_FILM, offline=wanted.dream.offline)
        plan = plan_film(command, wanted, paths, _ANY_FILM, caller)
        return _rendered(plan, call, caller, stack.pop_all())
    raise AssertionError  # the stack suppresses nothing


def _rendered(plan: Plan, call: Invocation, caller: Caller, stack: ExitStack) -> Iterator[Image]:
    with stack:
        material = open_material(plan, call, caller)
        film, dreams = plan.kind.film(material), material.dreams
        there, total = lengths(plan, material.prepared)
        shown: list[np.ndarray] = []  # for the way back
        if isinstance(film, StoredFilm):
            dream_all(film, dreams, caller)
        caller.observe(Begun(total))
        with closing(pictures_of(film, Range(0, total, free=True), dreams, there, first=0, left=None,
                                 shown=lambda n: from_uint8(shown[n]))) as pictures:
            for n, (picture, _) in enumerate(pictures, 1):
                if n <= there < total:
                    shown.append(to_uint8(picture))
                caller.observe(Frame(n, total, picture))
                yield picture
