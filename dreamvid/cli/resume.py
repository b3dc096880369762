"""`dreamvid resume`, `dreamvid status` and `dreamvid verify`: renders that were stopped."""

import shlex
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.options import Json, Quiet, Verbose
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False, help="The work folder, OUTPUT.dreamvid.")]


def resume(folder: Folder, *, quiet: Quiet = False, verbose: Verbose = False, json: Json = False) -> None:
    """Goes on with a render that was stopped. So does the command that began it, when it is given again."""
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Rendered:
        return pipeline.resume(folder, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)


def status(folder: Folder, *, json: Json = False) -> None:
    """Says how far a render is, which may be running, and how to go on with one that was stopped."""
    from dreamvid import pipeline

    found = pipeline.status(folder)
    if json:
        typer.echo(dumps(asdict(found)))
        return
    dreams = f" and {found.dreams} dreams" if found.dreams else ""
    typer.echo(f"{found.output}: {found.frames} of {found.total} frames{dreams} of a {found.command} are kept, "
               f"finished stretches: {found.stretches}")
    typer.echo(f"{folder} takes {found.bytes / 1e6:.1f} MB, and up to {found.most_bytes / 1e6:.1f} MB besides what is "
               "finished")
    typer.echo("a render works there now" if found.running else f"dreamvid resume {shlex.quote(str(folder))}")


def verify(folder: Folder) -> None:
    """Checks every file of a work folder against the hash in its journal; exit code 7 if one is damaged."""
    from dreamvid import pipeline

    work = pipeline.verify(folder)
    typer.echo(f"{folder} is sound: {work.frames} frames")
