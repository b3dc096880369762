"""Runs the work of a command: with progress, without the chatter of native libraries, and so that it can be ended."""

from collections.abc import Callable
from dataclasses import asdict
from json import dumps
from typing import Any, ClassVar, Protocol, TypeVar

import typer

from dreamvid.cli.console import native_messages
from dreamvid.cli.progress import Reporter, cancellable
from dreamvid.events import Observe, Warn

Made = TypeVar("Made")


class Record(Protocol):
    """A dataclass that tells what was made, and where."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def output(self) -> str:
        """The path of what was made."""
        ...


def carry_out(work: Callable[[Observe, Warn], Made], *, quiet: bool, verbose: bool) -> Made:
    """What `work(observe, warn)` returns; its events and warnings go to stderr."""
    # In this order: a reporter made before would write to the descriptor that is silenced.
    with native_messages(shown=verbose):
        reporter = Reporter(quiet=quiet, verbose=verbose)
        try:
            with cancellable(reporter.observe) as observe:
                return work(observe, reporter.warn)
        finally:
            reporter.close()


def show(record: Record, *, json: bool) -> None:
    """Prints a record of what was made on stdout: its path, or all of it as one line of JSON.

    Where stdout carries the film itself, only the JSON is printed, on stderr.
    """
    piped = record.output == "-"
    if json or not piped:
        typer.echo(dumps(asdict(record)) if json else record.output, err=piped)
