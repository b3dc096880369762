"""Renders the film of a plan: prepares it, opens its output, and renders the ranges that are missing."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from dreamvid.arrays import Image
from dreamvid.errors import ResumeError, WeightsError
from dreamvid.events import Begun, Frame, Listener
from dreamvid.films.fades import among
from dreamvid.films.film import Material, StoredDreams, StoredFilm
from dreamvid.films.machine import machine
from dreamvid.films.moving import flash_watch
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared, prepare
from dreamvid.films.ranges import (
    Range,
    dream_all,
    last_kept,
    lengths,
    longest_range,
    pictures_of,
    ranges_of,
    shown_size,
)
from dreamvid.films.source import tracks_for
from dreamvid.output.film import FilmWriter
from dreamvid.output.names import STDOUT
from dreamvid.output.opening import open_film, open_render
from dreamvid.output.progress import peak
from dreamvid.output.segments import Destination, format_of
from dreamvid.output.work_folder import Job
from dreamvid.settings import DreamSettings, WorkSettings, build, from_table, to_table
from dreamvid.stills.dreaming import check_dream, memory_needed, open_dreamer, warn_of_limits
from dreamvid.stills.given import FilmResult
from dreamvid.stills.recipe import text_of

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What a render needs besides its plan: paths, and options that do not affect frames.

    Attributes:
        paths: role → input file.
        output: where the film goes; see `output.segments.Destination`.
        poster, sheet: paths of the poster and the contact sheet; empty for none.
        overwrite: whether existing files may be replaced.
        recipe: whether the film's metadata contains its recipe.
        mixed: whether machines that may round differently may make parts of the film; recorded in the recipe.
        offline: whether downloads are forbidden.
        extendable: whether to keep what `extend` needs beside the film.
        work: how the work folder is used.
    """

    paths: Mapping[str, Path]
    output: str
    poster: str = ""
    sheet: str = ""
    overwrite: bool = False
    recipe: bool = True
    mixed: bool = False
    offline: bool = False
    extendable: bool = False
    work: WorkSettings = WorkSettings()

    def to_dict(self) -> dict[str, Any]:
        """The invocation as plain data, with absolute paths, for `from_dict`."""
        own = {key: value for key, value in vars(self).items() if key != "output"}
        return {**own, "paths": {role: str(path.absolute()) for role, path in self.paths.items()},
                "poster": _whole(self.poster), "sheet": _whole(self.sheet), "work": to_table(self.work)}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any], output: str) -> "Invocation":
        """The invocation of a render that is continued.

        Args:
            found: as returned by `to_dict`.
            output: where the film goes, since the work folder may have been moved.

        Raises:
            LookupError, TypeError, ValueError, SettingError: the data is malformed.
        """
        paths = {str(role): Path(path) for role, path in found["paths"].items()}
        if any("\0" in str(path) for path in paths.values()):
            raise ValueError("a path holds a null character")
        work = build(WorkSettings, from_table(WorkSettings, found["work"])).but(restart=False)
        flags = {key: bool(found.get(key)) for key in ("overwrite", "recipe", "mixed", "offline", "extendable")}
        return cls(paths=paths, output=output, poster=str(found["poster"]), sheet=str(found["sheet"]), work=work,
                   **flags)


def _whole(path: str) -> str:
    return str(Path(path).absolute()) if path else ""


@dataclass(frozen=True, kw_only=True)
class Rendered(FilmResult):
    """A rendered film.

    Attributes:
        frames_per_second: how many frames this run made in a second.
        seed: seed of the random shifts.
        network: name of the network.
        weights: SHA-256 of the network's weights, in hexadecimal.
    """

    frames_per_second: float
    seed: int
    network: str
    weights: str


def render_film(plan: Plan, call: Invocation, listener: Listener) -> Rendered:
    """Renders the film of a plan, or the rest of it if an earlier run was stopped.

    Args:
        plan: the plan.
        call: paths of inputs and output, and options.
        listener: receives events and warnings. Its `observe` may raise `Cancelled`; finished work is kept.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    material = open_material(plan, call, listener)
    prepared = material.prepared
    begun = perf_counter()
    _, earlier = lengths(plan, prepared)
    written = earlier
    kept = call.output != STDOUT and call.work.resume
    with (open_kept(plan, prepared, call, listener) if kept else
          open_film(destination_of(plan, prepared, call, listener))) as writer:
        if writer is not None:
            whole = [Range(0, written, free=True)]
            material = replace(material, dreams=StoredDreams(writer.store))
            render_into(material, writer, ranges_of(plan, prepared) if writer.store.durable else whole)
            earlier, written = writer.earlier, writer.written
    seconds = perf_counter() - begun
    return rendered(plan, call, written, written - earlier, seconds)


def rendered(plan: Plan, call: Invocation, frames: int, made: int, seconds: float) -> Rendered:
    """The record of a film of `frames` frames, `made` of which took `seconds` seconds in this run."""
    size = shown_size(plan)
    return Rendered(
        output=call.output, frames=frames, width=size.width, height=size.height, fps=float(plan.fps),
        seconds=round(seconds, 3), frames_per_second=round(made / seconds, 2), seed=plan.settings.seed,
        network=plan.network, weights=plan.weights,
    )


def render_into(material: Material, writer: FilmWriter, parts: Sequence[Range]) -> None:
    """Makes, writes and commits the pictures of those ranges that are not committed yet."""
    plan, listener = material.plan, material.listener
    film, (one_way, total) = plan.kind.film(material), lengths(plan, material.prepared)
    if isinstance(film, StoredFilm):
        dream_all(film, material.dreams, listener)
    listener.observe(Begun(total))
    end = max((part.stop for part in parts), default=0)
    look = flash_watch(material.prepared.values, plan.fps, listener.warn)
    with ExitStack() as stack:
        pictures, at = iter(()), -1
        for part in parts:
            if not writer.begin(part.first, part.stop):
                continue
            first = writer.next
            if first != at:  # otherwise continue with the same generator
                stack.close()
                carried = _dream_before(plan, writer, part, one_way)
                pictures = stack.enter_context(closing(pictures_of(
                    film, part._replace(stop=end), material.dreams, one_way, first=first, carried=carried,
                    shown=writer.shown)))
            for n, (picture, dreamed) in enumerate(islice(pictures, part.stop - first), first):
                look(n, picture)
                writer.write(picture, dreamed)
                listener.observe(Frame(writer.written, total, picture))
            writer.commit()
            at = part.stop


def _dream_before(plan: Plan, writer: FilmWriter, part: Range, one_way: int) -> Image | None:
    """The dream before the next picture of a range; None if the picture needs none.

    Raises:
        ResumeError: the dream is missing.
    """
    if plan.kind.stored or writer.next >= one_way or (part.free and writer.next == part.first):
        return None
    dreamed = writer.carry
    if dreamed is None:
        raise ResumeError(f"{writer.store.folder} lacks the dream before frame {writer.next + 1}")
    return dreamed


def open_kept(
    plan: Plan, prepared: Prepared, call: Invocation, listener: Listener, made_by: Mapping[str, str] | None = None
) -> AbstractContextManager[FilmWriter | None]:
    """The writer of a film with its work folder; see `open_render`.

    Args:
        made_by: the machine that renders its ranges; None for this one.
    """
    film = destination_of(plan, prepared, call, listener)
    last = last_kept(plan) if call.extendable and made_by is None else None
    return open_render(film, job_of(plan, call, film.frames, made_by), restart=call.work.restart,
                       keep=call.work.keep_work, last=last, observe=listener.observe)


def destination_of(plan: Plan, prepared: Prepared, call: Invocation, listener: Listener) -> Destination:
    """The destination of a film, with sound and recipe."""
    one_way, total = lengths(plan, prepared)
    return replace(
        silent_film(plan, call, total), shown_again=one_way if total > one_way else 0,
        tracks=tracks_for(plan, call.paths, call.output, total, listener.warn), warn=listener.warn,
        recipe=text_of(plan.recipe(mixed=call.mixed), listener.warn) if call.recipe else None,
    )


def silent_film(plan: Plan, call: Invocation, frames: int) -> Destination:
    """The destination of a plan's film, without sound and recipe."""
    return Destination(output=call.output, size=shown_size(plan), fps=plan.fps, frames=frames, overwrite=call.overwrite,
                       encoder=plan.settings.film.but(poster=call.poster, sheet=call.sheet))


def job_of(plan: Plan, call: Invocation, frames: int, made_by: Mapping[str, str] | None = None) -> Job:
    """The job of a plan's render; `frames` is the film's number of pictures.

    Args:
        made_by: the rendering machine; None for this one.
    """
    film = silent_film(plan, call, frames)
    longest = longest_range(film.size)
    made = {"size": str(film.size), "frames": frames, "range": longest, "encoding": format_of(film).encoding}
    decides = decides_of(plan, call, made_by or machine(plan.engine, plan.threads))
    return Job({**decides, "film": {**decides["film"], **made}},
               {"plan": json.loads(plan.to_json()), "invocation": call.to_dict(), "peak": peak(film.size, longest)})


def decides_of(plan: Plan, call: Invocation, made_by: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the pictures of a film depend on, as far as it is known before preparing."""
    hashes = {role: found.sha256 for role, found in plan.inputs.items()}
    return {**json.loads(plan.to_json()), "inputs": hashes, "machine": dict(made_by),
            "film": {"poster": bool(call.poster), "sheet": bool(call.sheet)}}


def open_material(plan: Plan, call: Invocation, listener: Listener) -> Material:
    """Loads the network of a plan, prepares the film, and returns its material, which keeps dreams in memory."""
    dreamer = open_plan_dreamer(plan, call, listener)
    prepared = prepare(plan, call.paths, dreamer, listener)
    return Material(plan=plan, prepared=prepared, paths=call.paths, dreamer=dreamer, listener=listener)


def open_plan_dreamer(plan: Plan, call: Invocation, listener: Listener) -> "Dreamer | None":
    """The dreamer of a plan; None if nothing is dreamed.

    Raises:
        WeightsError: the weights are missing, or are not those that the film was planned with.
    """
    if not plan.weights:
        return None
    dream = placed(plan, call)
    if check_dream(dream, listener, among(dream)) != plan.weights:
        raise WeightsError("the weights of the network are not those that the film was planned with")
    dreamer = open_dreamer(plan.machine, dream, listener, among(dream))
    warn_of_limits(dreamer, plan.kind.dreamed(plan.size), listener.warn)
    return dreamer


def memory_of(plan: Plan, call: Invocation) -> int:
    """About how many bytes of memory a process takes that makes the film."""
    return memory_needed(placed(plan, call), plan.kind.dreamed(plan.size)) if plan.weights else 0


def placed(plan: Plan, call: Invocation) -> DreamSettings:
    """The dream settings, with the invocation's paths in place of file names."""
    table = to_table(plan.settings.dream)
    files = {role: str(path) for role, path in call.paths.items() if role in table}
    return build(DreamSettings, from_table(DreamSettings, {**table, **files, "offline": call.offline}))
