"""The values of moving settings at one frame."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from dreamvid.errors import SettingError
from dreamvid.settings.spec import Settings, is_curve, key_of, leaves
from dreamvid.settings.table import flat


@dataclass(frozen=True, kw_only=True)
class FrameValues:
    """Every moving setting at one frame, as plain numbers.

    The fields are the settings declared with `moves=True`, and `steps`, `weights` and `aim`. A setting that a film does
    not have keeps a default without effect.

    Attributes:
        steps: gradient steps in each octave; 0 if the frame is not dreamed.
        weights: weights of the objective, in the order of `Objective.weights`.
        aim: the value that the objective reaches with these weights, as a multiple of the prepared strength.
        drive: factor on the total length of the steps, and on the strength that `even` holds.
        depth: depth of a pulse or sway; here entry n is for picture n, not for dream n.
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
    """The values of settings at one frame. Values from the quality must be filled in already.

    Args:
        settings: settings of a film or a picture.
        weights: weights of the objective.
        moved: values of moving settings at this frame, by field name.

    Raises:
        SettingError: a setting is a curve without a value in `moved`, as for a picture.
    """
    found: dict[str, Any] = {}
    for name, (value, item) in _values(settings).items():
        found[name] = value if moved is None or name not in moved else moved[name]
        if is_curve(found[name]):
            raise SettingError(key_of(item), value, "it must be a number here, since a picture has no time")
    return FrameValues(**found, weights=weights)


def _values(settings: Settings) -> dict[str, tuple[Any, Any]]:
    """Field name → (value, field) of the settings in `FrameValues`."""
    known, values = {item.name for item in fields(FrameValues)} - {"weights", "aim"}, flat(settings)
    return {item.name: (values[item.name], item) for _, item in leaves(type(settings)) if item.name in known}
