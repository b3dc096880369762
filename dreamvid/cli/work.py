"""Runs a command's work: shows progress, hides messages of native libraries, and handles Ctrl-C."""

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial, wraps
from inspect import signature
from json import dumps
from typing import Any, TypeVar

import typer

from dreamvid.calls import record_of
from dreamvid.cli.ending import cancellable
from dreamvid.cli.options import (
    Clip,
    Json,
    Nice,
    Picture,
    Quiet,
    Source,
    Verbose,
    keyword,
    replaced,
    respelled,
    with_settings,
)
from dreamvid.cli.pages import Command
from dreamvid.cli.progress import Reporter
from dreamvid.errors import out_of_memory
from dreamvid.events import Warn
from dreamvid.settings import ClipSettings, LoopSettings, ZoomSettings

Made = TypeVar("Made")

NICENESS = 10
"""Added to the process's niceness by `--nice`; the maximum is 19."""


@dataclass(frozen=True)
class Run:
    """The options shared by all commands that make something.

    Attributes:
        nice: whether to lower the priority of the process.
        quiet: whether only warnings are printed.
        verbose: whether scores and the messages of native libraries are printed too.
        json: whether the result is printed as JSON.
    """

    nice: Nice = False
    quiet: Quiet = False
    verbose: Verbose = False
    json: Json = False


def with_run(command: Callable[..., None]) -> Callable[..., None]:
    """Replaces a command's parameter `run` by the options of `Run`."""
    added = [keyword(item.name, item.type, item.default) for item in fields(Run)]
    return replaced(command, "run", added, lambda given: Run(**given))


def carry_out(work: Callable[..., Made], run: Run) -> Made:
    """Calls `work(observe=…, warn=…)` and returns its result. Events and warnings are printed on stderr.

    Raises:
        ResourceError: memory ran out.
    """
    from dreamvid.dream.engines import native_messages

    # The reporter must be made second: one made before would write to the silenced descriptor.
    with native_messages(shown=run.verbose):
        reporter = Reporter(quiet=run.quiet, verbose=run.verbose)
        if run.nice:
            _lower_priority(reporter.warn)
        try:
            with cancellable(reporter.observe) as observe:
                return work(observe=observe, warn=reporter.warn)
        except MemoryError as error:
            raise out_of_memory() from error
        finally:
            reporter.close()


def make(run: Run, call: Callable[..., Any], *values: object, **options: object) -> None:
    """Calls a library function with `observe` and `warn` added, and prints its result."""
    show(carry_out(partial(call, *values, **options), run), run)


def _lower_priority(warn: Warn) -> None:
    """Lowers the priority of this process and its children."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    else:
        warn("this system cannot lower the priority of a process; --nice changes nothing")


def show(record: Any, run: Run) -> None:
    """Prints a result on stdout: its path, unless `quiet`; or the whole record as one line of JSON.

    A record is a dataclass with the attribute `output`. If the film itself is piped to stdout, no path is printed, and
    the JSON goes to stderr.
    """
    piped = record.output == "-"
    if run.json or not (piped or run.quiet):
        typer.echo(dumps(record_of(record)) if run.json else record.output, err=piped)


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
