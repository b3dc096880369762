"""Commands that print information: settings, presets, networks, this machine, results and work folders."""

import shlex
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import dreamvid
from dreamvid.cli.options import File, Json, Preset, Stopped, on_the_command_line, warn_of_unknown_variables
from dreamvid.errors import SettingError
from dreamvid.settings import COMMANDS, keys_of, near, resolve, to_table
from dreamvid.settings.presets import find, names

if TYPE_CHECKING:
    from dreamvid.films import Status

StoppedOrNone = Annotated[Path | None, typer.Argument(metavar="FILM", show_default=False, help="The film, or its work "
                                                      "folder, FILM.dreamvid.")]
Command = Annotated[str, typer.Argument(metavar="COMMAND", help=f"One of {', '.join(COMMANDS)}.")]
Origin = Annotated[bool, typer.Option("--origin", help="Show where each value came from.")]
Network = Annotated[str | None, typer.Argument(metavar="NETWORK", show_default=False)]
Word = Annotated[str, typer.Argument(metavar="WORD", show_default=False)]
PresetWords = Annotated[list[str] | None, typer.Argument(metavar="NAME", show_default=False)]


def config(context: typer.Context, command: Command = "zoom", preset: Preset = None, origin: Origin = False) -> None:
    """Prints the settings that a command would use, as TOML, which is a preset too.

    It takes every option of COMMAND: `dreamvid config zoom --size 320 --preset petals`.

    The first that names a setting counts: an option; the environment (DREAMVID_STEP_SIZE=0.01); dreamvid.toml in the
    current folder; the user's file; a preset; the quality and the defaults.
    """
    from tomli_w import dumps as toml

    if command.startswith("-"):
        context.args, command = [command, *context.args], "zoom"
    if command not in COMMANDS:
        raise SettingError(f"COMMAND is {command!r}; it must be one of {', '.join(COMMANDS)}{near(command, COMMANDS)}")
    warn_of_unknown_variables()
    settings, origins = resolve(command, _options_of(context, command), preset=preset or "")
    typer.echo("[settings]")
    for key, value in to_table(settings).items():
        line = toml({key: value}).rstrip("\n")
        typer.echo(f"{line:40} # {_printable(origins[key])}" if origin else line)


def _options_of(context: typer.Context, command: str) -> dict[str, object]:
    """Parses the options that `config` does not know itself with the parser of the command that they are for."""
    other: Any = context.find_root().command
    other = other.commands[command]
    arguments = ["-" for param in other.params if param.param_type_name == "argument" and param.required]
    read = other.make_context(command, [*context.args, *arguments], parent=context)
    return {key: read.params[item.name] for key, (_, item) in keys_of(COMMANDS[command]).items()
            if on_the_command_line(read, item.name)}


def _printable(text: str) -> str:
    """The text without control characters, since a newline would end the TOML comment."""
    return "".join(character if character.isprintable() else "?" for character in text)


def presets(words: PresetWords = None, json: Json = False) -> None:
    """Lists the looks that `--preset` takes, each with what it looks like; with NAME, prints the TOML of one.

    `dreamvid presets save FILM my-look` makes a preset of a film or picture, for `--preset my-look`.

    The printed TOML in a file of your own, changed as you like, is a preset too: --preset my.toml.
    """
    if words and words[0] == "save":
        if len(words) != 3:
            raise SettingError("give a result and a name: dreamvid presets save FILM my-look")
        typer.echo(dreamvid.save_preset(words[1], words[2]))
        return
    if len(words or ()) > 1:
        raise SettingError(f"give one name; {len(words or ())} are given")
    if words and not json:
        typer.echo(find(words[0]).file.read_text("utf-8"), nl=False)
        return
    found = [find(each) for each in (words or names())]
    if json:
        typer.echo(dumps([{"name": look.name, "about": look.about, "settings": look.settings} for look in found]))
        return
    for look in found:
        typer.echo(f"{look.name:14} {look.about}")


def networks(network: Network = None, json: Json = False) -> None:
    """Lists the networks, what their layers grow, and whether their weights are here; or every layer of one.

    NETWORK is a name in the list, or the file of a frozen TensorFlow graph, which ends in .pb.
    """
    if network is None:
        _list_networks(json=json)
    else:
        _list_layers(network, json=json)


def _list_networks(*, json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    found = dreamvid.networks()
    if json:
        typer.echo(dumps([asdict(one) for one in found]))
        return
    table = Table("network", "MB", "weights", "layers worth dreaming, and what they grow", box=None, pad_edge=False)
    for entry in found:
        grows = "; ".join(f"{layer}: {what}" for layer, what in entry.layers.items())
        table.add_row(entry.name, str(entry.megabytes), "here" if entry.here else "to be fetched", grows)
    Console(highlight=False).print(table)


def _list_layers(network: str, *, json: bool) -> None:
    from dreamvid.dream.networks import layers_of

    found = layers_of(network)
    if json:
        typer.echo(dumps(dict(found)))
        return
    for layer, channels in found.items():
        typer.echo(f"{layer:40} {channels:5} channels")


def doctor(json: Json = False) -> None:
    """Checks the installation: versions, devices, ffmpeg, weights, free disk, and a film of five frames."""
    from dreamvid.doctor import examine

    findings = examine()
    if json:
        typer.echo(dumps(findings))
    else:
        for name, value in findings.items():
            text = (", ".join(value) or "none") if isinstance(value, list) else value
            typer.echo(f"{name:16} {text}")


def show(file: File) -> None:
    """Prints the recipe that a film or picture made by dreamvid carries, as TOML.

    `dreamvid rerun` makes the result again.
    """
    from dreamvid.recipe import to_toml

    typer.echo(to_toml(dreamvid.show(file)), nl=False)


def classes(word: Word = "", json: Json = False) -> None:
    """Lists what --class takes: everyday words, each the mean of its classes, and the classes of ImageNet.

    With WORD, those whose names have a word that begins with it, and the classes of an everyday word.
    """
    from dreamvid.dream.networks.classes import GROUPS, class_names, classes_called, classes_with, group

    found = classes_with(word)
    words = sorted(each for each in GROUPS if word.lower() in each)
    if json:
        typer.echo(dumps({"words": {each: group(each) for each in words},
                          "classes": {index: class_names(index) for index in found}}))
        return
    if not (found or words):
        classes_called(word)  # raises an error that suggests similar names
    for each in words:
        typer.echo(f"{each:12} the mean of {GROUPS[each]}")
    for index in found:
        typer.echo(f"{index:3} {class_names(index)}")


def status(film: StoppedOrNone = None, *, json: Json = False) -> None:
    """Shows the progress of a render, running or stopped, and how to resume it.

    Without FILM it lists the unfinished renders of the current folder.
    """
    found = [dreamvid.status(film)] if film is not None else dreamvid.unfinished()
    if json:
        records = [asdict(one) for one in found]
        typer.echo(dumps(records if film is None else records[0]))
        return
    if not found:
        typer.echo("no render is unfinished in this folder")
    for one in found:
        _print_status(one)


def _print_status(found: "Status") -> None:
    if found.finished:
        typer.echo(f"{found.output}: the film is finished, {found.frames} frames of a {found.command}")
        typer.echo(f"{found.folder} takes {found.bytes / 1e6:.1f} MB")
        return
    dreams = f" and {found.dreams} dreams" if found.dreams else ""
    typer.echo(f"{found.output}: {found.frames} of {found.total} frames{dreams} of a {found.command} are kept, "
               f"finished ranges: {found.ranges}")
    typer.echo(f"{found.folder} takes {found.bytes / 1e6:.1f} MB, and up to {found.most_bytes / 1e6:.1f} MB besides "
               "what is finished")
    typer.echo("a render is running there" if found.running else f"dreamvid resume {shlex.quote(found.folder)}")


def verify(film: Stopped) -> None:
    """Checks every file of a work folder against its hash; exit code 7 if one is damaged."""
    typer.echo(f"{film} is intact: {dreamvid.verify(film)} frames")
