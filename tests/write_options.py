"""Writes `dreamvid/settings/options.py`, the types of settings by keyword, from their declarations.

    python -m tests.write_options

`tests/test_library.py` holds the file equal to what this writes.
"""

from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from textwrap import wrap
from typing import Any

from dreamvid.settings import (
    AtlasSettings,
    ClipSettings,
    Curve,
    EncodeSettings,
    ImageSettings,
    LoopSettings,
    Settings,
    SourceSettings,
    Time,
    ZoomSettings,
    spec_of,
    type_of,
)

FILE = Path(__file__).parent.parent / "dreamvid" / "settings" / "options.py"

HEAD = '''"""The types of settings that are given by keyword, as `zoom("cat.jpg", frames=90)`.

Written by `tests/write_options.py` from the declarations of the settings.
"""

from fractions import Fraction
from os import PathLike
from typing import Literal, TypedDict

from dreamvid.events import Observe, Warn
from dreamvid.settings.spec import Curve


class CallOptions(TypedDict, total=False):
    """What every function takes besides its settings.

    `overwrite` says whether an existing output may be replaced; `observe` gets every event and may raise `Cancelled`;
    `warn` gets one sentence for each thing worth knowing.
    """

    overwrite: bool
    observe: Observe
    warn: Warn


class PresetOptions(TypedDict, total=False):
    """A look: its name, or a TOML file."""

    preset: str
'''
WITH_PRESETS = (ZoomSettings, ClipSettings, LoopSettings, ImageSettings, AtlasSettings)
CALLED = (*WITH_PRESETS, EncodeSettings)


def name_of(kind: type[Settings]) -> str:
    return kind.__name__.replace("Settings", "Options")


def parts_of(kind: type[Settings]) -> list[type[Settings]]:
    return [type(item.default) for item in fields(kind) if "spec" not in item.metadata]


def written(owner: type[Settings], item: Any) -> str:
    """The type of a setting, as it stands in a program."""
    spec = spec_of(item)
    if spec.choices:
        return f"Literal[{', '.join(f'{choice!r}' for choice in spec.choices)}]".replace("'", '"')
    if spec.file or item.name == "network":
        return "str | PathLike[str]"
    names: dict[Any, str] = {Time: "float | str", Curve: "Curve", Fraction: "float | str | Fraction"}
    found = type_of(owner, item)
    return names.get(found) or found.__name__


def class_text(kind: type[Settings]) -> Iterator[str]:
    settings_bases = [base for base in kind.__bases__ if base is not Settings]
    bases = [name_of(base) for base in (*settings_bases, *parts_of(kind))]
    if kind in CALLED:
        bases = ["CallOptions", *(["PresetOptions"] if kind in WITH_PRESETS else []), *bases]
    first = f"class {name_of(kind)}({', '.join(bases or ['TypedDict'])}, total=False):"
    yield from wrap(first, 116, subsequent_indent="    ", break_on_hyphens=False)
    yield f'    """{(kind.__doc__ or "").splitlines()[0]}"""'
    yield ""
    inherited = {item.name for base in settings_bases for item in fields(base)}
    own = [item for item in fields(kind) if "spec" in item.metadata and item.name not in inherited]
    for item in own:
        line = f"    {item.name}: {written(kind, item)}"
        lines = wrap(line, 116, initial_indent="    ", subsequent_indent="        ", drop_whitespace=True)
        lines[0] = "    " + lines[0].lstrip()
        yield from [line] if len(line) <= 120 else lines


def ordered(kinds: list[type[Settings]]) -> list[type[Settings]]:
    """The classes, each after what it is made of."""
    found: dict[type[Settings], None] = {}
    for kind in kinds:
        bases = [base for base in kind.__bases__ if base is not Settings]
        found.update(dict.fromkeys(ordered([*bases, *parts_of(kind)])))
        found[kind] = None
    return list(found)


def text() -> str:
    classes = ["\n".join(class_text(kind)).rstrip() for kind in ordered([*CALLED, SourceSettings])]
    classes.append('class MeasureOptions(CallOptions, SourceOptions, total=False):\n'
                   '    """What of a clip is compared with its film."""')
    bases = ", ".join(name_of(kind) for kind in WITH_PRESETS)
    classes.append(f'class AnyOptions({bases}, total=False):\n    """The settings of any command."""')
    return "\n\n\n".join([HEAD.rstrip(), *classes]) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
