"""A film's inputs: the picture, or the clip at a rate and with the sound that the output can hold; found by content."""

import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dreamvid.arrays import Image
from dreamvid.errors import InputError, SettingError, named
from dreamvid.events import Warn, ignore
from dreamvid.filters import resize
from dreamvid.media.base import Source
from dreamvid.media.fingerprint import fingerprint
from dreamvid.media.probe import end_of
from dreamvid.media.sound import Tracks, probe_sound, warn_of_lost_tracks
from dreamvid.media.source import open_source, tracks_of
from dreamvid.media.still import read_still
from dreamvid.output.formats import CONTAINERS, kept_rate
from dreamvid.recipe import Input
from dreamvid.settings import MAX_PIXELS, ClipSettings, EncoderSettings, SourceSettings

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan

S = TypeVar("S", bound=SourceSettings)

MAIN = ("picture", "clip")
"""Roles of a command's main input, which is an argument rather than a setting."""

_UNHEARD = Fraction(1, 20)
"""Seconds by which a sound may be shorter than its film without being padded and re-encoded."""


def exact(target: str, fps: Fraction, warn: Warn) -> Fraction:
    """The nearest rate that the output keeps exactly; warns if it differs."""
    kept = kept_rate(target, fps)
    if kept != fps:
        warn(f"a GIF cannot keep {float(fps):g} frames a second; it has {float(kept):g}")
    return kept


def open_still(plan: "Plan", paths: Mapping[str, Path]) -> Image:
    """The picture that a film is made of, at the film's size."""
    return resize(read_still(paths["picture"], ignore, plan.settings.dream.max_pixels).image, plan.size)


def open_clip(
    path: Path, target: str, values: SourceSettings, warn: Warn, max_pixels: int = MAX_PIXELS
) -> Source:
    """A clip, at its own rate or at the nearest that the output keeps exactly."""
    frames = open_source(path, values, warn, max_pixels)
    fps = exact(target, frames.fps, warn)
    return frames if fps == frames.fps else open_source(path, values.but(fps=fps), ignore, max_pixels)


def in_seconds(path: Path, values: S, max_pixels: int = MAX_PIXELS) -> S:
    """The settings of a clip with times that are shares of it, such as 40%, in seconds."""
    if not isinstance(values.start, str) and not isinstance(values.end, str):
        return values
    whole = open_source(path, values.but(start=0.0, end=0.0, frames=0), ignore, max_pixels)
    return values.at(float(whole.frames / whole.fps))


def clip_of(plan: "Plan", paths: Mapping[str, Path], warn: Warn = ignore) -> Source:
    """The clip that a film is made of, at the plan's rate. `plan_film` has already given its warnings."""
    return open_source(paths["clip"], plan.clip_settings, warn, plan.settings.dream.max_pixels)


def frame_of(clip: Source, n: int) -> Image:
    """One frame of a clip."""
    frame = next(clip.read(n), None)
    if frame is None:
        raise InputError(f"frame {n} of the clip cannot be read any more")
    return frame


def added_sound(path: Path, shift: float, length: Fraction) -> Tracks:
    """The sound of a file as that of a film: it ends with the film, and silence follows it where it is shorter.

    Args:
        shift: what is heard at the film's beginning, in seconds of the file; below 0 it begins later.
        length: of the film, in seconds.
    """
    facts, begin = probe_sound(path), Fraction(shift).limit_denominator(1_000_000)
    lacks = length - (end_of(path, facts.track) - facts.begin - begin)
    return Tracks(path, (facts.track,), begin=facts.begin, start=begin, shown=begin, length=None, frames=sys.maxsize,
                  padded=lacks > _UNHEARD)


def kept_tracks(tracks: Tracks | None, target: str, film: EncoderSettings, warn: Warn) -> Tracks | None:
    """The sound and subtitles of a source that the output can hold; warns about the others."""
    suffix = Path(target).suffix.lower()
    if tracks is None or suffix not in CONTAINERS:
        return None
    if CONTAINERS[suffix].loops or film.repeat > 1:
        warn("the film is silent: " + ("it is repeated" if film.repeat > 1 else f"{suffix} holds no sound"))
        return None
    warn_of_lost_tracks(tracks, suffix, warn)
    return tracks


def tracks_for(plan: "Plan", paths: Mapping[str, Path], target: str, frames: int, warn: Warn) -> Tracks | None:
    """The sound of a film of `frames` frames, and the subtitles of a dreamed clip, as far as the output can hold them.

    The loop of a clip does not get the clip's sound, which would break off where the loop closes.
    """
    silent = isinstance(plan.settings, ClipSettings) and not plan.settings.show.sound
    if silent or (plan.role != "clip" and "audio" not in paths):
        return None
    if "audio" in paths:
        tracks = added_sound(paths["audio"], plan.settings.timeline.shift, frames / plan.fps)
    else:
        tracks = tracks_of(clip_of(plan, paths))
        if tracks is not None and plan.command == "loop":
            warn("the loop is silent: a sound would break off where it closes")
            return None
    return kept_tracks(tracks, target, plan.settings.film, warn)


def find_inputs(
    wanted: Mapping[str, Input], given: Mapping[str, Path], file: Path
) -> dict[str, Path]:
    """Finds all inputs; returns role → path.

    Args:
        wanted: the inputs of a plan or a recipe.
        given: role → path, for inputs whose path was given.
        file: the plan, or the result with the recipe; inputs are also looked for beside it.

    Raises:
        InputError: one is neither in the current folder nor beside the file, or differs from what was planned.
        SettingError: a role is given that the plan does not have.
    """
    for role in given.keys() - wanted.keys():
        raise SettingError("input", role, f"{file} has the inputs {', '.join(wanted)}")
    return {role: _same(known, given[role], role) if role in given
            else find_input(known, role, file, f"{named('input')} {role}=PATH")
            for role, known in wanted.items()}


def _same(known: Input, given: Path, role: str) -> Path:
    """The given file; refuses one that differs from the planned file, since the frames would differ."""
    if fingerprint(given) != known.sha256:
        raise InputError(f"{given} differs from the {role} {known.name} that was planned; plan the film again")
    return given


def checked(known: Input, given: Path, role: str, warn: Warn) -> Path:
    """The given file; warns if its content differs from the recorded one."""
    if fingerprint(given) != known.sha256:
        warn(f"{given} differs from the {role} {known.name} that was used; the frames will differ")
    return given


def find_input(known: Input, role: str, file: Path, option: str) -> Path:
    """Finds an input by name in the current folder or beside `file`, and checks that its content is unchanged."""
    seen = None
    for folder in _folders(file):
        path = folder / known.name
        try:
            if fingerprint(path) == known.sha256:
                return path
            seen = path
        except InputError:
            continue
    if seen is not None:
        raise InputError(f"{seen} differs from the {role} that {file} was made of; give the right one, or this, "
                         f"by {option}")
    raise InputError(f"the {role} {known.name} is neither in the current folder nor beside {file}; give it by {option}")


def _folders(file: Path) -> Iterable[Path]:
    return dict.fromkeys((Path(), file.parent))
