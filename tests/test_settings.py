"""Settings: checked when made, filled by their quality, frozen."""

import re
from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from typing import Any

import pytest

from dreamvid.errors import SettingError, in_python
from dreamvid.settings import (
    COMMANDS,
    LARGEST_INTEGER,
    CameraSettings,
    Curve,
    DreamSettings,
    EncodeSettings,
    FilmSettings,
    ImageSettings,
    Settings,
    SourceSettings,
    ZoomSettings,
    build,
    check,
    frame_rate,
    is_given,
    key_of,
    keys_of,
    leaves,
    plain,
    spec_of,
    time_of,
    to_table,
)

ALL = list(dict.fromkeys([*leaves(ZoomSettings), *leaves(ImageSettings)]))
RANGED = [(kind, item) for kind, item in ALL if spec_of(item).low is not None and not spec_of(item).choices]
CHOSEN = [(kind, item) for kind, item in ALL if spec_of(item).choices]


@pytest.mark.parametrize(("kind", "item"), RANGED, ids=lambda value: getattr(value, "name", None))
def test_ranges_hold_and_the_message_says_what_is_allowed(kind: type[Settings], item: Any) -> None:
    spec = spec_of(item)
    bad = [spec.low - 1, float("nan"), float("inf")]
    bad += [spec.high + 1] if spec.high is not None else []
    for value in bad:
        with pytest.raises(SettingError) as caught:
            check(key_of(item), value, spec)
        message = str(caught.value)
        if value != item.default:  # which says that nothing is given
            with pytest.raises(SettingError, match=f"^{re.escape(message)}$"):
                kind(**{item.name: value})
        assert message.startswith(f"{key_of(item)} is {value}; it must be {plain(spec.low)}")
        assert spec.high in (None, LARGEST_INTEGER) or f"to {plain(spec.high)}" in message
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
    with pytest.raises(SettingError, match=f"{key_of(item)} is 'nonsense'; it must be one of ") as caught:
        kind(**{item.name: "nonsense"})
    assert all(choice in str(caught.value) for choice in spec_of(item).choices)


def test_overlaps_must_leave_something_of_a_tile() -> None:
    DreamSettings(tile=256, overlap=96)
    with pytest.raises(SettingError, match=r"overlap is 97; two overlaps must leave 64 .* tile is 256"):
        DreamSettings(tile=256, overlap=97)


def test_settings_are_frozen_and_changed_only_by_making_others() -> None:
    settings = CameraSettings()
    with pytest.raises(FrozenInstanceError):
        settings.zoom = 2.0  # pyright: ignore[reportAttributeAccessIssue]
    assert settings.but(zoom=2.0) == CameraSettings(zoom=2.0)
    assert settings == CameraSettings()
    with pytest.raises(SettingError, match="zoom is 0"):
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
    with pytest.raises(SettingError, match=r"fps is .*it must be "):
        frame_rate(text)


def opened(settings: Settings) -> set[str]:
    """The names of the settings that are open, beside those whose help says what holds then."""
    return {item.name for item in fields(settings) if "spec" in item.metadata
            and not is_given(item, getattr(settings, item.name)) and not spec_of(item).unset}


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


@pytest.mark.parametrize("kind", COMMANDS.values())
def test_the_threads_belong_to_every_dream_and_are_recorded(kind: type[Settings]) -> None:
    assert to_table(kind())["threads"] == 0
    assert to_table(build(kind, {"threads": 3}))["threads"] == 3
    with pytest.raises(SettingError, match="threads is -1; it must be 0 to 1024"):
        build(kind, {"threads": -1})


@pytest.mark.parametrize("kind", [*COMMANDS.values(), EncodeSettings])
def test_no_value_is_none_or_may_be(kind: type[Settings]) -> None:
    for value_type, item in keys_of(kind).values():
        assert isinstance(item.default, float if value_type == Curve else value_type)
        with pytest.raises(SettingError, match=f"^{in_python(key_of(item))} is None; it must be "):
            build(kind, {item.name: None})


@pytest.mark.parametrize(("text", "seconds"), [
    ("90", 90), ("0:01.5", 1.5), ("1:30", 90), ("1:00:00", 3600), ("1m20s", 80), ("2m", 120), ("1h", 3600),
    ("1.5s", 1.5), ("500ms", 0.5), ("1.5ms", 0.0015), ("-40ms", -0.04), ("-1", -1), ("40%", "40%"), (" 7 s ", 7),
])
def test_a_time_is_read_as_people_write_it(text: str, seconds: object) -> None:
    assert time_of("start", text) == seconds


@pytest.mark.parametrize("text", ["", "x", "1x", "1:2:3:4", "-", "--1", "101%", "%", "m", "1 2", ":", "nan"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match=r"must be a time"):
        time_of("start", text)


def test_a_share_of_a_clip_becomes_seconds_and_nothing_else_may_be_one() -> None:
    source = SourceSettings(start="10%", end="1:00")
    assert source.at(50.0) == SourceSettings(start=5.0, end=60.0)
    with pytest.raises(SettingError, match="seconds is '40%'; it must be"):
        ZoomSettings(seconds="40%")


def test_a_zoom_has_frames_or_seconds() -> None:
    assert ZoomSettings().frames == 300
    assert ZoomSettings(seconds="0:02").at(Fraction(25)).frames == 50
    with pytest.raises(SettingError, match="frames is given too"):
        ZoomSettings(seconds=1, frames=2)


def test_build_puts_every_value_where_it_belongs() -> None:
    values = {"frames": 7, "quality": "draft", "steps": 3, "zoom": 0.5, "blend": 0.25, "fps": Fraction(24), "size": 99}
    settings = build(ZoomSettings, values)
    assert (settings.frames, settings.dream.steps, settings.dream.octaves) == (7, 3, 2)
    assert (settings.camera.zoom, settings.carry.blend) == (0.5, 0.25)
    assert (settings.film.fps, settings.film.size) == (24, 99)
    assert build(ZoomSettings, {}) == ZoomSettings()


def test_build_checks() -> None:
    with pytest.raises(SettingError, match="zoom is 1000; it must be"):
        build(ZoomSettings, {"zoom": 1000})


def test_every_setting_has_a_name_of_its_own_and_says_what_it_is() -> None:
    for kind in (ZoomSettings, ImageSettings):
        names = [item.name for _, item in leaves(kind)]
        assert len(names) == len(set(names))
    for _, item in ALL:
        assert spec_of(item).help.endswith(".")


def test_a_picture_of_a_class_takes_more_steps_unless_they_are_given() -> None:
    plain, of_class, given = (ImageSettings(dream=DreamSettings(**chosen)).dream.steps for chosen in (
        {}, {"class_name": "tiger"}, {"class_name": "tiger", "steps": 7}))
    assert (of_class, given) == (3 * plain, 7)
