"""Computes, before the first dream, what rendering needs: scenes, moving settings, strength and centre."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dreamvid.events import Doing, Listener
from dreamvid.films.moving import values_in
from dreamvid.films.plan import Plan
from dreamvid.films.source import clip_of, open_still
from dreamvid.media import cache
from dreamvid.media.source import Source
from dreamvid.motion.camera import MIDDLE
from dreamvid.motion.morph import Seam
from dreamvid.motion.scenes import SIDE, Link, Scene, scan
from dreamvid.settings import ClipSettings, FrameValues, SourceSettings, point
from dreamvid.timeline.table import Table

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What `prepare` computes before the first dream. It does not depend on who computes it.

    Attributes:
        values: the moving settings at every frame.
        scenes: of a clip, in order; empty for a picture.
        strength: value of the objective that the dream holds; None if it holds none.
        centre: what the camera zooms and turns about, as fractions of the width and height.
        seam: where a crossfade closes; None for other films.
    """

    values: Table
    scenes: tuple[Scene, ...] = ()
    strength: float | None = None
    centre: tuple[float, float] = MIDDLE
    seam: Seam | None = None

    def scene(self, n: int) -> Scene:
        """The scene of the clip's frame n."""
        return self.scenes[bisect_right(self.scenes, n, key=lambda scene: scene.first) - 1]

    def link(self, n: int, other: int) -> Link:
        """How frame n of the clip follows another one, or comes before it."""
        scene = self.scene(n)
        if not scene.first <= other < scene.stop:
            return Link.CUT
        return Link.HOLD if scene.flashes(n) or scene.flashes(other) else Link.FLOW

    def to_table(self) -> dict[str, Any]:
        """Converts to plain data, which `from_table` reads."""
        columns = {name: values.tolist() for name, values in self.values.columns.items()}
        return {"still": asdict(self.values.still), "columns": columns, "scenes": [astuple(one) for one in self.scenes],
                "strength": self.strength, "centre": self.centre, "seam": self.seam}

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "Prepared":
        """What `to_table` returned, also by way of JSON."""
        still = FrameValues(**{**table["still"], "weights": tuple(table["still"]["weights"])})
        columns = {name: np.array(values, np.float64) for name, values in table["columns"].items()}
        scenes = tuple(Scene(first, stop, tuple(held)) for first, stop, held in table["scenes"])
        across, down = table["centre"]
        seam = Seam(*table["seam"]) if table["seam"] else None
        return cls(values=Table(still, columns), scenes=scenes, strength=table["strength"], centre=(across, down),
                   seam=seam)


def prepare(plan: Plan, paths: Mapping[str, Path], dreamer: "Dreamer | None", listener: Listener) -> Prepared:
    """Scans the clip, and measures the strength that the dream should keep.

    Args:
        paths: where the plan's inputs are.
        dreamer: of the plan's settings; None if nothing is dreamed.
        listener: receives a warning if the clip is damaged.

    Raises:
        InputError: no frame of the clip can be decoded; or one is missing where the settings are strict.
    """
    values = values_in(plan, paths, dreamer)
    scenes = _scenes(plan, paths, listener) if plan.role == "clip" else ()
    strength = None
    if dreamer and plan.kind.even(plan.settings):
        strength = dreamer.strength(open_still(plan, paths), values[0])
    seam = None
    if scenes and plan.kind.seam:
        seam = plan.kind.seam(plan, clip_of(plan, paths), scenes[-1].stop, listener)
    return Prepared(values=values, scenes=scenes, strength=strength, centre=_centre(plan, paths, dreamer, values),
                    seam=seam)


def _centre(plan: Plan, paths: Mapping[str, Path], dreamer: "Dreamer | None", values: Table) -> tuple[float, float]:
    camera = getattr(plan.settings, "camera", None)
    found = point(camera.center) if camera else MIDDLE
    if found is None and dreamer is not None:
        return dreamer.strongest(open_still(plan, paths), values[0])
    return found or MIDDLE


def _scenes(plan: Plan, paths: Mapping[str, Path], listener: Listener) -> tuple[Scene, ...]:
    listener.observe(Doing("looking for cuts"))
    warnings: list[str] = []
    clip, settings = clip_of(plan, paths, warnings.append), plan.settings
    warnings.clear()  # plan_film has already given the warnings about the header
    find = settings.coherence.cuts if isinstance(settings, ClipSettings) else True
    scenes = cached_scan(clip, plan.inputs["clip"].sha256, plan.clip_settings, find=find)
    for sentence in warnings:
        listener.warn(sentence)
    return scenes


_VERSION = 1
"""Increase this when `scan` changes its results, to invalidate the cache."""


def cached_scan(source: Source, digest: str, values: SourceSettings, *, find: bool) -> tuple[Scene, ...]:
    """The scenes of a clip; the last one ends with its last frame.

    Args:
        source: the clip. It is read once, unless its scenes are cached; those of a damaged clip are not.
        digest: of the clip's content; see `fingerprint`.
        values: those that the clip was opened with.
        find: whether cuts are looked for; if not, all frames are one scene.

    Raises:
        InputError, FFmpegError: see `Source.read`.
    """
    key = f"scan {_VERSION} {digest} {values} {find}"
    known = cache.get(key)
    if known is None:
        scenes = scan(source.small(SIDE), find=find)
        if not source.lost:  # otherwise the warning about damage would not be repeated
            cache.put(key, [astuple(scene) for scene in scenes])
        return scenes
    return tuple(Scene(first, stop, tuple(held)) for first, stop, held in known)
