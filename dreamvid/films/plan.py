"""Plans: everything that a film's frames depend on, as plain data."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

from dreamvid import __version__
from dreamvid.arrays import Size, fit
from dreamvid.dream.engines import processors
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Listener, ignore
from dreamvid.films.clip import BOUNCE as CLIP_BOUNCE
from dreamvid.films.clip import CLIP
from dreamvid.films.crossfade import CROSSFADE
from dreamvid.films.curves import sampled
from dreamvid.films.dive import DIVE
from dreamvid.films.drift import DRIFT
from dreamvid.films.fades import among
from dreamvid.films.film import Kind
from dreamvid.films.moving import digest_of
from dreamvid.films.pulse import PULSE, SWAY
from dreamvid.films.source import exact, open_clip
from dreamvid.films.zoom import BOUNCE, ZOOM
from dreamvid.media.fingerprint import input_of
from dreamvid.media.sound import probe_sound
from dreamvid.media.source import is_clip, open_source
from dreamvid.media.still import still_size
from dreamvid.output.names import STDOUT, is_film, target_of
from dreamvid.recipe import Input, Recipe, file_keys, recorded
from dreamvid.settings import (
    ClipSettings,
    LoopSettings,
    MachineSettings,
    SourceSettings,
    ZoomSettings,
    build,
    from_table,
    to_table,
)
from dreamvid.stills.dreaming import check_dream, with_engine
from dreamvid.stills.recipe import network_of
from dreamvid.timeline.clock import Clock

AnyFilmSettings = ZoomSettings | ClipSettings | LoopSettings
"""The settings of a command that makes a film. `settings.FilmSettings` is only one part of them."""

FILMS: Mapping[str, type[AnyFilmSettings]] = {"zoom": ZoomSettings, "clip": ClipSettings, "loop": LoopSettings}
"""The commands that make films, and their settings."""

KINDS: Mapping[str, Kind] = {
    "zoom": ZOOM, "clip": CLIP,
    "dive of a picture": DIVE, "pulse of a picture": PULSE, "sway of a picture": SWAY, "bounce of a picture": BOUNCE,
    "drift of a picture": DRIFT,
    "crossfade of a clip": CROSSFADE, "bounce of a clip": CLIP_BOUNCE,
}
"""Name → kind of film. A new one is a module beside this one, a line here, and its name among the settings."""

_MALFORMED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
"""Raised where JSON lacks an expected key or type."""

EDITION = 4
"""The version of a plan's format. A work folder of another version cannot be continued."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that a film's frames depend on.

    Attributes:
        command: zoom, clip or loop.
        settings: resolved settings. Paths are reduced to file names; settings that do not affect frames have defaults.
        inputs: role → input file. The roles are `picture` or `clip`, and the keys of settings that name a file.
        size: size of the dreamed frames.
        fps: the exact frame rate, which the container can store.
        frames: number of pictures in the film.
        container: the suffix of the film, such as `.mp4`; or the pattern of numbered pictures, such as `%06d.png`.
        threads: number of threads; another number rounds differently.
        engine: what computes gradients.
        weights: SHA-256 of the network's weights, in hexadecimal; empty if nothing is dreamed.
        curves: SHA-256 of the values of all settings that move, in hexadecimal; empty if none does.
    """

    command: str
    settings: AnyFilmSettings
    inputs: Mapping[str, Input]
    size: Size
    fps: Fraction
    frames: int
    container: str
    threads: int
    engine: str
    weights: str
    curves: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of film."""
        return kind_of(self.command, self.settings, self.role)

    @property
    def is_numbered(self) -> bool:
        """Whether each picture is a file."""
        return self.container.startswith("%")

    @property
    def role(self) -> str:
        """The role of the main input: `picture` or `clip`."""
        return role_in(self.inputs)

    @property
    def machine(self) -> MachineSettings:
        """The settings of the engine, with the planned engine and threads."""
        return self.settings.machine.but(engine=self.engine, threads=self.threads)

    @property
    def clip_settings(self) -> SourceSettings:
        """The settings for reading the clip, at the planned frame rate."""
        assert not isinstance(self.settings, ZoomSettings)
        return self.settings.source.but(fps=self.fps)

    @property
    def network(self) -> str:
        """The name of the network; `none` if nothing is dreamed."""
        return network_of(self.settings) if self.weights else "none"

    def recipe(self, *, mixed: bool) -> Recipe:
        """The recipe of the film."""
        return Recipe(command=self.command, settings=recorded(self.settings), inputs=self.inputs, network=self.network,
                      weights=self.weights, version=__version__, mixed=mixed)

    @property
    def digest(self) -> str:
        """SHA-256 of the plan, in hexadecimal."""
        return sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The plan as text, which `from_json` reads."""
        return json.dumps({
            "edition": EDITION, "command": self.command, "settings": recorded(self.settings),
            "inputs": {role: {"name": found.name, "bytes": found.bytes, "sha256": found.sha256}
                       for role, found in self.inputs.items()},
            "size": list(self.size), "fps": str(self.fps), "frames": self.frames, "container": self.container,
            "threads": self.threads, "engine": self.engine, "weights": self.weights,
            "curves": self.curves,
        }, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Parses a plan. The text is untrusted: it may name no folder, and nothing in it is run.

        Raises:
            InputError: it is not a plan, or its format has another version.
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError("this is not a plan of a film: it is not JSON") from error
        try:
            if found["edition"] != EDITION:
                raise InputError(f"the plan has format {shortened(found['edition'])}, and this dreamvid reads format "
                                 f"{EDITION}; plan the film again")
            return cls._from(found)
        except (*_MALFORMED, SettingError) as error:
            raise InputError(f"this is not a plan of a film: {shortened(str(error))}") from error

    @classmethod
    def _from(cls, found: Mapping[str, Any]) -> "Plan":
        kind = FILMS[found["command"]]
        inputs = {role: Input(str(one["name"]), str(one["sha256"]), int(one["bytes"]))
                  for role, one in found["inputs"].items()}
        if any(Path(one.name).name != one.name or one.name in ("", "..") or "\0" in one.name
               for one in inputs.values()):
            raise ValueError("an input's name must be a file name without a folder")
        if len(inputs.keys() & {"picture", "clip"}) != 1:
            raise ValueError("it names no picture or clip")
        width, height = map(int, found["size"])
        settings: Any = build(kind, from_table(kind, found["settings"]))
        for key, path in files_of(settings).items():
            if key not in inputs or inputs[key].name != str(path):
                raise ValueError(f"{key} is not among the inputs")
        fps, frames, threads = Fraction(found["fps"]), int(found["frames"]), int(found["threads"])
        if min(width, height, fps, frames, threads) <= 0:
            raise ValueError("size, fps, frames and threads must be positive")
        return cls(
            command=found["command"], settings=settings, inputs=inputs, size=Size(width, height),
            fps=fps, frames=frames, container=str(found["container"]), threads=threads, engine=str(found["engine"]),
            weights=str(found["weights"]), curves=str(found["curves"]),
        )


def plan_film(
    command: str, settings: AnyFilmSettings, paths: Mapping[str, Path], output: str, listener: Listener
) -> Plan:
    """The plan of a film. Checks all that can be checked; reads headers and hashes, and loads no network.

    Args:
        command: zoom, clip or loop.
        settings: the requested settings.
        paths: the picture or clip, by its role, and the files that the settings name.
        output: where the film goes, see `output.segments.Destination`; its suffix decides on the
            rates that can be kept.
        listener: receives warnings about the inputs.

    Raises:
        DreamvidError: the kinds in `dreamvid.errors`.
    """
    role = role_in(paths)
    kind = kind_of(command, settings, role)
    _check_pictures(paths, settings)
    if "audio" in paths:
        probe_sound(paths["audio"])
    size, fps, frames = (_of_clip if role == "clip" else _of_picture)(settings, paths[role], output, listener)
    settings = sampled(settings, Clock(fps, kind.length(settings, frames, fps) / fps))
    dreams = settings.dream.steps != 0
    settings = with_engine(settings, listener.warn) if dreams else settings
    plan = Plan(
        command=command, settings=settings, size=size, fps=fps, frames=kind.length(settings, frames, fps),
        inputs={name: input_of(path) for name, path in paths.items()}, container=container_of(output),
        threads=settings.machine.threads or processors(), engine=settings.machine.engine if dreams else "none",
        weights=check_dream(settings.dream, listener, among(settings.dream)) if dreams else "",
    )
    plan = replace(plan, curves=digest_of(plan, paths))
    return Plan.from_json(plan.to_json())  # without what does not decide on frames


def kind_of(command: str, settings: Any, role: str) -> Kind:
    """The kind of film that a command makes of a `picture` or a `clip`."""
    return KINDS[f"{settings.kind} of a {role}" if command == "loop" else command]


def role_in(inputs: Collection[str]) -> str:
    """What a film is made of, among the roles of its inputs: `picture` or `clip`."""
    return next(role for role in ("picture", "clip") if role in inputs)


def container_of(output: str) -> str:
    """The container of a plan for an output, as `output.segments.Destination` takes it."""
    if output == STDOUT:
        return ".mkv"
    target = target_of(output)
    return ("" if is_film(target) else "%06d") + target.suffix.lower()


def _check_pictures(paths: Mapping[str, Path], settings: AnyFilmSettings) -> None:
    """Refuses a guide or a mask that cannot be read, as far as its header tells."""
    for role in paths.keys() & {"guide", "mask"}:
        if is_clip(paths[role]):
            start = settings.source.start if isinstance(settings, ClipSettings) else 0
            open_source(paths[role], SourceSettings(start=start), ignore, settings.dream.max_pixels)
        else:
            still_size(paths[role], settings.dream.max_pixels)


def _of_picture(settings: Any, path: Path, output: str, listener: Listener) -> tuple[Size, Fraction, int]:
    part = settings.source if isinstance(settings, LoopSettings) else settings.film
    fps = exact(output, part.fps, listener.warn)
    return fit(still_size(path, settings.dream.max_pixels), part.size), fps, 0


def _of_clip(settings: Any, path: Path, output: str, listener: Listener) -> tuple[Size, Fraction, int]:
    source = open_clip(path, output, settings.source, listener.warn, settings.dream.max_pixels)
    return source.size, source.fps, source.frames


def files_of(settings: AnyFilmSettings) -> dict[str, Path]:
    """The files that the settings name and that are read, by the keys of those settings."""
    table = to_table(settings)
    return {key: Path(str(table[key])) for key in file_keys(settings)}
