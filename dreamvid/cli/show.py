"""`dreamvid show`."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]


def show(file: File) -> None:
    """Prints the recipe that a film or picture made by dreamvid carries, as TOML.

    `dreamvid rerun` makes the result again.
    """
    from dreamvid.pipeline.recipe import recipe_of
    from dreamvid.recipe import to_toml

    typer.echo(to_toml(recipe_of(file)), nl=False)
