"""Zooms: a still under a moving camera; there, and there and back."""

from collections.abc import Callable, Generator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from math import exp, pi, sin
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image, size_of
from dreamvid.films.dive import loop_length
from dreamvid.films.film import (
    Film,
    Kind,
    Material,
    StreamedFilm,
    frames_a_dream,
    length_there,
    length_there_and_back,
)
from dreamvid.films.source import open_still
from dreamvid.frame import Carry, Frame, Motion, Past
from dreamvid.motion.camera import camera_between, camera_motion, camera_start
from dreamvid.motion.show import shown
from dreamvid.motion.warp import warp
from dreamvid.render import Dream, Remember, no_past
from dreamvid.settings import CameraSettings, CarrySettings, FrameValues
from dreamvid.timeline.clock import Values
from dreamvid.timeline.table import Table

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan

GROWING = 10
"""Number of first dreams with unadjusted step lengths, in which longer steps would only add noise."""

SETTLING = GROWING + 4
"""Number of first dreams of a bounce that are not shown, since a loop must not begin with an undreamed picture."""

_STANDSTILL = 1e-6

RELEASE = 10.0
"""Time constant, in seconds, with which the dreamed strength decays after a peak."""
RECENT = 2.0
"""Time constant, in seconds, after which detail no longer counts as recent."""

Speed = Callable[[int], float]
"""Number of a frame → how fast the camera moves to it, by its usual speed."""


def _zoom(material: Material) -> Film:
    settings = material.settings
    return _film(material, settings.camera, settings.carry, frames=settings.frames)


def _bounce(material: Material) -> Film:
    settings, seen = material.settings, length_there(material.plan.frames)
    return _film(material, settings.camera, settings.carry, frames=SETTLING + seen, unseen=SETTLING,
                 speed=lambda n: _gentle(n - SETTLING, seen))


def _gentle(n: int, frames: int) -> float:
    """The speed of a camera that starts and stops smoothly; on average 1."""
    return max(_STANDSTILL, pi / 2 * sin(pi * (n - 0.5) / (frames - 1))) if n > 0 else _STANDSTILL


def _film(
    material: Material, camera: CameraSettings, carry: CarrySettings, *, frames: int, unseen: int = 0,
    speed: Speed = lambda _: 1.0,
) -> StreamedFilm:
    still, fps, table = open_still(material.plan, material.paths), material.plan.fps, material.prepared.values
    every = frames_a_dream(fps, material.settings.dream_rate)
    moves = "drive" in table.columns  # the strength
    if moves:
        material = replace(material, prepared=replace(material.prepared, values=split_strength(table, fps)))

    def last_dream(n: int) -> int:
        return n if n < unseen else n - (n - unseen) % every

    def turn(n: int) -> int:
        """The number of a frame's dream among the dreams."""
        return n if n < unseen else unseen - (unseen - n) // every

    def picture(before: Carry | None, after: Carry, frame: Frame) -> Image:
        share = frame.values.strength
        if before is None or frame.dreamed:
            return with_recent_detail(after, share).dreamed
        return camera_between(frame, with_recent_detail(before, share), with_recent_detail(after, share), camera.border)

    # A dream after the last frame, so that no frame depends on how many there are.
    stop = next(n for n in range(frames - 1, frames + every) if last_dream(n) == n) + 1
    return StreamedFilm(
        dreams=turn(stop - 1) + 1, source=lambda _: still,
        frames=lambda first: _frames(still, material, range(first, stop), last_dream, speed),
        start=camera_start(still, camera.border, anchor=carry.anchor), dream=_dream(material, turn),
        pictures=lambda before, after, group: (picture(before, after, frame) for frame in group),
        remember=recent_mean(fps, camera.border) if moves else no_past, last_dream=last_dream, unseen=unseen,
    )


def _frames(
    still: Image, material: Material, numbers: range, last_dream: Callable[[int], int], speed: Speed
) -> Generator[Frame, None, None]:
    fps, table = material.plan.fps, material.prepared.values

    def move(first: int, last: int) -> tuple[float, FrameValues]:
        """What the way from one frame to another takes, in seconds at the usual speed, and the mean speeds on it."""
        return float(sum(Fraction(speed(n)) for n in range(first + 1, last + 1)) / fps), table.between(first, last)

    @lru_cache(maxsize=3)  # most cameras move steadily, and most frames that are not dreamed are midway
    def motion(seconds: float, values: FrameValues) -> Motion:
        return camera_motion(size_of(still), seconds, values, material.prepared.centre)

    for n in numbers:
        since = move(last_dream(max(0, n - 1)), n)
        if last_dream(n) == n:
            yield Frame(n, n / fps, still, table[n], motion(*since) if n else None)
        else:
            after = next(later for later in range(n + 1, numbers.stop) if last_dream(later) == later)
            seconds, values = move(n, after)
            yield Frame(n, n / fps, still, table[n], motion(*since), motion(-seconds, values))


def _dream(material: Material, turn: Callable[[int], int]) -> Dream:
    """Dreams a frame; once the film has grown out of its picture, at a pace that holds the prepared strength."""
    seed, strength = material.settings.seed, material.prepared.strength

    def dream(image: Image, frame: Frame, _: Past | None) -> Image:
        number = turn(frame.n)
        return material.dream(image, [seed, number], frame.values, strength if number >= GROWING else None)

    return dream


# A zoom's dream grows and fades over many frames, so it cannot follow a beat. It is therefore dreamed at the strength
# of recent peaks, and each picture shows a share of the detail that grew recently.


def split_strength(table: Table, fps: Fraction) -> Table:
    """The table of a zoom whose strength moves: `drive` is what is dreamed, `strength` the share that is shown."""
    drive = table.columns["drive"]
    level = peaks(drive, exp(-1 / (float(fps) * RELEASE)))
    share = np.divide(drive, level, out=np.ones_like(level), where=level > 0)
    return replace(table, columns={**table.columns, "drive": level, "strength": share})


def peaks(values: Values, fade: float) -> Values:
    """Running maximum that decays by the factor `fade` at every step."""
    found = values.copy()
    for n in range(1, len(found)):
        found[n] = max(found[n], found[n - 1] * fade)
    return found


def recent_mean(fps: Fraction, border: str) -> Remember:
    """The past of a zoom: the mean of the dreams before, moved along; the weights fall off over `RECENT`."""

    def before(frame: Frame, carry: Carry | None) -> Image:
        if carry is None or carry.past is None or frame.motion is None:
            return frame.source
        share = 1 - exp(-float((frame.n - carry.n) / fps) / RECENT)
        return warp(shown(carry.past, carry.dreamed, share, None), frame.motion.flow, border)

    return before


def with_recent_detail(carry: Carry, share: float) -> Carry:
    """A dream with a share of the detail that grew recently, as a picture shows it."""
    if carry.past is None:
        return carry
    return carry._replace(dreamed=shown(carry.past, carry.dreamed, share, None).clip(0, 1))


def _times_there(plan: "Plan") -> Values:
    """The time of each dream of a bounce, in seconds; dreams that are not shown belong to its beginning."""
    numbers = np.arange(SETTLING + length_there(plan.frames)) - SETTLING
    return np.maximum(0, numbers) / float(plan.fps)


ZOOM = Kind(
    length=lambda settings, *_: length_there_and_back(settings.frames) if settings.bounce else settings.frames,
    film=_zoom, even=lambda settings: settings.carry.even,
    back=lambda settings: settings.bounce,
)
BOUNCE = Kind(
    length=lambda settings, _, fps: length_there_and_back(length_there(loop_length(settings, 0, fps))),
    film=_bounce, even=lambda settings: settings.carry.even, back=lambda _: True, times=_times_there,
)
