"""Presets: the looks that ship, files of settings, and what is refused."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamvid.errors import InputError, SettingError
from dreamvid.settings import COMMANDS, ZoomSettings, build, to_table
from dreamvid.settings.files import LARGEST, has_time, read_table, values_in
from dreamvid.settings.presets import find, names

ROOT = Path(__file__).parent.parent
SHIPPED = sorted(path.stem for path in (ROOT / "dreamvid" / "looks").glob("*.toml"))
LEFT_TO_QUALITY = {"steps", "step_size", "frames", "size", "fps", "quality", "seed"}


@pytest.fixture
def preset(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a preset."""
    def write(text: str) -> Path:
        path = tmp_path / "my.toml"
        path.write_text(text)
        return path

    return write


def suffix_of(name: str) -> str:
    """Of the sample of a look: a film where it moves."""
    return ".mp4" if any(isinstance(value, str) and set(value) & set("*(;") for value in find(name).settings.values()
                         ) else ".webp"


def test_there_are_eight_looks_at_least() -> None:
    assert names() == SHIPPED
    assert len(SHIPPED) >= 8


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_look_is_valid_for_every_command(name: str, command: str) -> None:
    look = find(name)
    kind = COMMANDS[command]
    table = to_table(build(kind, values_in(kind, name, look.settings, look.folder)))
    moves = suffix_of(name) == ".mp4"
    own = {key: value for key, value in look.settings.items() if key in table and not isinstance(value, str)}
    assert (own if moves else look.settings).items() <= table.items()
    if moves and has_time(kind):
        assert {key: look.settings[key] for key in table.keys() & look.settings} == {
            key: table[key] for key in table.keys() & look.settings}
    assert not LEFT_TO_QUALITY & look.settings.keys(), "a picture needs other steps than a film's frame"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_look_says_what_it_is_and_is_shown(name: str) -> None:
    look = find(name)
    assert re.fullmatch(r"[a-z].{10,70}[a-z]", look.about)
    assert (ROOT / f"samples/looks/{name}{suffix_of(name)}").exists()
    assert f"(samples/looks/{name}{suffix_of(name)})" in (ROOT / "README.md").read_text()


def test_no_two_looks_are_the_same() -> None:
    assert len({str(find(name).settings) for name in names()}) == len(names())


def test_the_embedded_network_has_what_every_look_names() -> None:
    from dreamvid.dream.networks import describe
    from dreamvid.dream.objective import objective_of
    from dreamvid.films.fades import among

    for name in names():
        dream = build(ZoomSettings, values_in(ZoomSettings, name, find(name).settings, Path())).dream
        for each in among(dream) or [dream]:
            objective_of(each, describe(each))


def test_a_file_is_a_preset_and_what_it_names_lies_beside_it(preset: Callable[[str], Path]) -> None:
    path = preset("about = 'mine'\n[settings]\nguide = 'cat.jpg'\nnetwork = 'net.pb'\nstep-size = 1\n")
    look = find(str(path))
    values = values_in(ZoomSettings, look.name, look.settings, look.folder)
    assert values == {"guide": str(path.parent / "cat.jpg"), "network": str(path.parent / "net.pb"), "step_size": 1.0}
    assert find("my.toml", path.parent).settings == look.settings


def test_a_recipe_is_a_preset(preset: Callable[[str], Path]) -> None:
    path = preset("""
dreamvid = "9.9"
command = "zoom"
[settings]
layers = "block8"
zoom = 1.2
[network]
name = "efficientnet_lite0"
weights = ""
[inputs.picture]
name = "x.jpg"
sha256 = "0"
""")
    assert find(str(path)).settings == {"layers": "block8", "zoom": 1.2}


def test_settings_of_other_commands_are_skipped_and_those_of_none_refused() -> None:
    settings = {"rotate": 3.0, "octaves": 2, "keys": 3, "bits": 16}
    kind = COMMANDS["image"]
    assert values_in(kind, "x", settings, Path()) == {"octaves": 2, "bits": 16}
    with pytest.raises(SettingError, match=r"^x: there is no setting 'octave'; did you mean octaves"):
        values_in(kind, "x", {"octave": 2}, Path())


@pytest.mark.parametrize(("text", "message"), [
    ("[setting]\noctaves = 1", r"no key 'setting'; did you mean settings\?"),
    ("octaves = 1", r"no key 'octaves'; settings belong under \[settings\]"),
    ("qqq = 1", r"no key 'qqq'; it has about, settings"),
    ("settings = 1", r"settings is 1; it must be a table: \[settings\]"),
    ("about = 1", "about is 1; it must be text"),
    ("[settings]\nposter = 'x.jpg'", "poster names an output file; a preset may not"),
    ("[settings]\nrestart = true", "restart deletes work; a preset may not set it"),
])
def test_unknown_keys_of_a_file_are_refused(preset: Callable[[str], Path], text: str, message: str) -> None:
    path = preset(text)
    with pytest.raises(SettingError, match=f"^{re.escape(str(path))}: .*{message}") as caught:
        find(str(path))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("key", "value", "message"), [
    ("octaves", "'many'", "octaves is 'many'; it must be a whole number"), ("octaves", "21", "it must be 1 to 20"),
    ("octaves", "0x" + "f" * 3000, "more than 64 bits"), ("tv", "0x" + "f" * 3000, "more than 64 bits"),
    ("tv", "nan", "tv is nan"), ("tv", "inf", "tv is inf"), ("pyramid", "'flat'", "one of detail, plain"),
    ("layers", "[1]", "must be text"), ("guide", '"\\u0000"', "without null characters"),
    ("fps", "1000", "fps is 1000"), ("anchor", "1", "true or false"),
])
def test_values_that_are_not_allowed_are_refused(preset: Callable[[str], Path], key: str, value: str, message: str
                                                 ) -> None:
    look = find(str(preset(f"[settings]\n{key} = {value}\n")))
    with pytest.raises(SettingError, match=f"^{re.escape(look.name)}: .*{message}"):
        values_in(ZoomSettings, look.name, look.settings, look.folder)


@pytest.mark.parametrize(("content", "message"), [
    (b"\xff\xfe", "not TOML: it is not UTF-8"), (b"= 1", "not TOML: "), (b"a = " + b"[" * 50_000, "not TOML: "),
    (b"a = " + b"9" * 50_000, "not TOML: "), (b"about = 0x" + b"9" * 50_000, "not TOML: "),
    (b"#" * (LARGEST + 1), "larger than 60,000 bytes"),
])
def test_files_that_are_none_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"{re.escape(str(path))} is {message}") as caught:
        find(str(path))
    assert caught.value.exit_code == 3


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "\0.toml"):
        with pytest.raises(InputError, match="cannot read "):
            read_table(path)
        with pytest.raises(InputError):
            find(f"{path}/x.toml")


def test_a_look_that_is_none_names_the_near_ones() -> None:
    with pytest.raises(SettingError, match=r"no preset 'stroke'; did you mean strokes\?"):
        find("stroke")
    with pytest.raises(SettingError, match=r"no preset 'qq'; the presets are arcades, .*, and any file that ends in "):
        find("qq")


def test_text_is_only_text(preset: Callable[[str], Path], tmp_path: Path) -> None:
    hostile = ["$HOME", "~/x", "{settings}", "%s", "`touch x`", "__import__('os').remove('x')", "!!python/object", "\\"]
    for text in hostile:
        look = find(str(preset(f"[settings]\nlayers = '''{text}'''\n")))
        assert values_in(ZoomSettings, "x", look.settings, tmp_path) == {"layers": text}
    assert [path.name for path in tmp_path.iterdir()] == ["my.toml"]


def test_what_is_printed_of_a_look_is_what_is_read() -> None:
    for name in names():
        assert tomllib.loads(find(name).file.read_text("utf-8"))["settings"] == find(name).settings
