"""The pages of `--help`: plain text, as wide as the terminal.

A command with many options has two: a short page, and `--help-all` with every option.
"""

from collections.abc import Iterator
from inspect import cleandoc
from shutil import get_terminal_size
from textwrap import fill
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from dreamvid.cli.first_pages import COMMANDS, FIRST_PAGES
from dreamvid.settings import plain

LEFT, WIDEST = 24, 100
"""Width of the column of option names, and of a line, in characters."""


class Command(TyperCommand):
    """A command with plain pages of help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the first page, or the only one."""
        formatter.write(first_page(ctx) if self.name in FIRST_PAGES else whole_page(ctx))


class Group(TyperGroup):
    """A group of commands with a plain help page, which is also shown when no command is given."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses the arguments; without any, the help is shown."""
        return super().parse_args(ctx, args if args or ctx.resilient_parsing else ["--help"])

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the list of commands."""
        if ctx.parent is None:
            formatter.write(_all_commands(ctx, self))
            return
        usage = [f"Usage: {ctx.command_path} COMMAND [OPTIONS]", "", *_wrapped(self.help or "", 0)]
        commands = [_entry(name, _first_sentence(command)) for name, command in self.commands.items()]
        formatter.write("\n".join([*usage, "", "Commands", *commands, "", "Options", *_entries(ctx)]) + "\n")


def _all_commands(ctx: Any, group: Any) -> str:
    """The list of all commands, which fits a screen."""
    lines = [*_wrapped(group.help or "", 0), f"Usage: {ctx.command_path} COMMAND [OPTIONS]"]
    left = {name: command for name, command in group.commands.items() if not command.hidden}
    for heading, entries in COMMANDS.items():
        lines.append(heading)
        for names, text in entries.items():
            found = [name for name in names.split(", ") if left.pop(name, None)]
            lines += [_entry(", ".join(found), text)] if found else []
    lines += [_entry(name, _first_sentence(command)) for name, command in left.items()]
    options = ", ".join(param.opts[-1] for param in _options(ctx))
    return "\n".join([*lines, "Options", *_wrapped(options, 2)]) + "\n"


def _print_all(ctx: typer.Context, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        typer.echo(whole_page(ctx), nl=False)
        raise typer.Exit


HELP_ALL = "help_all"
HelpAll = Annotated[bool, typer.Option(
    "--help-all", help="Show every option, and end.", is_eager=True, callback=_print_all)]


def first_page(ctx: Any) -> str:
    """The short help page of a command. `plan zoom` and `timeline zoom` show the options of `zoom`."""
    page, path = FIRST_PAGES[ctx.command.name], _path(ctx)
    params = {param.name: param for param in ctx.command.params}
    examples, texts = page.examples, page.options
    if path != ctx.command.name:
        examples = (page.examples[0].replace(ctx.command.name, path, 1),)
        texts = {name: _help(param) for name, param in params.items() if name in ("output", "film", "estimate")} | {
            name: text for name, text in texts.items() if name != "output"}
    options = [_entry(_names(params[name], short=True), text) for name, text in texts.items() if name in params]
    return "\n".join([
        _usage(ctx), *_wrapped(_paragraphs(ctx)[0], 0), "", *(f"  {example}" for example in examples), "",
        *options, _entry("--help-all", "every option, with its range and default")]) + "\n"


def whole_page(ctx: Any) -> str:
    """The full help page of a command, with its options in groups."""
    paragraphs = [line for text in _paragraphs(ctx) for line in (*_wrapped(text, 0), "")]
    return "\n".join([_usage(ctx), "", *paragraphs, *_groups(ctx)]) + "\n"


def _groups(ctx: Any) -> Iterator[str]:
    arguments = [param for param in ctx.command.params if param.param_type_name == "argument" and param.help]
    for param in arguments:
        yield _entry(param.display_name_raw.strip("[]"), param.help)
    if arguments:
        yield ""
    panels = dict.fromkeys(param.rich_help_panel or "Options" for param in _options(ctx))
    for n, panel in enumerate(panels):
        yield from ([] if n == 0 else [""])
        yield panel
        yield from _entries(ctx, panel)


def _entries(ctx: Any, panel: str = "Options") -> Iterator[str]:
    return (_entry(_names(param), _printed(ctx, param) or _help(param)) for param in _options(ctx)
            if (param.rich_help_panel or "Options") == panel)


def _printed(ctx: Any, param: Any) -> str:
    """The help of `--json`, which lists the printed keys; '' for other options."""
    found = RECORDS.get(_path(ctx), "") if param.name == "json" else ""
    return f"Print one line of JSON: {found}." if found else ""


def _path(ctx: Any) -> str:
    """The command's path without the program name: 'plan zoom'."""
    return "" if ctx.parent is None else f"{_path(ctx.parent)} {ctx.info_name}".lstrip()


def _options(ctx: Any) -> list[Any]:
    return [param for param in ctx.command.get_params(ctx) if param.param_type_name == "option" and not param.hidden]


def _usage(ctx: Any) -> str:
    arguments = [param for param in ctx.command.params if param.param_type_name == "argument"]
    names = [param.display_name_raw.strip("[]") + ("" if param.nargs == 1 else " …") for param in arguments]
    shown = [name if param.required else f"[{name}]" for name, param in zip(names, arguments, strict=True)]
    return " ".join(["Usage:", ctx.command_path, *shown, "[OPTIONS]"])


def _paragraphs(ctx: Any) -> list[str]:
    return cleandoc(ctx.command.help or "").split("\n\n")


def _first_sentence(command: Any) -> str:
    return cleandoc(command.help or "").replace("\n", " ").partition(". ")[0].rstrip(".")


def _names(param: Any, *, short: bool = False) -> str:
    """How an option is written: '-o, --output PATH'."""
    long = [name for name in param.opts if name.startswith("--")]
    names = [name for name in param.opts if name not in long]
    names += long[:1] if short else [*long, *param.secondary_opts]
    metavar = "" if param.is_flag else param.metavar or "TEXT"
    if short and "|" in metavar:  # of NUMBER|CURVE the first; the values of choices are too long
        metavar = metavar.partition("|")[0] if metavar.isupper() else "WORD"
    return f"{', '.join(names)} {metavar}".rstrip()


def _help(param: Any) -> str:
    default = param.show_default
    if default is True:
        value = param.default
        default = "yes" if value is True else "" if value is None or value is False else plain(value)
    return f"{(param.help or '').rstrip()} Default: {default}." if default else param.help or ""


def _entry(name: str, text: str) -> str:
    """A name with its text beside it, or below it if the name is long."""
    lines = _wrapped(text, LEFT)
    first = f"  {name}"
    if len(first) < LEFT and lines:
        return "\n".join([first.ljust(LEFT) + lines[0].lstrip(), *lines[1:]])
    return "\n".join([first, *lines])


def _wrapped(text: str, indent: int) -> list[str]:
    width = min(max(get_terminal_size().columns, 60), WIDEST)
    return fill(" ".join(text.split()), width, initial_indent=" " * indent, subsequent_indent=" " * indent,
                break_on_hyphens=False).splitlines() if text else []


_FILM = "output, frames, width, height, fps, seconds (of rendering), frames_per_second (made), seed, network, weights"
_PICTURE = "output, width, height, seconds, seed, network, weights, scores (of every step)"

RECORDS = {
    **dict.fromkeys(("zoom", "loop", "resume", "extend"), _FILM),
    "render": f"{_FILM}; with --range output, first, stop, seconds",
    "clip": f"{_FILM}; with --preview output, width, height, seconds, frames",
    "rerun": f"{_FILM}; of pictures and atlases what image and layers print",
    "image": f"{_PICTURE}; a line for each picture",
    "layers": "output, width, height, seconds, labels (of the pictures), seed, network, weights",
    "compare": "output, width, height, seconds, labels (of the pictures)",
    "encode": "output, frames, width, height, fps, seconds",
    "sound": "output, file, seconds, bpm, other_bpm, first_beat, beats",
    "measure": "output, frames, scenes (where each begins), warping_error, source_warping_error, ratio, activation, "
               "source_activation, largest_jump, sharpness, source_sharpness, clipped, flicker; with --loop frames, "
               "last, median (steps, from 0 to 1), steady, last_jump, other_jump (steps beside those around them), "
               "jump (a frame), ghosts, usual_ghosts, ghost (a frame), closes; with --audio output, frames, fps, "
               "lags",
    "status": "folder, output, command, frames, total, dreams, ranges, bytes, most_bytes, running, finished; without "
              "FILM a list of them",
    "presets": "a list of name, about, settings",
    "networks": "a list of name, layers, megabytes, here; with NETWORK an object of its layers and their channels",
    "classes": "words, classes (each an object of names)",
    "doctor": "an object of what was found, by the names that are printed without --json",
    **dict.fromkeys(("plan zoom", "plan clip", "plan loop"),
                    "with --estimate frames, dreams, seconds, bytes, memory; else the plan"),
    **dict.fromkeys(("timeline zoom", "timeline clip", "timeline loop"), "output, seconds, moving (the settings)"),
}
"""Command → the keys of the object that it prints."""
