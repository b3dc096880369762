"""The application: its commands, and the one place where errors are printed and become exit codes."""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from dreamvid import __version__
from dreamvid.cli.clip import clip
from dreamvid.cli.config import config
from dreamvid.cli.doctor import doctor
from dreamvid.cli.encode import encode
from dreamvid.cli.image import image
from dreamvid.cli.layers import layers
from dreamvid.cli.loop import loop
from dreamvid.cli.measure import measure
from dreamvid.cli.networks import networks
from dreamvid.cli.presets import presets
from dreamvid.cli.rerun import rerun
from dreamvid.cli.resume import resume, status, verify
from dreamvid.cli.show import show
from dreamvid.cli.zoom import zoom
from dreamvid.errors import DreamvidError


class ErrorsToExitCodes(TyperGroup):
    """Runs a command; what goes wrong for a known reason is one sentence on stderr and its exit code."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        try:
            code = super().main(*args, standalone_mode=False, **extra)
        except DreamvidError as error:
            code = _say(str(error), error.exit_code)
        except TyperException as error:
            code = _say(error.format_message().rstrip("."), error.exit_code)
        except typer.Abort:
            code = _say("stopped", 130)
        except BrokenPipeError:  # who reads what we print has enough of it, as `head` has
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        if not standalone_mode:
            return code
        sys.exit(code or 0)


def _say(message: str, code: int) -> int:
    typer.echo(f"dreamvid: {' '.join(message.split())}", err=True)
    return code


app = typer.Typer(
    name="dreamvid", cls=ErrorsToExitCodes, no_args_is_help=True, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dreamvid {__version__}")
        raise typer.Exit


@app.callback()
def dreamvid(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """DeepDream films: endless zooms, dreamed clips and loops."""


app.command()(zoom)
app.command()(image)
app.command()(layers)
app.command()(networks)
app.command()(clip)
app.command()(loop)
app.command()(encode)
app.command()(measure)
app.command()(presets)
app.command()(config)
app.command()(resume)
app.command()(status)
app.command()(verify)
app.command()(show)
app.command()(rerun)
app.command()(doctor)
