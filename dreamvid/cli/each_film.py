"""Commands of commands that take the settings of a film: `dreamvid plan zoom`, `clip` and `loop`."""

from collections.abc import Callable
from functools import partial, wraps
from inspect import signature

import typer

from dreamvid.cli.options import Clip, Picture, Source, respelled, with_settings
from dreamvid.cli.pages import Command
from dreamvid.cli.work import with_run
from dreamvid.settings import ClipSettings, LoopSettings, ZoomSettings

FILMS = {"zoom": (Picture, ZoomSettings), "clip": (Clip, ClipSettings), "loop": (Source, LoopSettings)}
"""Command → what it takes, and its settings."""


def add_each_film(group: typer.Typer, about: str, body: Callable[..., None]) -> None:
    """Adds the commands `zoom`, `clip` and `loop` to a group.

    Args:
        group: what they are added to.
        about: a sentence about one, in which {} is its name.
        body: (command, source, settings, further options…) → carries it out.
    """
    for name, (source, settings) in FILMS.items():
        call = wraps(body)(partial(body, name))
        call.__name__, call.__doc__ = name, about.format(name)
        given = {"source": source, "settings": settings}
        _, *others = signature(body, eval_str=True).parameters.values()
        call = respelled(call, [each.replace(annotation=given.get(each.name, each.annotation)) for each in others])
        group.command(cls=Command)(with_settings(with_run(call)))
