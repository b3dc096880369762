"""The settings that may change in time, at one frame."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings.spec import Settings, is_curve, key_of, leaves, spec_of
from dreamvid.settings.table import flat


@dataclass(frozen=True, kw_only=True)
class FrameValues:
    """Every moving setting at one frame: plain numbers, nothing open.

    Its fields are the settings that are declared with `moves=True`, under their names there, besides `steps`, which is
    0 where a frame is not dreamed, `weights` and `aim`. A film that lacks a setting has the value that changes nothing.

    Attributes:
        steps: gradient steps in each octave.
        weights: of the objective, in the order of `Objective.weights`.
        aim: what the objective with these weights comes to by itself, by the strength that the film was prepared with.
        drive: how strong the dream is, by that.
        depth: of a loop; at frame n, of picture n.
    """

    steps: int
    step_size: float
    tv: float = 0.0
    smooth: float = 0.0
    colour: float = 0.0
    spectrum: float = 0.0
    weights: tuple[float, ...] = ()
    aim: float = 1.0
    drive: float = 1.0
    depth: float = 1.0
    zoom: float = 1.0
    rotate: float = 0.0
    pan_x: float = 0.0
    pan_y: float = 0.0
    blend: float = 1.0
    strength: float = 1.0


def values_of(
    settings: Settings, weights: tuple[float, ...] = (), moved: Mapping[str, float] | None = None
) -> FrameValues:
    """The values of settings at one frame; the settings' qualities must be filled in.

    Args:
        settings: of a film or a picture.
        weights: of the objective.
        moved: the values of those that move, by field name.

    Raises:
        SettingError: a setting moves, and no value of it is given, as for a picture.
    """
    found: dict[str, Any] = {}
    for name, (value, item) in _values(settings).items():
        found[name] = value if moved is None or name not in moved else moved[name]
        if is_curve(found[name]):
            raise SettingError(key_of(item), value, "it must be a number here, since a picture has no time")
    return FrameValues(**found, weights=weights)


def _values(settings: Settings) -> dict[str, tuple[Any, Any]]:
    """Field name → (value, field) of the settings that a frame has."""
    known, values = {item.name for item in fields(FrameValues)} - {"weights", "aim"}, flat(settings)
    return {item.name: (values[item.name], item) for _, item in leaves(type(settings)) if item.name in known}


def moving(kind: type[Settings]) -> set[str]:
    """The names of the settings that may change in time."""
    return {item.name for _, item in leaves(kind) if spec_of(item).moves}
