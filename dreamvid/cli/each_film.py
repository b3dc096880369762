"""Subcommands `zoom`, `clip` and `loop` for commands that take a film's settings, such as `dreamvid plan zoom`."""

from collections.abc import Callable
from functools import partial, wraps
from inspect import signature

import typer

from dreamvid.cli.options import Clip, Picture, Source, respelled, with_settings
from dreamvid.cli.pages import Command
from dreamvid.cli.work import with_run
from dreamvid.settings import ClipSettings, LoopSettings, ZoomSettings

FILMS = {"zoom": (Picture, ZoomSettings), "clip": (Clip, ClipSettings), "loop": (Source, LoopSettings)}
"""Command → (type of its argument, its settings class)."""


def add_each_film(group: typer.Typer, about: str, body: Callable[..., None]) -> None:
    """Adds the commands `zoom`, `clip` and `loop` to a group.

    Args:
        group: the group.
        about: the help text of each command; {} is replaced by the command's name.
        body: called as (command, source, settings, further options…).
    """
    for name, (source, settings) in FILMS.items():
        call = wraps(body)(partial(body, name))
        call.__name__, call.__doc__ = name, about.format(name)
        given = {"source": source, "settings": settings}
        _, *others = signature(body, eval_str=True).parameters.values()
        call = respelled(call, [each.replace(annotation=given.get(each.name, each.annotation)) for each in others])
        group.command(cls=Command)(with_settings(with_run(call)))
