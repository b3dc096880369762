"""Runs the work of a command: with progress, without the messages of native libraries, and so that it can be ended."""

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial, wraps
from inspect import signature
from json import dumps
from typing import Any, ClassVar, Protocol, TypeVar

import typer

from dreamvid.calls import record_of
from dreamvid.cli.ending import cancellable
from dreamvid.cli.options import Json, Nice, Quiet, Verbose, keyword, respelled
from dreamvid.cli.progress import Reporter
from dreamvid.errors import out_of_memory
from dreamvid.events import Warn

Made = TypeVar("Made")

NICENESS = 10
"""What `--nice` adds to the process's niceness, of which 19 is the most."""


class Record(Protocol):
    """A dataclass that says what was made, and where."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def output(self) -> str:
        """The path of what was made."""
        ...


@dataclass(frozen=True)
class Run:
    """The options that all commands have which make something.

    Attributes:
        nice: whether the work has a lower priority than other programs.
        quiet: whether only warnings are printed.
        verbose: whether scores and the messages of native libraries are printed too.
        json: whether the record of what was made is printed.
    """

    nice: Nice = False
    quiet: Quiet = False
    verbose: Verbose = False
    json: Json = False


def with_run(command: Callable[..., None]) -> Callable[..., None]:
    """Replaces a command's parameter `run` by the options of `Run`."""
    @wraps(command)
    def called(**values: Any) -> None:
        command(run=Run(**{item.name: values.pop(item.name) for item in fields(Run)}), **values)

    others = [parameter for name, parameter in signature(command, eval_str=True).parameters.items() if name != "run"]
    return respelled(called, [*others, *(keyword(item.name, item.type, item.default) for item in fields(Run))])


def carry_out(work: Callable[..., Made], run: Run) -> Made:
    """What `work(observe=…, warn=…)` returns; its events and warnings go to stderr.

    Raises:
        ResourceError: memory ran out.
    """
    from dreamvid.dream.engines.native import native_messages

    # In this order: a reporter made before would write to the descriptor that is silenced.
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


def make(run: Run, call: Callable[..., Record], *values: object, **options: object) -> None:
    """Calls a function of the library, which takes `observe` and `warn` too, and prints its record."""
    show(carry_out(partial(call, *values, **options), run), run)


def _lower_priority(warn: Warn) -> None:
    """Lowers the priority of this process, and so of those that it starts."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    else:
        warn("this system cannot lower the priority of a process; --nice changes nothing")


def show(record: Record, run: Run) -> None:
    """Prints a record of what was made on stdout: its path, or all of it as one line of JSON. Quiet, it prints no path.

    Where stdout carries the film itself, only the JSON is printed, on stderr.
    """
    piped = record.output == "-"
    if run.json or not (piped or run.quiet):
        typer.echo(dumps(record_of(record)) if run.json else record.output, err=piped)
