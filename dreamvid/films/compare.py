"""Compares values of one or two settings on a picture, zoom or clip: on a contact sheet, or side by side in a film."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Literal, NamedTuple, Unpack

from dreamvid.arrays import Image, size_of
from dreamvid.calls import calling, settings_in
from dreamvid.errors import SettingError
from dreamvid.events import Begun, Caller, Doing, Event, Fetched, Frame, Listener, Observe, Step, Tile, ignore
from dreamvid.films.commands import clip, zoom
from dreamvid.media.pictures import natural
from dreamvid.media.still import STILL_SUFFIXES, read_still
from dreamvid.output.formats import CONTAINERS
from dreamvid.output.names import check_output
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import check_still, write_still
from dreamvid.settings import COMMANDS, EncoderSettings, Settings, from_text, resolve
from dreamvid.settings.options import AnyOptions
from dreamvid.settings.presets import names
from dreamvid.stills.dreaming import check_dream
from dreamvid.stills.given import PathName, PictureResult
from dreamvid.stills.image import image

COMPARED = ("image", "zoom", "clip")
"""Commands that `compare` supports."""

SIDE = 320
"""Default `size` in pixels, and longer side of a picture on the sheet."""

FRAMES = 30
"""Default number of frames. A sheet shows the last one."""

PRESET = "preset"
"""The key for presets in `over`."""


class Made(NamedTuple):
    """The pictures of one film, or a single picture; and the frame rate."""

    pictures: list[Path]
    fps: Fraction


@dataclass(frozen=True, kw_only=True)
class Compared(PictureResult):
    """A comparison. `image` is the sheet, or the film's last frame; `labels` are the settings under its pictures."""

    labels: list[str]


def compare(
    command: Literal["image", "zoom", "clip"], source: PathName, over: Mapping[str, Sequence[object]],
    output: PathName | None = None, **options: Unpack[AnyOptions],
) -> Compared:
    """Makes a picture or film for each combination of values of one or two settings, and shows them side by side.

    Args:
        command: the command to run.
        source: the picture or clip.
        over: one or two setting keys, each with its values, which may be text. The second one varies within a row.
            `preset` with the value `all` means every preset.
        output: a picture, which shows the last frame of each film; or a film, such as `.mp4`, with all frames.
            Without it `NAME-compare.png` in the current folder.
        **options: the other settings by keyword, and `preset`, `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    return make_comparison(command, source, over, output, options)


MakeAll = Callable[[str, Path, Sequence[Any], Path, Caller], list[Made]]
"""Makes the films or pictures of a comparison: (command, source, settings of each, empty folder, caller) → what was
made, in order."""


def make_comparison(
    command: str, source: PathName, over: Mapping[str, Sequence[object]], output: PathName | None,
    options: Mapping[str, Any], *, make_all: MakeAll | None = None,
) -> Compared:
    """Makes a comparison; see `compare`.

    Args:
        options: the keyword arguments of `compare`.
        make_all: makes its films or pictures elsewhere; None for this process.
    """
    path = Path(source)
    with calling(options) as caller:
        return _compared(command, path, over, Path(output or f"{path.stem}-compare.png"), settings_in(options),
                         caller=caller, make_all=make_all or _make_here)


def _compared(
    command: str, path: Path, over: Mapping[str, Sequence[object]], target: Path, given: Mapping[str, object], *,
    caller: Caller, make_all: MakeAll,
) -> Compared:
    films = command != "image" and target.suffix.lower() in CONTAINERS.keys() - set(STILL_SUFFIXES)
    if films:
        check_output(str(target), EncoderSettings(), overwrite=caller.overwrite, inputs=[path])
    else:
        check_still(target, overwrite=caller.overwrite, inputs=[path])
    wanted = _wanted(command, over, given)
    for _, settings in wanted:
        check_dream(settings.dream, caller)
    begun = perf_counter()
    rows = len(_values(*next(iter(over.items())))) if len(over) > 1 else 0
    columns, title = len(wanted) // rows if rows else min(len(wanted), 4), f"{command} {path.name}"
    labels = [label for label, _ in wanted]
    with TemporaryDirectory() as folder:
        made = make_all(command, path, [settings for _, settings in wanted], Path(folder), caller)
        labelled = list(zip(labels, made, strict=True))
        if films:
            sheet = _write_film(target, labelled, title, columns, caller)
        else:
            sheet = _sheet(labelled, -1, title, columns)
            write_still(target, sheet, overwrite=caller.overwrite)
    return Compared(output=str(target), labels=labels, width=sheet.shape[1], height=sheet.shape[0],
                    seconds=round(perf_counter() - begun, 3), image=sheet)


def _make_here(command: str, path: Path, wanted: Sequence[Any], folder: Path, caller: Caller) -> list[Made]:
    found: list[Made] = []
    caller.observe(Begun(len(wanted), "picture"))
    listener = Listener(_steps_of(caller.observe), caller.warn)
    for settings in wanted:
        found.append(make_one(command, path, settings, folder / str(len(found)), listener))
        caller.observe(Frame(len(found), len(wanted), read_still(found[-1].pictures[-1], ignore).image))
    return found


def _sheet(made: list[tuple[str, Made]], n: int, title: str, columns: int) -> Image:
    """A sheet of picture n of each film, or the last one of shorter films; -1 for the last of each."""
    cells = [(label, read_still(one.pictures[min(n, len(one.pictures) - 1)], ignore).image) for label, one in made]
    return contact_sheet(cells, title, columns=columns, side=SIDE)


def _write_film(target: Path, made: list[tuple[str, Made]], title: str, columns: int, caller: Caller) -> Image:
    """Writes the films side by side, at the rate of the first, and returns the last frame."""
    frames = max(len(one.pictures) for _, one in made)
    last = _sheet(made, frames - 1, title, columns)
    film = Destination(output=str(target), size=size_of(last), fps=made[0][1].fps, frames=frames,
                       encoder=EncoderSettings(), overwrite=caller.overwrite, warn=caller.warn)
    with open_whole(film) as writer:
        for n in range(frames):
            writer.write(_sheet(made, n, title, columns))
    return last


def _wanted(command: str, over: Mapping[str, Sequence[object]], given: Mapping[str, object]) -> list[tuple[str, Any]]:
    """(label, settings) of each combination of values."""
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


def _settings(command: str, given: dict[str, object]) -> Settings:
    preset = str(given.pop(PRESET, ""))
    return resolve(command, from_text(COMMANDS[command], given), preset=preset).settings


def make_one(command: str, source: Path, settings: Any, folder: Path, listener: Listener) -> Made:
    """Makes a picture, or the pictures of a film, in a new folder."""
    calls: dict[str, Any] = {"observe": listener.observe, "warn": listener.warn}
    folder.mkdir()
    fps = Fraction(1)
    if command == "image":
        image(source, folder / "picture.png", settings, **calls)
    else:
        film = (zoom if command == "zoom" else clip)(source, f"{folder}/%06d.png", settings, **calls)
        fps = Fraction(film.fps).limit_denominator(1001)
    return Made(sorted(folder.glob("*.png"), key=natural), fps)


def _steps_of(observe: Observe) -> Observe:
    """Passes on a film's events, except `Begun` and `Frame`, which would disturb the overall progress."""

    def pass_on(event: Event) -> None:
        if isinstance(event, Doing | Step | Tile | Fetched):
            observe(event)

    return pass_on
