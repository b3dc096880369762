"""A zoom that is made longer has the frames of one that had this length at first."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

import dreamvid
from dreamvid.errors import InputError, OutputError, ResumeError, SettingError
from dreamvid.media.clip import Clip
from dreamvid.media.source import open_source
from dreamvid.output.store import Store
from dreamvid.settings import SourceSettings
from tests.conftest import SEED
from tests.media import read
from tests.stand_in import replace_dreamer

USUAL: dict[str, Any] = {"size": 48, "fps": 30, "codec": "ffv1", "extendable": True}
"""Dreams every second frame."""

MOVING = {"zoom": "1.5 + 0.3*sin(3*t)", "strength": "1 + 0.2*t"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    replace_dreamer(monkeypatch, longest=4)


def same(one: Path, other: Path) -> None:
    np.testing.assert_array_equal(read(one), read(other))


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("frames", "more", "curve"), [
    (3, 4, {}), (9, 6, {}), (8, 4, MOVING), (11, 2, MOVING)])
def test_a_longer_zoom_is_the_one_that_was_asked_for_at_first(
    picture: Path, tmp_path: Path, frames: int, more: int, curve: dict[str, str]
) -> None:
    film, whole = tmp_path / "film.mkv", tmp_path / "whole.mkv"
    dreamvid.zoom(picture, film, frames=frames, **USUAL, **curve)
    made = dreamvid.extend(film, frames=more)
    assert made.frames == frames + more
    dreamvid.zoom(picture, whole, frames=frames + more, **USUAL | {"extendable": False}, **curve)
    same(film, whole)
    dreamvid.extend(film, seconds=more / 30)  # in turn
    dreamvid.zoom(picture, whole, frames=frames + 2 * more, overwrite=True, **USUAL, **curve)
    same(film, whole)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("curve", ["1.5 + 0.3*p", "0%: 1.2; 100%: 1.8", "1.2 + 0.001*duration"])
def test_a_curve_over_the_films_length_is_refused(picture: Path, tmp_path: Path, curve: str) -> None:
    film = tmp_path / "film.mkv"
    dreamvid.zoom(picture, film, frames=9, zoom=curve, **USUAL)
    before = film.read_bytes()
    with pytest.raises(SettingError, match="depend on the film's length"):
        dreamvid.extend(film, frames=4)
    assert film.read_bytes() == before
    assert dreamvid.status(film).finished


@pytest.mark.usefixtures("quick")
def test_what_cannot_be_made_longer_says_why_and_stays(picture: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    with pytest.raises(InputError, match="does not exist"):
        dreamvid.extend(film, frames=4)
    dreamvid.zoom(picture, film, frames=9, **USUAL | {"extendable": False})
    with pytest.raises(ResumeError, match="last dream was not kept"):
        dreamvid.extend(film, frames=4)
    with pytest.raises(OutputError, match="exists"):
        dreamvid.zoom(picture, film, frames=12, **USUAL)
    dreamvid.zoom(picture, film, frames=9, overwrite=True, **USUAL)
    with pytest.raises(ResumeError, match=r"frames was 9 and is 12.*dreamvid extend"):
        dreamvid.zoom(picture, film, frames=12, **USUAL)
    for wrong in ({}, {"frames": 3, "seconds": 1}, {"frames": -1}, {"seconds": "40%"}, {"seconds": float("inf")}):
        with pytest.raises(SettingError, match="give how much longer"):
            dreamvid.extend(film, **wrong)
    film.write_bytes(film.read_bytes() + b"\0")
    with pytest.raises(ResumeError, match="changed"):
        dreamvid.extend(film, frames=4)


@pytest.mark.usefixtures("quick")
def test_it_may_be_moved_and_what_is_damaged_is_found(picture: Path, tmp_path: Path) -> None:
    dreamvid.zoom(picture, tmp_path / "film.mkv", frames=9, **USUAL)
    there = tmp_path / "there"
    there.mkdir()
    for path in (tmp_path / "film.mkv", tmp_path / "film.mkv.dreamvid"):
        shutil.move(path, there)
    dream, = (there / "film.mkv.dreamvid" / "files").iterdir()
    whole = dream.read_bytes()
    dream.write_bytes(whole[:-1] + b"\1")
    with pytest.raises(ResumeError, match="damaged"):
        dreamvid.extend(there / "film.mkv", frames=4)
    dream.write_bytes(whole)
    assert dreamvid.extend(there / "film.mkv", frames=4).frames == 13


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("step", range(1, 5))
def test_interrupted_at_any_step_it_can_go_on(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The steps: the record of the first frames, the two that go, and the job."""
    film, whole = tmp_path / "film.mkv", tmp_path / "whole.mkv"
    dreamvid.zoom(picture, film, frames=9, **USUAL)
    left = [step]

    def failing(usual: Callable[..., None]) -> Callable[..., None]:
        def change(*arguments: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
            usual(*arguments)

        return change

    with monkeypatch.context() as patched:
        for name in ("put", "remove"):
            patched.setattr(Store, name, failing(getattr(Store, name)))
        with pytest.raises(KeyboardInterrupt):
            dreamvid.extend(film, frames=4)
    dreamvid.resume(film)
    assert dreamvid.status(film).finished
    dreamvid.extend(film, frames=4)
    dreamvid.zoom(picture, whole, frames=13, **USUAL)
    same(film, whole)


@pytest.mark.slow
def test_with_the_real_network_and_a_sound(run: Callable[..., Result], tmp_path: Path) -> None:
    sound = SEED.parent / "beat.mp3"
    words = ("--size", 64, "--quality", "draft", "-q", "--audio", sound, "--strength", "0.8 + 0.4*bass", "--fps", 12,
             "--max-pixels", 10**8)
    assert run("zoom", SEED, *words, "--frames", 100, "--extendable", "-o", "film.mp4").exit_code == 0
    made = run("extend", "film.mp4", "--seconds", "1", "-q")
    assert made.exit_code == 0, made.output
    assert run("zoom", SEED, *words, "--frames", 112, "-o", "whole.mp4").exit_code == 0
    same(tmp_path / "film.mp4", tmp_path / "whole.mp4")
    film = open_source(tmp_path / "film.mp4", SourceSettings(), lambda _: None)
    assert isinstance(film, Clip)
    assert any(track.kind == "Audio" for track in film.tracks.tracks)
