"""Command-line options made from the settings classes, so that each is declared once, and their completion."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field
from fractions import Fraction
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from dreamvid.cli.first_pages import FIRST_PAGES
from dreamvid.cli.pages import HELP_ALL, HelpAll
from dreamvid.errors import SettingError
from dreamvid.settings import (
    COMMANDS,
    Settings,
    Spec,
    Time,
    build,
    from_table,
    is_open,
    key_named,
    key_of,
    leaves,
    number_or_text,
    parsed,
    resolve,
    spec_of,
    type_of,
    unknown_variables,
)
from dreamvid.settings.files import SETTINGS
from dreamvid.settings.presets import names as preset_names

Complete = Callable[[str], list[str]]
"""Incomplete text → possible completions."""


def completion_of(name: str, spec: Spec) -> Complete | None:
    """The completion function for a setting's values; None if any value is possible."""
    if spec.choices:
        return lambda incomplete: _beginning(spec.choices, incomplete)
    return _OF_NAMES.get(name)


def _networks(incomplete: str) -> list[str]:
    from dreamvid.dream.networks import CATALOGUE

    return _beginning(CATALOGUE, incomplete)


def _layers(incomplete: str) -> list[str]:
    """Layers of the embedded network, as a comma-separated list."""
    from dreamvid.dream.networks import EMBEDDED, layers_of

    return _last(layers_of(EMBEDDED), incomplete)


def _classes(incomplete: str) -> list[str]:
    """Everyday words, and the first name of each ImageNet class."""
    from dreamvid.dream.networks.classes import GROUPS, class_names, classes_with

    names = [class_names(index).partition(",")[0] for index in classes_with("")]
    return _last(dict.fromkeys([*GROUPS, *names]), incomplete)


_OF_NAMES: dict[str, Complete] = {"network": _networks, "layers": _layers, "layer": _layers, "class_name": _classes}


def _last(known: Iterable[str], incomplete: str) -> list[str]:
    """Completes the last name of a comma-separated list."""
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in _beginning(known, last)]


def _beginning(known: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in known if name.startswith(incomplete)]


Output = Annotated[str | None, typer.Option(
    "--output", "-o", metavar="PATH", show_default=False,
    help="Where the result goes. The ending decides what is written: a film, an animation, pictures.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", "-y", help="Replace an output that exists.")]
Nice = Annotated[bool, typer.Option("--nice", help="Let other programs go first: lower the priority of the work.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but warnings and errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print the steps' scores, and the libraries' messages.")]
Json = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]
Preset = Annotated[str | None, typer.Option(
    "--preset", metavar="NAME|FILE", show_default=False, autocompletion=preset_names,
    help="A look: a name that `dreamvid presets` lists, or a TOML file, which may be a recipe.")]
Picture = Annotated[Path, typer.Argument(metavar="PICTURE", show_default=False)]
Clip = Annotated[Path, typer.Argument(metavar="CLIP", show_default=False)]
Source = Annotated[Path, typer.Argument(metavar="PICTURE|CLIP", show_default=False)]
File = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]
Stopped = Annotated[Path, typer.Argument(metavar="FILM", show_default=False, help="The film, or its work folder, "
                                         "FILM.dreamvid.")]


def option_of(key: str) -> str:
    """The command-line option of a setting: '--step-size'."""
    return {"overwrite": "-y", "output": "-o"}.get(key) or "--" + key.replace("_", "-")


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Replaces a command's parameter `settings`, annotated with a settings class, by one option for each setting.

    For commands in `COMMANDS`, settings without an option come from the environment, settings files and the preset.
    """
    kind: type[Settings] = get_type_hints(command)["settings"]
    options = [_option(kind, owner, item) for owner, item in leaves(kind)]
    keys = {item.name: key_of(item) for _, item in leaves(kind)}
    signature = inspect.signature(command, eval_str=True)
    others = [parameter for name, parameter in signature.parameters.items() if name != "settings"]
    more = [keyword(HELP_ALL, HelpAll, False)] if command.__name__ in FIRST_PAGES else []
    has_presets = COMMANDS.get(command.__name__) is kind
    added = [keyword("context", typer.Context), *([keyword("preset", Preset, None)] if has_presets else [])]

    @wraps(command)
    def run(context: typer.Context, preset: str | None = None, **values: Any) -> None:
        values.pop(HELP_ALL, None)
        all_options = {name: values.pop(name) for name in keys}
        given = {keys[name]: value for name, value in all_options.items() if on_the_command_line(context, name)}
        if has_presets:
            warn_of_unknown_variables()
            settings = resolve(command.__name__, given, preset=preset or "").settings
        else:
            settings = build(kind, from_table(kind, given))
        command(settings=settings, **values)

    return respelled(run, [*others, *added, *options, *more])


def replaced(
    command: Callable[..., None], name: str, added: list[inspect.Parameter], make: Callable[[dict[str, Any]], object]
) -> Callable[..., None]:
    """Replaces a command's parameter by options.

    Args:
        name: the parameter.
        added: the options.
        make: their values by name → the parameter's value.
    """
    @wraps(command)
    def called(**values: Any) -> None:
        given = {each.name: values.pop(each.name) for each in added}
        command(**{name: make(given)}, **values)

    parameters = inspect.signature(command, eval_str=True).parameters
    return respelled(called, [*(each for key, each in parameters.items() if key != name), *added])


def respelled(command: Callable[..., None], parameters: list[inspect.Parameter]) -> Callable[..., None]:
    """Sets the command's signature, from which Typer makes the options."""
    command.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def warn_of_unknown_variables() -> None:
    """Warns about environment variables that begin with DREAMVID_ but name no setting."""
    for sentence in unknown_variables():
        typer.echo(f"dreamvid: {sentence}", err=True)


def keyword(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    """A keyword-only parameter."""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def on_the_command_line(context: Any, name: str) -> bool:
    """Whether an option was given on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _option(kind: type[Settings], owner: type[Settings], item: Field[Any]) -> inspect.Parameter:
    """The keyword parameter from which Typer makes a setting's option."""
    spec = spec_of(item)
    value_type: Any = float if spec.moves else type_of(owner, item)
    allowed = "" if spec.choices or spec.low is None else f" {spec.allowed}."
    is_number = value_type in (int, float, Fraction, Time)
    option = typer.Option(
        _names(option_of(key_of(item)), value_type),
        *([option_of(spec.also)] if spec.also else []),
        help=f"{spec.help}{allowed}",
        metavar="|".join(spec.choices) or ("FILE" if spec.file else "NUMBER|CURVE" if spec.moves else
                                           _METAVARS.get(value_type)),
        rich_help_panel=owner.panel,
        autocompletion=completion_of(item.name, spec),
        show_default=True if not is_open(item) else _by_quality(kind, item.name) or spec.unset or False,
        parser=number_or_text if spec.moves else partial(parsed, key_of(item), value_type) if is_number else None,
    )
    value_type = str if value_type == Time else value_type  # Typer does not support unions; the parser returns the type
    if is_open(item):  # Typer would refuse a default that is outside the range
        return keyword(item.name, Annotated[value_type | None, option], None)
    return keyword(item.name, Annotated[value_type, option], item.default)


_METAVARS: dict[Any, str] = {int: "N", float: "X", str: "TEXT", Fraction: "RATE", Time: "TIME"}
"""Type → placeholder for a value in the help."""


def _names(option: str, value_type: type) -> str:
    return f"{option}/--no-{option[2:]}" if value_type is bool else option


def _by_quality(kind: type[Settings], name: str) -> str:
    """The value of a setting for each quality, in words; '' if the quality does not set it."""
    values = {quality: table[name] for quality, table in kind.qualities.items() if name in table}
    return "by quality: " + ", ".join(f"{quality} {value}" for quality, value in values.items()) if values else ""


def pairs(option: str, texts: Sequence[str] | None, example: str) -> dict[str, str]:
    """The values of an option that is given as KEY=VALUE, any number of times.

    Raises:
        SettingError: one holds no equals sign.
    """
    for text in texts or ():
        if "=" not in text:
            raise SettingError(f"{option} is {text!r}; it must be KEY=VALUE, such as {example}")
    split = (text.partition("=") for text in texts or ())
    return {key.strip(): value for key, _, value in split}


def setting_pairs(option: str, texts: Sequence[str] | None, example: str) -> dict[str, str]:
    """The values of an option that is given as SETTING=VALUE; `preset` is a setting here.

    Raises:
        SettingError: one holds no equals sign, or no command has such a setting.
    """
    found = pairs(option, texts, example)
    for written in found.keys() - {"preset"}:
        key_named(SETTINGS, written)
    return found
