"""The library functions that make films. Each makes a plan and renders it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Unpack

from dreamvid.arrays import Image, from_uint8, to_uint8
from dreamvid.calls import called, calling
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Begun, Caller, Frame
from dreamvid.films.clocks import analysed
from dreamvid.films.curves import curves_of
from dreamvid.films.film import StoredDreams, StoredFilm
from dreamvid.films.making import Invocation, Rendered, open_material, render_film
from dreamvid.films.plan import FILMS, AnyFilmSettings, Plan, container_of, files_of, plan_film
from dreamvid.films.ranges import Range, dream_all, lengths, pictures_of
from dreamvid.films.source import find_inputs, in_seconds
from dreamvid.media.remote import local
from dreamvid.media.source import is_clip
from dreamvid.output.formats import kept_rate
from dreamvid.output.names import STDOUT, check_output, target_of
from dreamvid.output.segments import joins_by_copy
from dreamvid.output.store import scratch
from dreamvid.output.target import check_target, part_of
from dreamvid.output.work_folder import work_folder
from dreamvid.settings import ClipSettings, LoopSettings, ZoomSettings
from dreamvid.settings.options import AnyOptions, CallOptions, ClipOptions, LoopOptions, ZoomOptions
from dreamvid.stills.given import PathName, Picture, as_path

LARGEST_PLAN = 200_000
"""Largest plan file, in bytes."""


def zoom(
    picture: Picture, output: PathName | None = None, settings: ZoomSettings | None = None,
    **options: Unpack[ZoomOptions],
) -> Rendered:
    """Makes a film of a camera that moves into a picture, dreaming every frame.

    Args:
        picture: a path, an array or a Pillow image.
        output: the film, or a folder or pattern of pictures (see `dreamvid.output.segments.Destination`); without it
            `NAME-zoom.mp4` in the current folder.
        settings: settings as an object; keyword settings take precedence.
        **options: settings by keyword, such as `frames=90, zoom=1.5, layers="block4"`; and `preset`, `overwrite`,
            `observe`, called with every event (see `dreamvid.events`), which may raise `Cancelled`, and `warn`, called
            with each warning.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`. On `Cancelled`, the film contains the pictures so far.
    """
    return _film("zoom", picture, output, settings, options)


def clip(
    source: Picture | Sequence[Picture], output: PathName | None = None, settings: ClipSettings | None = None,
    **options: Unpack[ClipOptions],
) -> Rendered:
    """Dreams a clip, frame by frame, in step with its sound.

    Args:
        source: a film, a folder of pictures, or numbered pictures (see `dreamvid.media.source.open_source`); or the
            frames as a list of pictures.
        output: as for `zoom`; without it `NAME-dream.mp4` in the current folder.
        settings, **options: as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    return _film("clip", source, output, settings, options)


def loop(
    source: Picture | Sequence[Picture], output: PathName | None = None, settings: LoopSettings | None = None,
    **options: Unpack[LoopOptions],
) -> Rendered:
    """Makes a loop of a picture, or of a clip, that closes without a seam.

    Args:
        source: a picture; or a clip, as for `clip`, which is dreamed and closed to a loop. With `steps=0` nothing is
            dreamed.
        output: as for `zoom`; without it `NAME-loop.mp4` in the current folder.
        settings, **options: as for `zoom`.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    return _film("loop", source, output, settings, options)


def frames(
    source: Picture | Sequence[Picture], command: Literal["zoom", "clip", "loop"] = "zoom", settings: Any = None,
    **options: Unpack[AnyOptions],
) -> Iterator[Image]:
    """Yields the frames of a film as they are made. Settings and inputs are checked at the call, before iteration.

    Args:
        source: as for `zoom`, `clip` or `loop`.
        command: the kind of film.
        settings: settings as an object; keyword settings take precedence.
        **options: settings by keyword; and `preset`, `observe`, `warn`, as for `zoom`.

    Returns:
        float32 arrays of shape (height, width, 3), RGB, in [0, 1]. Pictures that come again on the way back, and the
        dreams of a loop, are in a temporary folder, so memory does not grow with the film.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with ExitStack() as stack:
        wanted, caller = stack.enter_context(called(FILMS[command], settings, options))
        path = stack.enter_context(as_path(source))
        return _frames(*planned(command, path, None, wanted, caller, writes=False), caller, stack.pop_all())
    raise AssertionError  # the stack suppresses nothing


def _frames(plan: Plan, call: Invocation, caller: Caller, stack: ExitStack) -> Iterator[Image]:
    with stack:
        store = stack.enter_context(scratch())
        material = replace(open_material(plan, call, caller), dreams=StoredDreams(store))
        film, dreams = plan.kind.film(material), material.dreams
        one_way, total = lengths(plan, material.prepared)
        shown: list[str] = []  # the stored pictures, for the way back
        if isinstance(film, StoredFilm):
            dream_all(film, dreams, caller)
        caller.observe(Begun(total))
        with closing(pictures_of(film, Range(0, total, free=True), dreams, one_way, first=0, carried=None,
                                 shown=lambda n: from_uint8(store.array(shown[n])))) as pictures:
            for n, (picture, _) in enumerate(pictures, 1):
                if n <= one_way < total:
                    shown.append(store.put_array(to_uint8(picture)))
                caller.observe(Frame(n, total, picture))
                yield picture


def _film(command: str, source: Any, output: PathName | None, settings: Any, options: Mapping[str, Any]) -> Rendered:
    with called(FILMS[command], settings, options) as (wanted, caller), as_path(source) as path:
        return make(command, path, output, wanted, caller)


_ENDINGS = {"zoom": "zoom", "clip": "dream", "loop": "loop"}


def make(
    command: str, source: Path, output: PathName | None, settings: AnyFilmSettings, caller: Caller
) -> Rendered:
    """Plans a film and renders it."""
    return render_film(*planned(command, source, output, settings, caller), caller)


def planned(
    command: str, source: Path, output: PathName | None, settings: AnyFilmSettings, caller: Caller, *,
    writes: bool = True,
) -> tuple[Plan, Invocation]:
    """The plan of a film, and its invocation. The output is checked before the inputs are hashed.

    Args:
        writes: whether the film will be written; otherwise its output is not checked.
    """
    source = local(source, caller, offline=settings.dream.offline)
    target = os.fspath(output) if output is not None else f"{source.stem}-{_ENDINGS[command]}.mp4"
    role, settings = settings_for_input(command, source, settings, target)
    paths = {role: source, **files_of(settings)}
    call = Invocation(
        paths=paths, output=target, poster=settings.film.poster, sheet=settings.film.sheet, overwrite=caller.overwrite,
        recipe=settings.result.recipe, offline=settings.dream.offline,
        extendable=isinstance(settings, ZoomSettings) and settings.extendable, work=settings.work,
    )
    if writes:
        check_call(call, settings)
    if writes and call.extendable:
        _check_extendable(settings, target)
    return plan_film(command, settings, paths, target, caller), call


def settings_for_input(command: str, source: Path, settings: Any, output: str) -> tuple[str, Any]:
    """The role of the input (`picture` or `clip`), and the settings resolved for it, with percentages as seconds."""
    of_clip = command == "clip" or (command == "loop" and is_clip(source))
    if command == "zoom":
        return "picture", as_long_as_the_sound(settings).at(kept_rate(output, settings.film.fps))
    settings = settings.for_input(clip=of_clip) if command == "loop" else settings
    if not of_clip:
        return "picture", settings
    return "clip", settings.but(source=in_seconds(source, settings.source, settings.dream.max_pixels))


def as_long_as_the_sound(settings: ZoomSettings) -> ZoomSettings:
    """Sets the length of a zoom to that of its sound, if no length is given.

    Raises:
        InputError: the file has no sound, or it is over before the film begins.
    """
    if settings.seconds or settings.frames:
        return settings
    sound = analysed(Path(settings.timeline.audio), curves_of(settings).bands)
    seconds = sound.seconds - settings.timeline.shift
    if seconds <= 0:
        raise InputError(f"{settings.timeline.audio} is {sound.seconds:g} seconds long, and ends before it begins here")
    return settings.but(seconds=seconds)


def check_call(call: Invocation, settings: AnyFilmSettings) -> None:
    """Checks that the output can be written. An existing output is allowed if there is a work folder to resume from.

    Whether the output is this render's own is checked later, when the work folder is opened.
    """
    goes_on = call.output != STDOUT and call.work.resume and not call.work.restart and os.path.isdir(
        work_folder(target_of(call.output)))
    check_output(call.output, settings.film, overwrite=call.overwrite or goes_on, inputs=list(call.paths.values()))


def _check_extendable(settings: Any, output: str) -> None:
    """Refuses `extendable` for films that cannot be extended, and options that conflict with it."""
    why = ("{bounce} is given too, and a film that has gone back cannot be extended" if settings.bounce else
           "{resume} is off, and so nothing is kept" if not settings.work.resume else
           "{keep_work} is given too; give one of the two" if settings.work.keep_work else
           "" if joins_by_copy(output, settings.film) else
           "only films that play once can be made longer (.mp4, .mov, .mkv, .webm): others are encoded as a whole")
    if why:
        raise SettingError("extendable", True, why)


def write_plan(plan: Plan, path: Path, *, overwrite: bool, inputs: Sequence[Path]) -> None:
    """Writes a plan to a file atomically.

    Raises:
        OutputError, ResourceError: the file exists and may not be replaced, is an input, or cannot be written.
    """
    check_target(path, overwrite=overwrite, inputs=inputs)
    with part_of(path, overwrite=overwrite) as part:
        part.write_text(plan.to_json() + "\n", "utf-8")


def read_plan(path: Path) -> Plan:
    """Reads a plan from a file.

    Raises:
        InputError: the file cannot be read, or is not a plan.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_PLAN + 1).decode()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path} cannot be read: {why}") from error
    try:
        return Plan.from_json(text)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def render(
    plan_file: PathName, output: PathName | None = None, *, inputs: Mapping[str, PathName] | None = None,
    **options: Unpack[CallOptions],
) -> Rendered:
    """Renders the film of a plan.

    Args:
        plan_file: a file written by `write_plan`.
        output: the film, with the planned suffix; without it `PLAN.SUFFIX` in the current folder.
        inputs: role → path of an input. Others are looked for by name and content in the current folder and beside the
            plan.
        **options: `overwrite`, `observe`, `warn`, as for `zoom`.

    Raises:
        InputError: the file is not a plan, or an input is not found or has changed.
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    with calling(options) as caller:
        return render_film(*called_for(plan_file, output, inputs or {}, caller), caller)


def called_for(
    plan_file: PathName, output: PathName | None, inputs: Mapping[str, PathName], caller: Caller, *, writes: bool = True
) -> tuple[Plan, Invocation]:
    """Reads a plan and makes the invocation that renders it; see `render`.

    Args:
        writes: whether the film will be written; otherwise its output is not checked.
    """
    path = Path(plan_file)
    plan = read_plan(path)
    target = os.fspath(output) if output is not None else path.stem + ("/" if plan.is_numbered else "") + plan.container
    paths = find_inputs(plan.inputs, {role: Path(given) for role, given in inputs.items()}, path)
    call = Invocation(paths=paths, output=target, overwrite=caller.overwrite)
    if writes:
        check_call(call, plan.settings)
    if container_of(target) != plan.container:
        raise SettingError("output", target, f"the plan is for a film whose name ends in {plan.container}")
    return plan, call
