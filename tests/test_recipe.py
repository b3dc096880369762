"""The recipe as text: what goes in comes out, and whatever else is read is refused in one sentence."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from dreamvid import __version__
from dreamvid.errors import InputError
from dreamvid.recipe import (
    LARGEST,
    MARK,
    Input,
    Recipe,
    dreams_a_second,
    from_toml,
    name_of,
    recorded,
    to_toml,
)
from dreamvid.settings import (
    COMMANDS,
    ClipSettings,
    Curve,
    DreamSettings,
    FilmSettings,
    ShowSettings,
    Time,
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
    low, high = spec.low or 0, spec.high if spec.high is not None else 2**63 - 1
    numbers: dict[Any, Any] = {int: st.integers(int(low), int(high)), float: st.floats(low, high)}
    numbers[Time] = numbers[float]
    numbers[Curve] = st.one_of(numbers[float], st.just("0s: 1; 4s: t ease"))
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
    return numbers.get(value_type, st.booleans() if value_type is bool else text)


@st.composite
def recipes(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    command = draw(st.sampled_from(list(COMMANDS)))
    # these exclude each other, or are no plain text
    others = {"audio", "lead", "class", "guide", "mask", "weights", "objective", "network", "tile", "overlap", "start",
              "end", "fps", "seconds", "frames", "crossfade", "bitrate", "center", "crf", "max_size", "poster", "sheet",
              "offline", "recipe", "resume", "restart", "keep_work", "extendable"}
    chosen = {key: values_of(key, *known) for key, known in keys_of(COMMANDS[command]).items() if key not in others}
    return command, draw(st.fixed_dictionaries({}, optional=chosen))


def name_ok(text: str) -> bool:
    return text not in ("", ".", "..") and "/" not in text and "\0" not in text


@given(recipes(), st.text().filter(name_ok))
def test_every_command_comes_back_from_its_text(made: tuple[str, dict[str, Any]], name: str) -> None:
    command, values = made
    kind = COMMANDS[command]
    settings = build(kind, from_table(kind, values))
    recipe = Recipe(command=command, settings=recorded(settings), inputs={"picture": Input(name, HASH)},
                    network="efficientnet_lite0", weights="", version=__version__)
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
    ({"settings": {"restart": True}}, "deletes work"),
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


COMMON = {
    "quality": "standard", "seed": 0, "network": "efficientnet_lite0", "graph_mean": 117.0, "graph_scale": 255.0,
    "max_pixels": 200_000_000, "tv": 0.0, "pyramid": "detail", "octave_scale": 1.4, "jitter": 32, "tile": 768,
    "overlap": 128, "smooth": 1.0, "limits": "soft"}
CAMERA = {"zoom": 1.8, "rotate": 0.0, "pan_x": 0.0, "pan_y": 0.0, "border": "mirror", "blend": 1.0, "anchor": True,
          "even": True, "encoder_preset": "veryfast", "repeat": 1}
SOURCE = {"start": 0.0, "deinterlace": False, "strict": False}
FIRST_DEFAULTS = {
    "zoom": {"frames": 300, "bounce": False, "octaves": 4, "steps": 2, "step_size": 0.012, "fps": "30", "size": 640,
             **CAMERA},
    "clip": {"octaves": 3, "steps": 2, "step_size": 0.007, "coherence": "flow", "blend": 0.96, "cuts": True,
             "warm_up": 20, "strength": 1.0, "invert_mask": False, "compare": "off", "sound": True,
             "encoder_preset": "veryfast", "repeat": 1, **SOURCE},
    "loop": {"keys": 5, "zoom_per_key": 2.0, "turns": 0, "outward": False, "key_every": 1, **SOURCE, **CAMERA},
    "image": {"bits": 8, "number": 0, "octaves": 4, "steps": 20, "step_size": 0.01},
    "layers": {"size": 200, "columns": 6, "most": 48, "octaves": 3, "steps": 16, "step_size": 0.015},
}
"""What each command recorded in version 0.1.0 when nothing was given."""

NEUTRAL = {"threads": 0, "engine": "tensorflow", "fast_math": False, "coarse_steps": 1.0, "colour": 0.0,
           "spectrum": 0.0, "shifts": "roll"}
"""What came later, at the values that change nothing."""
TIMELINE = {"clamp": False, "lead": "auto", "audio_start": 0.0, "audio_offset": 0.0}
OF_FILMS: dict[str, dict[str, Any]] = {
    "zoom": {**TIMELINE, "strength": 1.0, "dream_rate": 240.0},
    "clip": {**TIMELINE, "dream_rate": 240.0, "catch_up": 0.0},
    "loop": {**TIMELINE, "strength": 1.0, "depth": 1.0, "dream_rate": 240.0},
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_recipe_of_the_first_version_means_what_it_meant(command: str) -> None:
    text = f"""dreamvid = "0.1.0"
command = "{command}"
[settings]
[network]
name = "efficientnet_lite0"
weights = ""
[inputs.picture]
name = "a.jpg"
sha256 = "{HASH}"
"""
    kind = COMMANDS[command]
    whole = COMMON | FIRST_DEFAULTS[command]
    for named in ({}, whole):
        read = from_toml(text.replace("[settings]\n", tomli_w.dumps({"settings": named}))).settings
        meant = recorded(build(kind, from_table(kind, read)))
        assert meant == whole | NEUTRAL | OF_FILMS.get(command, {}), "what is new must change nothing"


def test_what_a_recipe_lacks_has_the_value_of_its_version() -> None:
    old = {"0.1.0": {"zoom": {"tile": 512}}, "0.10.0": {"zoom": {"tile": 640, "tv": 0.5}}}

    def read(version: str, command: str = "zoom", **settings: object) -> dict[str, object]:
        return from_toml(tomli_w.dumps(made(command, dreamvid=version, settings=settings)), old).settings

    assert read("0.1.0") == {"tile": 512, "tv": 0.5}
    assert read("0.9.1") == {"tile": 640, "tv": 0.5}
    assert read("0.10.1") == {}
    assert read("0.1.0", tile=300) == {"tile": 300, "tv": 0.5}
    assert read("0.1.0", "image") == {}


def test_files_are_recorded_by_name_and_those_written_not_at_all() -> None:
    dream = DreamSettings(guide="/home/me/secret/cat.jpg", network="secret/graph.pb", offline=True)
    table = recorded(ZoomSettings(dream=dream, film=FilmSettings(poster="/home/me/secret/p.jpg", sheet="secret/s.png")))
    assert (table["guide"], table["network"]) == ("cat.jpg", "graph.pb")
    assert not {"poster", "sheet", "offline", "recipe"} & table.keys()
    assert "secret" not in str(recorded(ClipSettings(show=ShowSettings(mask="secret/mask.png"))))


def test_all_else_is_recorded() -> None:
    settings = ZoomSettings()
    left_out = {"offline", "recipe", "resume", "restart", "keep_work", "extendable"}
    assert to_table(settings).keys() - recorded(settings).keys() == left_out


def test_a_folder_is_named_even_by_a_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert name_of(Path()) == tmp_path.name


def test_every_of_the_first_version_is_a_dream_rate() -> None:
    old = from_toml(to_toml(Recipe(command="clip", settings={"every": 3}, inputs={}, network="none", weights="",
                                   version="0.1.0")))
    assert dreams_a_second(old, lambda: Fraction(24)).settings["dream_rate"] == 8
    known = replace(old, settings=old.settings | {"fps": "30"})
    assert dreams_a_second(known, lambda: Fraction(24)).settings["dream_rate"] == 10
    every_frame = replace(old, settings=old.settings | {"every": 1})
    assert dreams_a_second(every_frame, lambda: Fraction(24)).settings["dream_rate"] == 240
