"""A sheet of one picture, zoom or clip, made with several values of one or two settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Literal, Unpack

from dreamvid.arrays import Image
from dreamvid.calls import CALLER, NOT_RECORDED, calling
from dreamvid.errors import SettingError
from dreamvid.events import Begun, Caller, Doing, Event, Fetched, Frame, Listener, Observe, Step, Tile
from dreamvid.films.commands import clip, zoom
from dreamvid.media.pictures import natural
from dreamvid.media.still import read_still
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import COMMANDS, Settings, key_named, keys_of, near, parsed, resolve
from dreamvid.settings.options import AnyOptions
from dreamvid.settings.presets import names
from dreamvid.stills.dreaming import check_dream
from dreamvid.stills.given import PathName, small_png
from dreamvid.stills.image import image

COMPARED = ("image", "zoom", "clip")
"""The commands whose results can be compared."""

SIDE = 320
"""Longer side of what is dreamed, in pixels, where `size` is not given; and of a picture on the sheet."""

FRAMES = 30
"""Frames of a film, where `frames` is not given. The last one is shown."""

PRESET = "preset"
"""What stands for presets among the settings."""


@dataclass(frozen=True)
class Compared:
    """A sheet that was made. `labels` are the settings under its pictures; `image` is float32 (height, width, 3)."""

    output: str
    labels: list[str]
    width: int
    height: int
    seconds: float
    image: Image = field(repr=False, compare=False, metadata=NOT_RECORDED)

    def _repr_png_(self) -> bytes:
        return small_png(self.image)


def compare(
    command: Literal["image", "zoom", "clip"], source: PathName, over: Mapping[str, Sequence[object]],
    output: PathName | None = None, **options: Unpack[AnyOptions],
) -> Compared:
    """Makes one picture, or the last frame of one film, for all values of one or two settings, on one sheet.

    Args:
        command: whose results are compared.
        source: the picture or clip.
        over: one or two settings by key, each with its values, which may be text; the last one's stand in a row.
            `preset` with the value `all` is every preset.
        output: the sheet; without it `NAME-compare.png` in the current folder.
        **options: the other settings by keyword, and `preset`, `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    path = Path(source)
    target = Path(output or f"{path.stem}-compare.png")
    with calling(options) as caller:
        check_still(target, overwrite=caller.overwrite, inputs=[path])
        wanted = _wanted(command, over, {key: value for key, value in options.items() if key not in CALLER})
        for _, settings in wanted:
            check_dream(settings.dream, caller)
        begun = perf_counter()
        sheet = _sheet(command, path, wanted, len(_values(*next(iter(over.items())))) if len(over) > 1 else 0, caller)
        write_still(target, sheet, overwrite=caller.overwrite)
    return Compared(str(target), [label for label, _ in wanted], sheet.shape[1], sheet.shape[0],
                    round(perf_counter() - begun, 3), sheet)


def _sheet(command: str, path: Path, wanted: list[tuple[str, Any]], rows: int, caller: Caller) -> Image:
    """The pictures side by side, in so many rows; 0 for as many as are needed."""
    cells: list[tuple[str, Image]] = []
    caller.observe(Begun(len(wanted), "picture"))
    for label, settings in wanted:
        cells.append((label, _made(command, path, settings, Listener(_steps_of(caller.observe), caller.warn))))
        caller.observe(Frame(len(cells), len(wanted), cells[-1][1]))
    columns = len(wanted) // rows if rows else min(len(wanted), 4)
    return contact_sheet(cells, f"{command} {path.name}", columns=columns, side=SIDE)


def _wanted(command: str, over: Mapping[str, Sequence[object]], given: Mapping[str, object]) -> list[tuple[str, Any]]:
    """Each combination of the values as a label, and its settings."""
    if command not in COMPARED:
        raise SettingError(f"{command!r} cannot be compared; give {', '.join(COMPARED)}")
    if not 1 <= len(over) <= 2:
        raise SettingError("give {over} once or twice: the settings that are compared, with their values")
    usual: dict[str, object] = {"size": SIDE}
    if command != "image":
        usual |= {"resume": False} | ({} if "seconds" in given else {"frames": FRAMES})
    found = []
    for values in product(*(_values(*item) for item in over.items())):
        chosen = dict(zip(over, values, strict=True))
        label = ", ".join(f"{key} {value}" for key, value in chosen.items())
        found.append((label, _settings(command, usual | dict(given) | chosen)))
    return found


def _values(key: str, values: Sequence[object]) -> Sequence[object]:
    return names() if key == PRESET and list(values) == ["all"] else values


def _settings(command: str, given: Mapping[str, object]) -> Settings:
    known = keys_of(COMMANDS[command])
    table: dict[str, object] = {}
    for written, value in given.items():
        key = key_named(known, written)
        if key != PRESET and key not in known:
            raise SettingError(f"{command} has no setting {written!r}{near(key, known)}")
        text = isinstance(value, str) and key != PRESET
        table[key] = parsed(key, known[key][0], str(value)) if text else value
    return resolve(command, table, preset=str(table.pop(PRESET, ""))).settings


def _made(command: str, source: Path, settings: Any, listener: Listener) -> Image:
    """The picture, or the last frame of the film."""
    calls: dict[str, Any] = {"observe": listener.observe, "warn": listener.warn}
    with TemporaryDirectory() as folder:
        if command == "image":
            image(source, Path(folder) / "picture.png", settings, **calls)
        else:
            (zoom if command == "zoom" else clip)(source, f"{folder}/%06d.png", settings, **calls)
        last = max(Path(folder).glob("*.png"), key=natural)
        return read_still(last, listener.warn).image


def _steps_of(observe: Observe) -> Observe:
    """Passes on what a part of the work tells, but for its own beginning and frames."""

    def pass_on(event: Event) -> None:
        if isinstance(event, Doing | Step | Tile | Fetched):
            observe(event)

    return pass_on
