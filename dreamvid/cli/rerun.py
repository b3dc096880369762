"""`dreamvid rerun`."""

from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.options import Json, Output, Overwrite, Quiet, Verbose
from dreamvid.cli.work import carry_out, show
from dreamvid.errors import SettingError
from dreamvid.events import Observe, Warn

File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]
Source = Annotated[Path | None, typer.Option(
    "--input", metavar="PATH", show_default=False,
    help="The picture or clip. Without it, one of its name is looked for in the current folder and beside FILE.")]
Changes = Annotated[list[str] | None, typer.Option(
    "--set", metavar="KEY=VALUE", show_default=False,
    help="Change a setting, such as frames=600 or quality=fine; layers= unsets one. May be given several times.")]


def rerun(
    file: File,
    *,
    source: Source = None,
    output: Output = None,
    changes: Changes = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Makes a result again from the recipe that it carries: with the same versions and machine, the same frames.

    FILE is a film or picture made by dreamvid, or a recipe that `dreamvid show` wrote, which ends in .toml. Without -o
    the result is NAME-rerun in the current folder, in the format of FILE.
    """
    wanted = dict(map(_pair, changes or ()))
    from dreamvid.pipeline.rerun import Made
    from dreamvid.pipeline.rerun import rerun as make

    def work(observe: Observe, warn: Warn) -> Made:
        return make(file, output, source=source, changes=wanted, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise SettingError(f"--set is {text!r}; it must be KEY=VALUE, such as frames=600")
    return key.strip(), value
