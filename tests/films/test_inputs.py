"""Inputs of plans and recipes are found by name, and known by their content."""

from pathlib import Path

import pytest

from dreamvid.errors import InputError, SettingError
from dreamvid.films.source import checked, find_inputs
from dreamvid.media.fingerprint import fingerprint
from dreamvid.recipe import Input


@pytest.fixture
def known(picture: Path) -> dict[str, Input]:
    return {"picture": Input(name=picture.name, bytes=picture.stat().st_size, sha256=fingerprint(picture))}


def test_in_the_current_folder_or_beside_the_file(
    known: dict[str, Input], picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_inputs(known, {}, Path("elsewhere/plan.json")) == {"picture": Path("picture.png")}
    (tmp_path / "there").mkdir()
    moved = picture.rename(tmp_path / "there" / "picture.png")
    assert find_inputs(known, {}, Path("there/plan.json")) == {"picture": Path("there/picture.png")}
    with pytest.raises(InputError, match=r"picture\.png is neither .* nor beside plan\.json; .* picture=PATH"):
        find_inputs(known, {}, Path("plan.json"))
    assert find_inputs(known, {"picture": moved}, Path("plan.json")) == {"picture": moved}


def test_another_content_is_refused_or_told(known: dict[str, Input], picture: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes() + b" ")
    with pytest.raises(InputError, match="differs from the picture"):
        find_inputs(known, {"picture": other}, tmp_path / "plan.json")
    said: list[str] = []
    assert checked(known["picture"], other, "picture", said.append) == other
    assert checked(known["picture"], picture, "picture", pytest.fail) == picture
    assert len(said) == 1
    picture.write_bytes(other.read_bytes())
    with pytest.raises(InputError, match="differs from the picture"):
        find_inputs(known, {}, tmp_path / "plan.json")


def test_a_role_that_there_is_not_is_named(known: dict[str, Input], picture: Path) -> None:
    with pytest.raises(SettingError, match="has the inputs picture"):
        find_inputs(known, {"clip": picture}, Path("plan.json"))
