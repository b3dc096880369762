"""`-o` that leads somewhere dangerous, and names that are awkward."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from dreamvid.errors import OutputError
from dreamvid.output.names import check_output
from dreamvid.output.still import write_still
from dreamvid.output.target import part_of
from dreamvid.settings import EncoderSettings

Run = Callable[..., Result]
COMMANDS = (["zoom", "picture.png"], ["image", "picture.png"], ["loop", "picture.png"], ["clip", "shots"],
            ["layers", "picture.png"])
IMAGE = np.zeros((16, 16, 3), np.float32)


@pytest.fixture
def hazards(picture: Path) -> Path:
    """A folder with a picture, a folder of pictures, and all that an output must not be."""
    folder = picture.parent
    (folder / "shots").mkdir()
    (folder / "shots" / "1.png").write_bytes(picture.read_bytes())
    for suffix in ("mp4", "png"):
        os.mkfifo(folder / f"pipe.{suffix}")
        (folder / f"dir.{suffix}").mkdir()
        (folder / f"mine.{suffix}").write_text("mine")
        (folder / f"dangling.{suffix}").symlink_to("nowhere")
        (folder / f"device.{suffix}").symlink_to("/dev/null")
        (folder / f"link.{suffix}").symlink_to(folder / f"mine.{suffix}")
    return folder


def contents(folder: Path) -> list[tuple[str, int]]:
    return sorted((path.name, path.lstat().st_mode) for path in folder.rglob("*"))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("name", ["pipe", "dir", "mine", "dangling", "device", "link"])
def test_no_command_takes_a_dangerous_output(run: Run, hazards: Path, command: list[str], name: str) -> None:
    before = contents(hazards)
    output = f"{name}.{'png' if command[0] in ('image', 'layers') else 'mp4'}"
    result = run(*command, "-o", output, *(["-y"] if name == "pipe" else []))
    if command[0] == "image" and name == "dir":
        assert result.exit_code == 0, "a folder that exists takes pictures"
        return
    assert (result.exit_code, result.stderr.count("\n")) == (4, 1), result.output
    assert contents(hazards) == before
    assert (hazards / "mine.mp4").read_text() == "mine"


@pytest.mark.parametrize("name", ["dangling", "device", "link"])
def test_with_y_a_link_is_replaced_and_what_it_names_untouched(hazards: Path, name: str) -> None:
    write_still(hazards / f"{name}.png", IMAGE, overwrite=True)
    assert stat.S_ISREG((hazards / f"{name}.png").lstat().st_mode)
    assert (hazards / "mine.png").read_text() == "mine"
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert not (hazards / "nowhere").exists()


@pytest.mark.parametrize("name", [
    "two\nlines.png", "-y.png", "100%s%n.png", "a" * 251 + ".png", "ü" * 125 + ".png", b"\xff\xfe.png", " .png",
    "$(touch x).png", "a;b|c.png"])
def test_awkward_names_are_written_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                               name: str | bytes) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(name))
    write_still(path, IMAGE, overwrite=False)
    assert [os.fsencode(found.name) for found in tmp_path.iterdir()] == [os.fsencode(path.name)]
    film = path.with_suffix(".mp4")
    check_output(str(film) if film.name != "-" else film, EncoderSettings(), overwrite=False)


def test_a_name_that_is_too_long_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        check_output(tmp_path / ("a" * 300 + ".mp4"), EncoderSettings(), overwrite=False)


@pytest.mark.parametrize(("words", "code"), [
    (["clip", "LONG.mp4", "-o", "a.mp4"], 3), (["zoom", "LONG.png", "-o", "a.mp4"], 3),
    (["image", "LONG.png", "-o", "a.png"], 3), (["clip", "LONG.mp4"], 4), (["show", "LONG.png"], 3),
    (["rerun", "LONG.png"], 3), (["rerun", "LONG.toml"], 3), (["status", "LONG.dreamvid"], 7),
    (["resume", "LONG.dreamvid"], 7), (["encode", "LONG.mp4", "-o", "a.mkv"], 3),
    (["measure", "--loop", "LONG.mp4"], 3), (["encode", "LONG/%04d.png", "-o", "a.mkv"], 3),
    (["loop", "LONG.mp4", "-o", "a.mp4"], 3),
    (["config", "--preset", "LONG.toml"], 3), (["zoom", "picture.png", "--guide", "LONG.png"], 3),
    (["clip", "shots", "--mask", "LONG.mp4"], 3), (["zoom", "picture.png", "-o", "LONG/"], 4),
    (["image", "picture.png", "-o", "LONG.png"], 4), (["zoom", "picture.png", "-o", "LONG.mp4"], 4),
])
def test_too_long_names_everywhere(run: Run, hazards: Path, words: list[str], code: int) -> None:
    result = run(*(word.replace("LONG", "a" * 300) for word in words))
    assert (result.exit_code, result.stderr.count("\n")) == (code, 1), result.output


def test_a_name_that_no_terminal_can_show_is_still_one_sentence(run: Run, tmp_path: Path) -> None:
    result = run("zoom", os.fsdecode(b"no\xff\nsuch.png"))
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1), result.output


@pytest.mark.parametrize(("words", "output"), [
    (["zoom", "picture.png", "--guide", "guide.png"], "--poster guide.png"),
    (["zoom", "picture.png"], "--poster picture.png"), (["zoom", "picture.png"], "--sheet picture.png"),
    (["image", "picture.png", "--guide", "guide.png"], "-o guide.png"),
    (["clip", "shots", "--mask", "guide.png"], "--poster guide.png"),
    (["clip", "shots", "--guide", "guide.png"], "--sheet guide.png"),
])
def test_no_output_lands_on_what_is_read(run: Run, hazards: Path, words: list[str], output: str) -> None:
    (hazards / "guide.png").write_bytes((hazards / "picture.png").read_bytes())
    before = {path: path.read_bytes() for path in hazards.glob("[gp]*.png") if path.is_file()}
    result = run(*words, *output.split(), "-y", "--size", "32")
    assert (result.exit_code, result.stderr.count("\n")) == (4, 1), result.output
    assert {path: path.read_bytes() for path in before} == before


def test_an_unfinished_file_takes_no_existing_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _: "12345678")
    (tmp_path / ".a.mp4.12345678.part").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError), part_of(tmp_path / "a.mp4", overwrite=True):
        pass
    assert not (tmp_path / "elsewhere").exists()
