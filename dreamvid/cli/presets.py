"""`dreamvid presets`."""

from json import dumps
from typing import Annotated

import typer

from dreamvid.cli.options import Json
from dreamvid.presets import find, names, text_of

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", show_default=False)]


def presets(name: Name = None, json: Json = False) -> None:
    """Lists the looks that `--preset` takes, each with what it looks like; or prints the TOML of one.

    That TOML in a file of your own, changed as you like, is a preset too: --preset my.toml.
    """
    if name is not None and not json:
        typer.echo(text_of(name), nl=False)
        return
    found = [find(each) for each in ([name] if name is not None else names())]
    if json:
        typer.echo(dumps([{"name": look.name, "about": look.about, "settings": look.settings} for look in found]))
        return
    for look in found:
        typer.echo(f"{look.name:12} {look.about}")
