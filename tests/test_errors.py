"""Errors about settings: data, of which each caller makes its own sentence."""

import pickle

import pytest

from dreamvid.cli.options import option_of
from dreamvid.errors import SettingError


def test_python_and_the_shell_name_settings_in_their_own_way() -> None:
    error = SettingError("step_size", 2.0, "it must be 0 to 1")
    assert str(error) == "step_size is 2.0; it must be 0 to 1"
    assert error.sentence(option_of) == "--step-size is 2.0; it must be 0 to 1"
    assert (error.key, error.value, error.problem, error.origin) == ("step_size", 2.0, "it must be 0 to 1", "")


def test_other_settings_are_named_too() -> None:
    error = SettingError("max_size", "1MB", "other films have {crf} and {encoder_preset}")
    assert error.sentence(option_of) == "--max-size is '1MB'; other films have --crf and --encoder-preset"
    assert error.keys == ["max_size", "crf", "encoder_preset"]
    assert SettingError("", None, "leave out {crf}").sentence(option_of) == "leave out --crf"


def test_the_origin_comes_first() -> None:
    error = SettingError("fps", "x", "it must be a number").at("DREAMVID_FPS")
    assert error.sentence(option_of) == "DREAMVID_FPS: --fps is 'x'; it must be a number"
    assert error.origin == "DREAMVID_FPS"


def test_a_message_about_no_setting_stays_as_it_is() -> None:
    error = SettingError("{a}.xyz has no known suffix")
    assert (error.sentence(option_of), error.key, error.keys) == ("{a}.xyz has no known suffix", "", [])
    assert str(error.at("my.toml")) == "my.toml: {a}.xyz has no known suffix"


@pytest.mark.parametrize("value", [10**5000, 10**1000, "x" * 1000], ids=["huge", "large", "long"])
def test_long_values_are_cut(value: object) -> None:
    assert len(str(SettingError("tv", value, "it must be 0 to 100"))) < 250


def test_it_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(SettingError("crf", 5, "leave out {bitrate}", origin="a.toml")))
    assert str(error) == "a.toml: crf is 5; leave out bitrate"
