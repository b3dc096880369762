"""Settings that move: marked where they are declared, and plain numbers at every frame."""

from dataclasses import fields

from dreamvid.settings import (
    COMMANDS,
    CameraSettings,
    CarrySettings,
    ClipSettings,
    Curve,
    FrameValues,
    Settings,
    ZoomSettings,
    keys_of,
    spec_of,
    values_of,
)


def moving(kind: type[Settings]) -> set[str]:
    """The fields of the settings that may change in time."""
    return {item.name for _, item in keys_of(kind).values() if spec_of(item).moves}


def test_the_values_of_a_frame_are_the_settings_that_move() -> None:
    declared = set().union(*map(moving, COMMANDS.values()))
    assert declared == {item.name for item in fields(FrameValues)} - {"steps", "weights", "aim"}


def test_what_moves_is_a_number() -> None:
    for kind in COMMANDS.values():
        numbers = {item.name for value_type, item in keys_of(kind).values() if value_type == Curve}
        assert moving(kind) == numbers


def test_values_are_those_of_the_settings() -> None:
    settings = ZoomSettings(camera=CameraSettings(zoom=1.5), carry=CarrySettings(blend=0.9))
    values = values_of(settings, (0.5, 1.0))
    assert (values.zoom, values.blend, values.weights) == (1.5, 0.9, (0.5, 1.0))
    assert (values.steps, values.step_size) == (settings.dream.steps, settings.dream.step_size)
    assert values.strength == 1.0, "a zoom has no such setting"


def test_a_clip_has_no_camera() -> None:
    values = values_of(ClipSettings())
    assert (values.zoom, values.rotate, values.pan_x, values.pan_y) == (1.0, 0.0, 0.0, 0.0)
