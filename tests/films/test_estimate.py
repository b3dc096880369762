"""An estimate counts all pictures and dreams, though it makes a few of them."""

from pathlib import Path
from typing import Any

import pytest

from dreamvid.events import Caller, ignore
from dreamvid.films.commands import planned
from dreamvid.films.estimate import estimate, peak_memory
from dreamvid.settings import DreamSettings, FilmSettings, LoopSettings, LoopSourceSettings, ZoomSettings

STILL = DreamSettings(steps=0)


@pytest.mark.parametrize(("command", "settings", "dreams"), [
    ("zoom", ZoomSettings(frames=600, film=FilmSettings(size=48), dream=STILL), 301),
    ("loop", LoopSettings(kind="sway", seconds=20.0, source=LoopSourceSettings(size=48), dream=STILL), 3),
])
def test_of_films_that_are_streamed_and_stored(
    picture: Path, tmp_path: Path, command: str, settings: Any, dreams: int
) -> None:
    plan, call = planned(command, picture, tmp_path / "film.mp4", settings, Caller(overwrite=True))
    found = estimate(plan, call, Caller(ignore))
    assert (found.frames, found.dreams) == (600, dreams)
    assert min(found.bytes, found.memory) > 0
    assert found.seconds >= 0
    assert not (tmp_path / "film.mp4").exists()


def test_the_peak_of_memory_never_falls() -> None:
    before = peak_memory()
    assert before >= 0
    assert peak_memory() >= before
