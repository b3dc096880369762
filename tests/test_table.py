"""Settings as a flat table, as TOML holds them."""

import tomllib
from fractions import Fraction
from typing import Any

import pytest

from dreamvid.errors import SettingError
from dreamvid.settings import (
    CameraSettings,
    ClipSettings,
    Curve,
    FilmSettings,
    ImageSettings,
    LoopSettings,
    Settings,
    Time,
    ZoomSettings,
    build,
    from_table,
    keys_of,
    leaves,
    parsed,
    to_table,
)

KINDS = [ZoomSettings, ClipSettings, ImageSettings, LoopSettings]


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_gives_the_same_settings_again(kind: type[Settings]) -> None:
    settings = kind(quality="fine", seed=7)
    assert build(kind, from_table(kind, to_table(settings))) == settings


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_has_a_key_of_its_own_and_a_plain_type(kind: type[Settings]) -> None:
    keys = keys_of(kind)
    assert len(keys) == len(list(leaves(kind)))
    assert {value_type for value_type, _ in keys.values()} <= {bool, int, float, str, Fraction, Time, Curve}


def test_parts_and_rates_are_in_the_table_and_what_is_not_set_is_not() -> None:
    settings = ZoomSettings(camera=CameraSettings(zoom=1.25), film=FilmSettings(fps=Fraction(30000, 1001)))
    table = to_table(settings)
    assert (table["zoom"], table["fps"], table["step_size"]) == (1.25, "30000/1001", 0.012)
    assert "guide" not in table
    assert all(type(value) in (bool, int, float, str) for value in table.values())


def test_a_dash_is_understood_and_whole_numbers_are_numbers() -> None:
    assert from_table(ZoomSettings, {"step-size": 1, "fps": 25}) == {"step_size": 1.0, "fps": Fraction(25)}
    assert from_table(ZoomSettings, tomllib.loads("class = 'tiger'")) == {"class_name": "tiger"}


def test_unknown_keys_name_the_near_ones() -> None:
    with pytest.raises(SettingError, match=r"no setting 'octave_scales'; did you mean octave_scale"):
        from_table(ZoomSettings, {"octave_scales": 1.4})
    with pytest.raises(SettingError, match=r"no setting 'qqqqqq'$"):
        from_table(ZoomSettings, {"qqqqqq": 1})


@pytest.mark.parametrize(("key", "value", "wanted"), [
    ("frames", "many", "a whole number"), ("frames", 1.5, "a whole number"), ("frames", True, "a whole number"),
    ("octave_scale", "fast", "a number"), ("anchor", 1, "true or false"), ("layers", 3, "text"),
    ("zoom", [1], "a number"),
    ("layers", {"a": 1}, "text"), ("fps", True, "a frame rate"), ("fps", [], "a frame rate"),
])
def test_values_of_another_type_are_refused(key: str, value: object, wanted: str) -> None:
    with pytest.raises(SettingError, match=f"^{key} is .*; it must be {wanted}"):
        from_table(ZoomSettings, {key: value})


@pytest.mark.parametrize(("value_type", "text", "value"), [
    (bool, "yes", True), (bool, "OFF", False), (int, "12", 12), (float, "1.5", 1.5), (str, "block4", "block4"),
    (Fraction, "29.97", Fraction(30000, 1001)),
])
def test_text_is_parsed(value_type: type, text: str, value: Any) -> None:
    assert parsed("x", value_type, text) == value


@pytest.mark.parametrize(("value_type", "text"), [(bool, "maybe"), (int, "1.5"), (float, "fast"), (Fraction, "x")])
def test_text_that_is_no_value_is_refused(value_type: type, text: str) -> None:
    with pytest.raises(SettingError, match="must be"):
        parsed("x", value_type, text)
