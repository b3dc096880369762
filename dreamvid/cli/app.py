"""The application: registers the commands. All errors are printed and turned into exit codes here."""

import os
import re
import sys
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from dreamvid import __version__
from dreamvid.cli.farm import farm
from dreamvid.cli.making import clip, compare, encode, extend, image, layers, loop, rerun, resume, zoom
from dreamvid.cli.measure import measure, sound, timeline
from dreamvid.cli.options import option_of
from dreamvid.cli.pages import Command, Group
from dreamvid.cli.plan import plan, render
from dreamvid.cli.reports import classes, config, doctor, networks, presets, show, status, verify
from dreamvid.cli.studio import jobs, studio, work
from dreamvid.errors import DreamvidError
from dreamvid.settings import near


class ErrorsToExitCodes(Group):
    """Runs a command. A known error prints one sentence on stderr and sets the exit code."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        try:
            code = super().main(*args, standalone_mode=False, **extra)
        except DreamvidError as error:
            code = _print_error(error.sentence(option_of), error.exit_code)
        except TyperException as error:
            code = _print_error(_usage_error(error), error.exit_code)
        except typer.Abort:
            code = _print_error("stopped", 130)
        if not standalone_mode:
            return code
        sys.exit(code or 0)

    def invoke(self, ctx: Any) -> Any:
        """Runs the named command. If the reader of stdout ends early, as `head` does, the exit code is 0."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


def _usage_error(error: TyperException) -> str:
    """The error message for invalid arguments."""
    text = error.format_message().rstrip(".")
    if extra := re.fullmatch(r"Got unexpected extra argument.* \((\S+\.\S+|\S+/)\)", text):
        return f"{text}; if the result should have this name, give -o {extra[1]}"
    if number := re.match(r"Invalid value for '(.+?)': Input should be a valid (?:integer|number)", text):
        return f"{number[1]} must be a number"
    if option := re.fullmatch(r"No such option: (\S+)(?: \(Possible options: (.+)\)|.*)", text):
        word, possible = option[1].lstrip("-"), (option[2] or "").split(", ")
        return f"there is no option {option[1]}{near(f'--{word}', [one for one in possible if near(word, [one[2:]])])}"
    return text


def _print_error(message: str, code: int) -> int:
    typer.echo(f"dreamvid: {' '.join(message.split())}", err=True)
    return code


class App(typer.Typer):
    """The application. It builds only the command that is named, since building all takes a sixth of the start."""

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Runs the command of the command line."""
        name = next(iter(sys.argv[1:]), "")
        commands = [one for one in self.registered_commands if one.callback and one.callback.__name__ == name]
        groups = [one for one in self.registered_groups if one.name == name]
        if (commands or groups) and name not in ("help", "config"):  # these describe others
            self.registered_commands, self.registered_groups = commands, groups
        return super().__call__(*args, **settings)


app = App(
    name="dreamvid", cls=ErrorsToExitCodes, pretty_exceptions_enable=False,
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


Words = Annotated[list[str] | None, typer.Argument(metavar="COMMAND", show_default=False)]


def help(context: typer.Context, words: Words = None) -> None:
    """Prints the help of a command: `dreamvid help zoom`."""
    found: Any = context.find_root()
    for word in words or ():
        if not isinstance(found.command, Group):
            break
        command: Any = found.command.resolve_command(found, [word])[1]
        found = typer.Context(command, info_name=word, parent=found)
    typer.echo(found.get_help())


for command in (zoom, clip, loop, image):
    app.command(cls=Command)(command)
app.add_typer(plan, name="plan")
app.add_typer(timeline, name="timeline")
app.add_typer(farm, name="farm")
app.add_typer(jobs, name="jobs")
for command in (studio, sound, render, status, resume, extend, verify, presets, compare, layers, classes, networks,
                encode, measure, show, rerun, doctor, help):
    app.command(cls=Command)(command)
app.command(cls=Command, hidden=True)(work)
app.command(cls=Command, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})(config)
