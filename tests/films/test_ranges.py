"""Ranges: a film that is rendered by them, in any order that their carries allow, has the frames of the whole."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.events import Listener
from dreamvid.films import ranges
from dreamvid.films.film import Material, StoredDreams, StoredFilm
from dreamvid.films.plan import Plan, files_of, plan_film
from dreamvid.films.prepare import Prepared, prepare
from dreamvid.films.ranges import Range, dream_all, lengths, longest_range, pictures_of, ranges_of
from dreamvid.motion.scenes import Scene
from dreamvid.output.store import Store
from dreamvid.settings import (
    ClipSettings,
    CoherenceSettings,
    DreamSettings,
    FilmSettings,
    FrameValues,
    LoopSettings,
    LoopSourceSettings,
    ShowSettings,
    ZoomSettings,
)
from dreamvid.timeline.table import Table
from tests.media import make_film
from tests.stand_in import StandIn

DREAMER: Any = StandIn()
SMALL = LoopSourceSettings(size=64)


def zoom(picture: Path, _: Path) -> tuple[str, Any, dict[str, Path]]:
    return "zoom", ZoomSettings(frames=7, film=FilmSettings(size=64)), {"picture": picture}


def clip(picture: Path, film: Path) -> tuple[str, Any, dict[str, Path]]:
    return "clip", ClipSettings(show=ShowSettings(mask=str(picture), strength=0.8)), {"clip": film, "mask": picture}


def apart(_: Path, film: Path) -> tuple[str, Any, dict[str, Path]]:
    return "clip", ClipSettings(coherence=CoherenceSettings(coherence="none")), {"clip": film}


def dive(picture: Path, _: Path) -> tuple[str, Any, dict[str, Path]]:
    return "loop", LoopSettings(seconds=0.3, source=SMALL, dream=DreamSettings(steps=2)).for_input(clip=False), {
        "picture": picture}


def sway(picture: Path, _: Path) -> tuple[str, Any, dict[str, Path]]:
    return "loop", LoopSettings(kind="sway", seconds=0.3, source=SMALL).for_input(clip=False), {"picture": picture}


def crossfade(_: Path, film: Path) -> tuple[str, Any, dict[str, Path]]:
    return "loop", LoopSettings(crossfade=0.08).for_input(clip=True), {"clip": film}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_film(tmp_path / "clip.mp4", 8)


def bounce(picture: Path, _: Path) -> tuple[str, Any, dict[str, Path]]:
    return "zoom", ZoomSettings(frames=7, bounce=True, film=FilmSettings(size=64)), {"picture": picture}


@pytest.mark.slow
@pytest.mark.parametrize("make", [zoom, bounce, clip, apart, dive, sway, crossfade])
def test_ranges_make_the_whole(
    make: Callable[..., tuple[str, Any, dict[str, Path]]], picture: Path, film: Path, tmp_path: Path
) -> None:
    command, settings, paths = make(picture, film)
    plan = plan_film(command, settings, {**paths, **files_of(settings)}, "film.mp4", Listener())
    prepared = prepare(plan, paths, DREAMER, Listener())
    kept = StoredDreams(Store(tmp_path, durable=False).begin())
    ready = plan.kind.film(Material(plan=plan, prepared=prepared, paths=paths, dreamer=DREAMER, dreams=kept))
    if isinstance(ready, StoredFilm):
        dream_all(ready, kept)
    there, _ = lengths(plan, prepared)

    def rendered(parts: list[Range]) -> list[Any]:
        made: list[Any] = []
        carried = None
        for part in parts:
            for shown, dreamed in pictures_of(ready, part, kept, there, first=part.first,
                                              carried=None if part.free else carried, shown=made.__getitem__):
                made.append(shown)
                carried = dreamed
        return made

    parts = ranges_of(plan, prepared)
    whole = rendered(parts)
    for length in (1, 3):
        short = [Range(n, min(n + length, part.stop), free=part.free and n == part.first)
                 for part in parts for n in range(part.first, part.stop, length)]
        np.testing.assert_array_equal(rendered(short), whole)


def planned(picture: Path, frames: int) -> Plan:
    settings = ZoomSettings(frames=frames, film=FilmSettings(size=64))
    return plan_film("zoom", settings, {"picture": picture}, "film.mp4", Listener())


VALUES = Table(FrameValues(steps=1, step_size=0.1))


@pytest.mark.parametrize("frames", [1, 2, 95, 96, 97, 300])
def test_ranges_cover_a_film_once(picture: Path, frames: int) -> None:
    found = ranges_of(planned(picture, frames), Prepared(values=VALUES))
    assert [n for part in found for n in range(part.first, part.stop)] == list(range(frames))
    assert max(part.stop - part.first for part in found) <= ranges.LONGEST
    assert all(part.first % 2 == 0 for part in found)
    assert [part.free for part in found] == [True] + [False] * (len(found) - 1)


def test_a_scene_begins_a_range_that_needs_no_carry_and_short_ones_are_joined(film: Path) -> None:
    plan = plan_film("clip", ClipSettings(), {"clip": film}, "film.mp4", Listener())
    scenes = (Scene(0, 20), Scene(20, 21), Scene(21, 30), Scene(30, 201), Scene(201, 204))
    found = ranges_of(replace(plan, frames=204), Prepared(values=VALUES, scenes=scenes))
    assert found == [Range(0, 20, free=True), Range(20, 30, free=True), Range(30, 126, free=True),
                     Range(126, 204, free=False)]


def test_a_clip_without_coherence_has_free_ranges_only(film: Path) -> None:
    settings = ClipSettings(coherence=CoherenceSettings(coherence="none"))
    plan = plan_film("clip", settings, {"clip": film}, "film.mp4", Listener())
    found = ranges_of(replace(plan, frames=204), Prepared(values=VALUES, scenes=(Scene(0, 204),)))
    assert found == [Range(0, 96, free=True), Range(96, 192, free=True), Range(192, 204, free=True)]


def test_a_range_is_bounded_in_bytes() -> None:
    for size in (Size(64, 48), Size(640, 360), Size(1920, 1080), Size(3840, 2160), Size(7680, 4320)):
        length = longest_range(size)
        assert 8 <= length <= 96
        assert length == 8 or length * size.width * size.height * 3 <= ranges.LARGEST
