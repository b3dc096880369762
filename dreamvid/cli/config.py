"""`dreamvid config`."""

from typing import Annotated

import typer

from dreamvid.cli.configuration import configured, made, origins, settled, warn_of_unknown_variables
from dreamvid.cli.options import Preset
from dreamvid.errors import SettingError
from dreamvid.settings import COMMANDS, near, to_table

Command = Annotated[str, typer.Argument(metavar="[COMMAND]", help=f"One of {', '.join(COMMANDS)}.")]
Origin = Annotated[bool, typer.Option("--origin", help="Say where each value came from.")]


def config(command: Command = "zoom", preset: Preset = None, origin: Origin = False) -> None:
    """Prints the settings that a command would use, as TOML, which is a preset too.

    The first that names a setting counts: an option; the environment (DREAMVID_STEP_SIZE=0.01); dreamvid.toml in the
    current folder; the user's file; a preset; the quality and the defaults.
    """
    from tomli_w import dumps

    if command not in COMMANDS:
        raise SettingError(f"COMMAND is {command!r}; it must be one of {', '.join(COMMANDS)}{near(command, COMMANDS)}")
    warn_of_unknown_variables()
    kind = COMMANDS[command]
    chosen = settled(kind, configured(command, preset))
    settings = made(kind, chosen)
    whence = origins(settings, chosen)
    typer.echo("[settings]")
    for key, value in to_table(settings).items():
        line = dumps({key: value}).rstrip("\n")
        typer.echo(f"{line:40} # {_printable(whence[key])}" if origin else line)


def _printable(text: str) -> str:
    """Text that cannot end a comment."""
    return "".join(character if character.isprintable() else "?" for character in text)
