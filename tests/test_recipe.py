"""The recipe as text: what goes in comes out, and whatever else is read is refused in one sentence."""

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamvid.errors import InputError
from dreamvid.recipe import LARGEST, MARK, Input, Recipe, from_toml, name_of, recorded, to_toml
from dreamvid.settings import (
    COMMANDS,
    ClipSettings,
    DreamSettings,
    FilmSettings,
    ShowSettings,
    ZoomSettings,
    build,
    from_table,
    keys_of,
    spec_of,
    to_table,
)

HASH = "0123456789abcdef" * 4


def values_of(key: str, value_type: type, item: Any) -> st.SearchStrategy[Any]:
    """Values that a setting may have; files and amounts are left to other tests."""
    spec = spec_of(item)
    if spec.choices:
        return st.sampled_from(spec.choices)
    low, high = spec.low or 0, spec.high if spec.high is not None else 2**63
    numbers = {int: st.integers(int(low), int(high)), float: st.floats(low, high)}
    text = st.text(st.characters(exclude_characters="\0"), min_size=1)
    return numbers.get(value_type, st.booleans() if value_type is bool else text)


@st.composite
def recipes(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    command = draw(st.sampled_from(list(COMMANDS)))
    # these exclude each other, or are no plain text
    others = {"class", "guide", "mask", "weights", "objective", "network", "tile", "overlap", "start", "end", "fps",
              "bitrate", "crf", "max_size", "poster", "sheet", "offline", "recipe", "resume", "restart", "keep_work"}
    chosen = {key: values_of(key, *known) for key, known in keys_of(COMMANDS[command]).items() if key not in others}
    return command, draw(st.fixed_dictionaries({}, optional=chosen))


def name_ok(text: str) -> bool:
    return text not in ("", ".", "..") and "/" not in text and "\0" not in text


@settings(deadline=None)
@given(recipes(), st.text().filter(name_ok))
def test_every_command_comes_back_from_its_text(made: tuple[str, dict[str, Any]], name: str) -> None:
    command, values = made
    kind = COMMANDS[command]
    settings = build(kind, from_table(kind, values))
    recipe = Recipe(command=command, settings=recorded(settings), inputs={"picture": Input(name, HASH)},
                    network="efficientnet_lite0", weights="", version="0.1.0")
    text = to_toml(recipe)
    assert text.startswith(MARK)
    assert from_toml(text) == recipe
    assert build(kind, from_table(kind, from_toml(text).settings)) == settings


WORDS = ["dreamvid", "command", "settings", "network", "inputs", "name", "weights", "=", "[", "]", '"', "\n", "zoom",
         ".", HASH, "{", "}", "[[", "1979-05-27", "'''", "inf", "0x", "\\u", "\0", "\ud800", ","]


@given(st.text() | st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=60).map("".join))
def test_whatever_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        from_toml(text)


def made(command: str = "zoom", **changes: Any) -> dict[str, Any]:
    return {"dreamvid": "0.1.0", "command": command, "settings": {}, "network": {"name": "a", "weights": HASH},
            "inputs": {"picture": {"name": "a.jpg", "sha256": HASH}}} | changes


@pytest.mark.parametrize(("changes", "said"), [
    ({"command": "rm"}, "command is 'rm'"), ({"command": 3}, "must be text"), ({"dreamvid": True}, "dreamvid is True"),
    ({"settings": []}, "settings"), ({"settings": {"frames": [1]}}, "frames"), ({"network": {}}, "name is None"),
    ({"network": {"name": "a", "weights": "f00"}}, "SHA-256"), ({"inputs": {"picture": 1}}, "picture"),
    ({"inputs": {"picture": {"name": "../../a.jpg", "sha256": HASH}}}, "without its folder"),
    ({"inputs": {"picture": {"name": "..", "sha256": HASH}}}, "without its folder"),
    ({"inputs": {"picture": {"name": "a.jpg"}}}, "sha256 is None"), ({"settings": {"poster": "a.jpg"}}, "poster"),
    ({"settings": {"guide": "/etc/passwd"}}, "not among its inputs"),
    ({"settings": {"network": "../a.pb"}}, "not among its inputs"),
    ({"settings": {"restart": True}}, "throws work away"),
])
def test_a_recipe_is_data_of_known_form_and_names_no_file_elsewhere(changes: dict[str, Any], said: str) -> None:
    from_toml(tomli_w.dumps(made()))
    with pytest.raises(InputError, match=said):
        from_toml(tomli_w.dumps(made(**changes)))


@pytest.mark.parametrize("text", [
    "a" * (LARGEST + 1), "a = " + "[" * 20_000, "a = " + "{b = " * 5000, "a = " + "9" * 10_000, "a.b" + ".c" * 20_000],
    ids=["long", "deep", "deep tables", "large", "dotted"])
def test_burdens_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        from_toml(text)


def test_files_are_recorded_by_name_and_those_written_not_at_all() -> None:
    dream = DreamSettings(guide="/home/me/secret/cat.jpg", network="secret/graph.pb", offline=True)
    table = recorded(ZoomSettings(dream=dream, film=FilmSettings(poster="/home/me/secret/p.jpg", sheet="secret/s.png")))
    assert (table["guide"], table["network"]) == ("cat.jpg", "graph.pb")
    assert not {"poster", "sheet", "offline", "recipe"} & table.keys()
    assert "secret" not in str(recorded(ClipSettings(show=ShowSettings(mask="secret/mask.png"))))


def test_all_else_is_recorded() -> None:
    settings = ZoomSettings()
    left_out = {"offline", "recipe", "resume", "restart", "keep_work"}
    assert to_table(settings).keys() - recorded(settings).keys() == left_out


def test_a_folder_is_named_even_by_a_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert name_of(Path()) == tmp_path.name
