"""`resolve`, as a page or a program calls it: what counts, and what is said if it cannot."""

from pathlib import Path

import pytest

from dreamvid.errors import SettingError
from dreamvid.settings import resolve
from dreamvid.settings.precedence import GIVEN


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own."""
    monkeypatch.chdir(tmp_path)


def test_what_is_given_comes_first_and_every_key_has_an_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMVID_TV", "1")
    monkeypatch.setenv("DREAMVID_STEPS", "7")
    settings, origins = resolve("zoom", {"class": "tiger", "tv": 2}, preset="strokes")
    assert (settings.dream.class_name, settings.dream.tv, settings.dream.steps) == ("tiger", 2.0, 7)
    assert {key: origins[key] for key in ("class", "tv", "steps", "octaves", "zoom")} == {
        "class": GIVEN, "tv": GIVEN, "steps": "DREAMVID_STEPS", "octaves": "quality standard", "zoom": "default"}


def test_what_is_given_is_checked_and_has_no_origin() -> None:
    for given, said in [({"frames": 0}, "frames is 0; it must be 1 to 10000000"), ({"frame": 1}, "no setting 'frame'"),
                        ({"frames": "1"}, "frames is '1'; it must be a whole number")]:
        with pytest.raises(SettingError, match=f"^(there is )?{said}"):
            resolve("zoom", given)


def test_of_values_that_exclude_each_other_only_those_from_elsewhere_are_explained(tmp_path: Path) -> None:
    Path("dreamvid.toml").write_text("[settings]\nend = 2.0\n")
    with pytest.raises(SettingError) as caught:
        resolve("clip", {"start": 3.0})
    assert str(caught.value) == ("end is 2.0; the end must come after the start, and start is 3 "
                                 "(end comes from dreamvid.toml [settings])")
