"""The curves, sound and beats of a film, as numbers that the page draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import dumps, loads
from pathlib import Path
from typing import Any

import numpy as np

from dreamvid.events import Caller
from dreamvid.films.clocks import analysed, sound_clock, sound_of
from dreamvid.films.commands import planned
from dreamvid.films.curves import Curves
from dreamvid.films.listen import beats_in
from dreamvid.films.moving import clock_for
from dreamvid.settings import COMMANDS, Curve, keys_of, resolve, spec_of, to_table
from dreamvid.timeline.clock import Clock, CurveError, Values
from dreamvid.timeline.curve import dots, parse_curve, values_at
from dreamvid.timeline.keyframes import Keyframes

WAVE = 1200
"""Points of the waveform."""


@dataclass(frozen=True)
class _Time:
    clock: Clock
    wave: list[float]
    frames: int


def curves(command: str, source: Path, preset: str, given: Mapping[str, Any], *, points: int) -> dict[str, Any]:
    """The value of every moving setting at evenly spaced times, with its keyframes or the error in its text.

    Args:
        command: zoom, clip or loop.
        source: the picture or clip.
        preset: a look's name; empty for none.
        given: settings by key.
        points: how many times.

    Raises:
        DreamvidError: the film cannot be planned.
    """
    kind = COMMANDS[command]
    known = keys_of(kind)
    moving = {key: str(value) for key, value in _in_force(command, preset, given).items()
              if key in known and spec_of(known[key][1]).moves and known[key][0] == Curve and isinstance(value, str)}
    still = {key: value for key, value in given.items() if key not in moving}
    if moving and preset:  # also ignore the look's own curves
        still |= {key: known[key][1].default for key in moving if spec_of(known[key][1]).allows(known[key][1].default)}
    time = _time(command, source, preset, dumps(still, sort_keys=True))
    times = np.linspace(0, float(time.clock.duration), points)
    return {
        "seconds": float(time.clock.duration), "fps": float(time.clock.fps), "frames": time.frames, "wave": time.wave,
        "beats": beats_in(time.clock.tempo, float(time.clock.duration)),
        "lanes": [_lane(key, text, spec_of(known[key][1]), times, time.clock) for key, text in moving.items()],
    }


def _in_force(command: str, preset: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings by key. Curves are unparsed text, which may be invalid."""
    return {**to_table(resolve(command, given, preset=preset).settings), **given}


@lru_cache(maxsize=4)
def _time(command: str, source: Path, preset: str, still: str) -> _Time:
    """The time of a film. It is cached, since editing a curve does not change it."""
    settings = resolve(command, loads(still), preset=preset).settings
    plan, call = planned(command, source, None, settings, Caller(), writes=False)
    path, shift = sound_of(plan, call.paths)
    if path is None:
        return _Time(clock_for(plan, call.paths)[1], [], plan.frames)
    sound, duration = analysed(path, Curves((), None).bands), plan.frames / plan.fps
    clock = sound_clock(sound, settings.timeline, shift, plan.fps, duration)
    times = np.linspace(0, float(duration), WAVE)
    return _Time(clock, _rounded(sound.at("loud", times + shift)), plan.frames)


def _rounded(values: Values) -> list[float]:
    return [round(float(value), 4) for value in np.nan_to_num(values, posinf=0, neginf=0)]


def _lane(key: str, text: str, spec: Any, times: Values, clock: Clock) -> dict[str, Any]:
    lane: dict[str, Any] = {"key": key, "text": text, "low": spec.low, "high": spec.high, "points": [], "keys": []}
    try:
        curve = parse_curve(text)
        values = np.broadcast_to(values_at(curve, times, clock), times.shape)
        keys = _keys(curve, clock) if isinstance(curve, Keyframes) else []
    except CurveError as error:
        return {**lane, "error": error.problem, "start": error.start, "stop": error.stop}
    outside = ~np.isfinite(values) | (values < (spec.low if spec.low is not None else -np.inf)) | (
        values > (spec.high if spec.high is not None else np.inf))
    if outside.any():
        at = int(np.argmax(outside))
        lane["error"] = f"at {times[at]:.4g}s it is {values[at]:.4g}, and it must be {spec.allowed}"
    return {**lane, "points": _rounded(values), "keys": keys}


def _keys(curve: Keyframes[Any], clock: Clock) -> list[dict[str, Any]]:
    return [{"seconds": at, "time": str(key.time), "value": value, "text": str(key.value), "easing": key.easing}
            for key, (at, value) in zip(curve.keys, dots(curve, clock), strict=True)]
