"""What moves in a film: the digest that its plan holds, and the table from which frames take their values.

Also warns about flashes, which only a curve can cause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dreamvid.arrays import Image
from dreamvid.dream.networks.describe import describe
from dreamvid.dream.objective import objective_of, weights_in
from dreamvid.errors import InputError
from dreamvid.events import Warn
from dreamvid.films.clocks import clock_of
from dreamvid.films.curves import Curves, columns, curves_of, digest, mixed, table_of, weights_over
from dreamvid.films.film import frame_times
from dreamvid.films.source import clip_of, frame_of, open_still
from dreamvid.motion.flashes import Flashes
from dreamvid.settings import DreamSettings, values_of
from dreamvid.timeline.clock import Clock, Values
from dreamvid.timeline.table import Table, lead_of

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer
    from dreamvid.films.plan import Plan


def digest_of(plan: "Plan", paths: Mapping[str, Path]) -> str:
    """SHA-256 of the values of all that moves in a film, in hexadecimal; empty if nothing does.

    Args:
        plan: its own digest of the curves does not matter.
        paths: where its inputs are.

    Raises:
        SettingError: a curve cannot be used, or a value is outside its setting's range.
        InputError: the sound cannot be read.
    """
    curves = curves_of(plan.kind.values(plan.settings))
    return _digest(*_evaluated(plan, paths, curves)) if curves else ""


def values_in(plan: "Plan", paths: Mapping[str, Path], dreamer: "Dreamer | None") -> Table:
    """The moving settings of a film at every frame.

    Args:
        paths: where the plan's inputs are.
        dreamer: of the plan's settings; None if nothing is dreamed.

    Raises:
        InputError: the curves have other values here than where the film was planned.
    """
    settings, weights = plan.kind.values(plan.settings), dreamer.objective.weights if dreamer else ()
    curves = curves_of(settings)
    if not curves:
        return Table(values_of(settings, weights))
    numbers, fade = _evaluated(plan, paths, curves)
    if _digest(numbers, fade) != plan.curves:
        raise InputError("the curves have other values here than where the film was planned; plan it again")
    still = values_of(settings, weights, {name: float(values[0]) for name, values in numbers.items()})
    if curves.fade is None or fade is None or dreamer is None:
        return table_of(still, numbers)
    usual, image = table_of(still, numbers).still, _opening(plan, paths)
    weights = weights_over(*fade, _units(dreamer, curves.fade.among(settings.dream)),
                           lambda weights: dreamer.strength(image, replace(usual, weights=weights)))
    return table_of(still, {**numbers, **weights})


def _units(dreamer: "Dreamer", names: Sequence[DreamSettings]) -> Values:
    """The weights of a dreamer's objective for each name alone, shape (names, weights)."""
    facts = describe(dreamer.settings)
    return np.array([weights_in(dreamer.objective, objective_of(each, facts)) for each in names])


def clock_for(plan: "Plan", paths: Mapping[str, Path]) -> tuple[Curves, Clock]:
    """What moves in a film, and the clock on which it is evaluated."""
    curves = curves_of(plan.kind.values(plan.settings))
    return curves, clock_of(plan, paths, curves)


def _evaluated(
    plan: "Plan", paths: Mapping[str, Path], curves: Curves
) -> tuple[dict[str, Values], tuple[Values, Values] | None]:
    """The columns of the numbers, and what `mixed` gives of what fades."""
    wanted, times = plan.settings.timeline, plan.kind.times(plan)
    clock = clock_of(plan, paths, curves)
    numbers = columns(curves, times, frame_times(plan.fps, plan.frames), clock, clamp=wanted.clamp,
                      lead=partial(lead_of, wanted.lead))
    return numbers, mixed(curves.fade, times + lead_of(wanted.lead, "weights"), clock) if curves.fade else None


def _digest(numbers: Mapping[str, Values], fade: tuple[Values, Values] | None) -> str:
    return digest({**numbers, **({} if fade is None else {"shares": fade[0], "weights": fade[1]})})


def _opening(plan: "Plan", paths: Mapping[str, Path]) -> Image:
    """The picture that a film begins with."""
    return open_still(plan, paths) if plan.role == "picture" else frame_of(clip_of(plan, paths), 0)


def flash_watch(table: Table, fps: Fraction, warn: Warn) -> Callable[[int, Image], None]:
    """Makes a function to call with each picture's number and image. Without curves it never warns."""
    watch, told = Flashes(), not table.columns

    def look(n: int, picture: Image) -> None:
        nonlocal told
        if told or not watch.seen(picture, float(n / fps)):
            return
        told = True
        warn(f"at {float(n / fps):.1f}s the film flashes more than three times a second over a quarter of the picture, "
             f"which can harm photosensitive viewers (WCAG 2.3.1); it is {mover(table.columns, n, fps)} that moves "
             "most there")

    return look


def mover(columns: Mapping[str, Values], n: int, fps: Fraction) -> str:
    """The setting whose curve moves most, relative to its range, in the second before frame n."""
    first = max(0, n - round(fps))
    names = {"drive": "strength", "weights": "layers", "aim": "layers"}
    ways = {name: float(np.abs(np.diff(values[first:n + 1], axis=0)).sum() / max(np.ptp(values), 1e-9))
            for name, values in columns.items() if len(values[first:n + 1]) > 1}
    most = max(ways, key=lambda name: ways[name], default="")
    return names.get(most, most) or "a setting"
