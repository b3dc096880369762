"""Settings: checked when made, filled by their quality, frozen."""

from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from typing import Any

import pytest

from dreamvid.errors import SettingError
from dreamvid.settings import (
    CameraSettings,
    DreamSettings,
    FilmSettings,
    ImageSettings,
    Settings,
    ZoomSettings,
    build,
    frame_rate,
    leaves,
    spec_of,
)

ALL = list(dict.fromkeys([*leaves(ZoomSettings), *leaves(ImageSettings)]))
RANGED = [(kind, item) for kind, item in ALL if spec_of(item).low is not None and not spec_of(item).choices]
CHOSEN = [(kind, item) for kind, item in ALL if spec_of(item).choices]


def option(item: Any) -> str:
    return "--" + item.name.replace("_", "-")


@pytest.mark.parametrize(("kind", "item"), RANGED, ids=lambda value: getattr(value, "name", None))
def test_ranges_hold_and_the_message_says_what_is_allowed(kind: type[Settings], item: Any) -> None:
    spec = spec_of(item)
    bad = [spec.low - 1, float("nan"), float("inf")]
    bad += [spec.high + 1] if spec.high is not None else []
    for value in bad:
        with pytest.raises(SettingError) as caught:
            kind(**{item.name: value})
        message = str(caught.value)
        assert message.startswith(f"{option(item)} is {value}; it must be {spec.low:g}")
        assert spec.high is None or f"to {spec.high}" in message
        assert spec.unit in message
        assert caught.value.exit_code == 2


@pytest.mark.parametrize(("kind", "item"), RANGED, ids=lambda value: getattr(value, "name", None))
def test_the_ends_of_a_range_are_allowed(kind: type[Settings], item: Any) -> None:
    spec = spec_of(item)
    room = {"tile": 4096} if item.name == "overlap" else {"overlap": 0} if item.name == "tile" else {}
    for end in (spec.low, spec.high):
        if end is not None:
            assert getattr(kind(**{**room, item.name: end}), item.name) == end


@pytest.mark.parametrize(("kind", "item"), CHOSEN, ids=lambda value: getattr(value, "name", None))
def test_choices_hold(kind: type[Settings], item: Any) -> None:
    for choice in spec_of(item).choices:
        assert getattr(kind(**{item.name: choice}), item.name) == choice
    with pytest.raises(SettingError, match=f"{option(item)} is 'nonsense'; it must be one of ") as caught:
        kind(**{item.name: "nonsense"})
    assert all(choice in str(caught.value) for choice in spec_of(item).choices)


def test_overlaps_must_leave_something_of_a_tile() -> None:
    DreamSettings(tile=256, overlap=96)
    with pytest.raises(SettingError, match="--overlap is 97 and --tile 256; two overlaps must leave 64"):
        DreamSettings(tile=256, overlap=97)


def test_settings_are_frozen_and_changed_only_by_making_others() -> None:
    settings = CameraSettings()
    with pytest.raises(FrozenInstanceError):
        settings.zoom = 2.0  # pyright: ignore[reportAttributeAccessIssue]
    assert settings.but(zoom=2.0) == CameraSettings(zoom=2.0)
    assert settings == CameraSettings()
    with pytest.raises(SettingError, match="--zoom is 0"):
        settings.but(zoom=0)


@pytest.mark.parametrize(("text", "rate"), [
    ("30", 30), ("25", 25), ("12.5", Fraction(25, 2)), ("30000/1001", Fraction(30000, 1001)),
    ("23.976", Fraction(24000, 1001)), ("23.98", Fraction(24000, 1001)), ("29.97", Fraction(30000, 1001)),
    ("59.94", Fraction(60000, 1001)), (29.97, Fraction(30000, 1001)), (30, 30), (24.0, 24), (Fraction(50), 50),
    ("1", 1), ("240", 240), (" 30 ", 30),
])
def test_frame_rates(text: str | float | Fraction, rate: Fraction) -> None:
    assert frame_rate(text) == rate


@pytest.mark.parametrize("text", ["0", "-30", "0.5", "241", "abc", "", "30/0", "nan", "inf", "30 fps", float("nan")])
def test_frame_rates_that_are_none(text: str | float) -> None:
    with pytest.raises(SettingError, match=r"--fps is .*it must be "):
        frame_rate(text)


def opened(settings: Settings) -> set[str]:
    """The names of the settings that have no value yet, beside those whose help says what no value means."""
    return {item.name for item in fields(settings)
            if getattr(settings, item.name) is None and not spec_of(item).unset}


@pytest.mark.parametrize("kind", [ZoomSettings, ImageSettings])
@pytest.mark.parametrize("quality", ["draft", "standard", "fine"])
def test_quality_fills_what_is_not_given(kind: type[ZoomSettings] | type[ImageSettings], quality: str) -> None:
    wanted = kind.qualities[quality]
    dream = kind(quality=quality).dream
    assert not opened(dream)
    assert {name: getattr(dream, name) for name in opened(DreamSettings())} == {
        name: wanted[name] for name in opened(DreamSettings())}
    given = kind(quality=quality, dream=DreamSettings(steps=0)).dream
    assert (given.octaves, given.steps) == (wanted["octaves"], 0)


def test_quality_fills_the_film_too() -> None:
    assert ZoomSettings(quality="fine").film.encoder_preset == ZoomSettings.qualities["fine"]["encoder_preset"]
    assert ZoomSettings(film=FilmSettings(encoder_preset="slow")).film.encoder_preset == "slow"


def test_no_setting_of_a_zoom_stays_open() -> None:
    settings = ZoomSettings()
    for part in (settings, settings.dream, settings.camera, settings.carry, settings.film):
        assert not opened(part)


def test_build_puts_every_value_where_it_belongs() -> None:
    values = {"frames": 7, "quality": "draft", "steps": 3, "zoom": 0.5, "blend": 0.25, "fps": Fraction(24), "size": 99}
    settings = build(ZoomSettings, values)
    assert (settings.frames, settings.dream.steps, settings.dream.octaves) == (7, 3, 2)
    assert (settings.camera.zoom, settings.carry.blend) == (0.5, 0.25)
    assert (settings.film.fps, settings.film.size) == (24, 99)
    assert build(ZoomSettings, {}) == ZoomSettings()


def test_build_checks() -> None:
    with pytest.raises(SettingError, match="--zoom is 1000; it must be"):
        build(ZoomSettings, {"zoom": 1000})


def test_every_setting_has_a_name_of_its_own_and_says_what_it_is() -> None:
    for kind in (ZoomSettings, ImageSettings):
        names = [item.name for _, item in leaves(kind)]
        assert len(names) == len(set(names))
    for _, item in ALL:
        assert spec_of(item).help.endswith(".")
