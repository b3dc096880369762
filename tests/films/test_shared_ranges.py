"""Ranges in a shared store: every kind of film comes out as in one piece, and what is wrong in the store is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreamvid.errors import ResumeError, SettingError
from dreamvid.events import Caller, Listener
from dreamvid.films import making, shared
from dreamvid.films.commands import planned
from dreamvid.films.joining import join
from dreamvid.films.prepare import Prepared
from dreamvid.films.shared import SharedFilm
from dreamvid.motion.morph import Seam
from dreamvid.motion.scenes import Scene
from dreamvid.output.shared import SharedStore
from dreamvid.settings import FilmSettings, FrameValues, ZoomSettings
from dreamvid.stills.recipe import recipe_of
from dreamvid.timeline.table import Table
from tests.films.test_ranges import bounce, clip, crossfade, dive, sway, zoom
from tests.media import hashes, make_film
from tests.stand_in import StandIn, replace_dreamer


@pytest.fixture(autouse=True)
def short_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    replace_dreamer(monkeypatch, longest=3)


def film_of(command: str, source: Path, settings: Any, output: Path, store: str) -> SharedFilm:
    plan, call = planned(command, source, output, settings, Caller())
    return SharedFilm(plan, call, SharedStore(store), Listener())


@pytest.mark.slow
@pytest.mark.parametrize(("make", "address"), [
    *((make, "store") for make in (zoom, clip, dive, crossfade)), (bounce, "memory://film"), (sway, "memory://film")])
def test_every_kind_of_film_is_made_in_ranges(
    make: Callable[..., tuple[str, Any, dict[str, Path]]], address: str, picture: Path, tmp_path: Path
) -> None:
    command, settings, paths = make(picture, make_film(tmp_path / "clip.mp4", 8))
    source = next(iter(paths.values()))
    store = str(tmp_path / address) if address == "store" else f"{address}/{make.__name__}"
    film = film_of(command, source, settings, tmp_path / "ranges.mp4", store)
    assert film.missing() == list(range(len(film.ranges)))
    for number in film.missing():
        film.render(number)
    assert film.missing() == []
    join(film)
    whole = film_of(command, source, settings, tmp_path / "whole.mp4", str(tmp_path / "other"))
    making.render_film(whole.plan, whole.call, Listener())
    assert hashes(tmp_path / "ranges.mp4") == hashes(tmp_path / "whole.mp4")


def zoom_film(picture: Path, folder: Path, output: str = "film.mp4", **settings: Any) -> SharedFilm:
    wanted = ZoomSettings(frames=7, film=FilmSettings(size=64), **settings)
    return film_of("zoom", picture, wanted, folder / output, str(folder / "store"))


def test_numbered_pictures_take_the_names_of_the_output(picture: Path, tmp_path: Path) -> None:
    film = zoom_film(picture, tmp_path, "frames/%06d.png")
    for number in film.missing():
        film.render(number)
    film.call = replace(film.call, output=str(tmp_path / "frames" / "shot_%03d.png"))
    join(film)
    assert sorted(path.name for path in (tmp_path / "frames").iterdir()) == [f"shot_{n:03d}.png" for n in range(1, 8)]


def test_a_difference_between_two_makers_is_named(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = zoom_film(picture, tmp_path)
    film.render(0)
    film.render(0, again=True)
    monkeypatch.setattr(shared, "machine", lambda *_: {"processor": "another"})
    with pytest.raises(ResumeError, match="processor was this and is another"):
        film.render(1)
    monkeypatch.setattr(StandIn, "__call__", lambda self, image, *_, **__: np.clip(image / 2, 0, 1))
    film.call = replace(film.call, mixed=True)
    with pytest.raises(ResumeError, match=r"frames 1 to 2 differs between .* segment was .*processor was"):
        film.render(0, again=True)
    for number in film.missing():
        film.render(number)
    assert join(film).frames == 7
    assert recipe_of(tmp_path / "film.mp4").mixed


def test_a_store_of_another_film_is_refused(picture: Path, tmp_path: Path) -> None:
    zoom_film(picture, tmp_path).render(0)
    with pytest.raises(ResumeError, match="holds another film: seed was 0 and is 5"):
        zoom_film(picture, tmp_path, seed=5)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ResumeError, match="a folder of its own"):
        SharedStore(str(tmp_path / "mine"))
    with pytest.raises(SettingError, match="not an address"):
        SharedStore("nonsense://film")


def test_what_is_missing_or_damaged_is_named_and_made_again(picture: Path, tmp_path: Path) -> None:
    film = zoom_film(picture, tmp_path)
    with pytest.raises(ResumeError, match="lacks the range of frames 1 to 2, which must be made before"):
        film.render(1)
    with pytest.raises(SettingError, match=f"the last range of the film is {len(film.ranges) - 1}"):
        film.render(len(film.ranges))
    for number in film.missing():
        film.render(number)
    body = film.shared.get("range-00000002-00000004") or {}
    (tmp_path / "store" / "files" / body["segment"]).write_bytes(b"nonsense")
    with pytest.raises(ResumeError, match=f"lacks 1 of {len(film.ranges)} ranges: 1;"):
        join(film)
    assert film.missing() == [1]
    (tmp_path / "store" / "records" / "range-00000002-00000004.json").write_bytes(b"torn")
    film.render(1)
    assert join(film).frames == 7


def test_what_is_prepared_comes_back_from_its_table() -> None:
    still = FrameValues(steps=2, step_size=0.1 / 3, weights=(0.5, 1 / 3))
    table = Table(still, {"zoom": np.array([1, 1.0000001, 1 / 3]), "weights": np.array([[0.1, 0.2], [0.3, 1 / 7]])})
    made = Prepared(values=table, scenes=(Scene(0, 9, (3, 4)), Scene(9, 11)), strength=2 / 3, centre=(0.1, 1 / 7),
                    seam=Seam(1, 7, 2))
    back = Prepared.from_table(json.loads(json.dumps(made.to_table())))
    assert (back.scenes, back.strength, back.centre, back.seam) == (made.scenes, made.strength, made.centre, made.seam)
    assert [back.values[n] for n in range(4)] == [table[n] for n in range(4)]
