"""Command-line options made from the settings classes, so that each is declared once."""

import inspect
from collections.abc import Callable
from dataclasses import Field
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from dreamvid.cli.configuration import OPTION, Sourced, configured, made, settled, warn_of_unknown_variables
from dreamvid.presets import names as preset_names
from dreamvid.settings import COMMANDS, Settings, frame_rate, leaves, option_of, spec_of, type_of

Output = Annotated[str | None, typer.Option("--output", "-o", metavar="PATH", show_default=False)]
Overwrite = Annotated[bool, typer.Option("--overwrite", "-y", help="Replace an output that exists.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but warnings and errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say the loss of the steps, and what TensorFlow says.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON record of what was made.")]
Preset = Annotated[str | None, typer.Option(
    "--preset", metavar="NAME|FILE", show_default=False, autocompletion=preset_names,
    help="A look: a name that `dreamvid presets` lists, or a TOML file, which may be a recipe.")]
Picture = Annotated[Path, typer.Argument(metavar="PICTURE", show_default=False)]


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Replaces a command's parameter `settings`, annotated with a settings class, by one option for each setting.

    What no option names comes from the environment, the files of settings and the preset, in `COMMANDS`'s commands.
    """
    kind: type[Settings] = get_type_hints(command)["settings"]
    options = [_option(kind, owner, item) for owner, item in leaves(kind)]
    names = {option.name for option in options}
    signature = inspect.signature(command, eval_str=True)
    others = [parameter for name, parameter in signature.parameters.items() if name != "settings"]
    has_presets = COMMANDS.get(command.__name__) is kind
    added = [_keyword("context", typer.Context), *([_keyword("preset", Preset, None)] if has_presets else [])]

    @wraps(command)
    def run(context: typer.Context, preset: str | None = None, **values: Any) -> None:
        given = {name: Sourced(values.pop(name), OPTION) for name in names}
        ranks = [{name: value for name, value in given.items() if _on_the_command_line(context, name)}]
        if has_presets:
            warn_of_unknown_variables()
            ranks += configured(command.__name__, preset)
        command(settings=made(kind, settled(kind, ranks)), **values)

    parameters = [*others, *added, *options]
    run.__signature__ = signature.replace(parameters=parameters)  # pyright: ignore[reportAttributeAccessIssue]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _keyword(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _on_the_command_line(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _option(kind: type[Settings], owner: type[Settings], item: Field[Any]) -> inspect.Parameter:
    """The keyword parameter from which Typer makes a setting's option."""
    spec = spec_of(item)
    value_type = type_of(owner, item)
    allowed = "" if value_type is bool or spec.choices or spec.low is None else f" {spec.allowed} {spec.unit}"
    option = typer.Option(
        _names(option_of(item), value_type),
        help=spec.help + (f"{allowed.rstrip()}." if allowed else ""),
        metavar="|".join(spec.choices) or None,
        rich_help_panel=owner.panel,
        show_default=True if item.default is not None else _by_quality(kind, item.name) or spec.unset or False,
        parser=frame_rate if value_type is Fraction else None,
    )
    annotation = Annotated[value_type, option] if item.default is not None else Annotated[value_type | None, option]
    return _keyword(item.name, annotation, item.default)


def _names(option: str, value_type: type) -> str:
    return f"{option}/--no-{option[2:]}" if value_type is bool else option


def _by_quality(kind: type[Settings], name: str) -> str:
    """The values of a setting that the quality decides, in words; nothing if it does not."""
    values = {quality: table[name] for quality, table in kind.qualities.items() if name in table}
    return "by quality: " + ", ".join(f"{quality} {value}" for quality, value in values.items()) if values else ""
