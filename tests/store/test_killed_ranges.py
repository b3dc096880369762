"""A film made in ranges by several processes: whoever is killed, whenever, the film is the uninterrupted one."""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dreamvid.arrays import Size
from tests.media import SCENES, make_scenes
from tests.store.conftest import Uninterrupted
from tests.store.matrix import same
from tests.store.stage import KILLED, Play, begin, perform

LENGTH = 8
"""Frames in a scene."""

KILLS = 20


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    return make_scenes(tmp_path / "scenes.mp4", Size(48, 32), LENGTH)


def records(root: Path) -> set[str]:
    return {path.stem for path in (root.parent / "store" / "records").glob("range-*.json")}


def test_processes_that_are_killed_make_the_film_together(
    scenes: Path, root: Path, uninterrupted: Uninterrupted
) -> None:
    """Two at a time, each with a range that is missing. The first twenty are killed, wherever they are."""
    chance, play, killed, begun = random.Random(17), Play(source=scenes, longest=LENGTH, pause=0.05), 0, 0
    assert perform(root, replace(play, join=True)).code == 7
    while missing := sorted(set(range(len(SCENES))) - {int(name.split("-")[1]) // LENGTH for name in records(root)}):
        there, doomed = records(root), begun < KILLS
        chosen = chance.sample(missing, min(2, len(missing)))
        running = [begin(root, replace(play, ranges=(number,))) for number in chosen]
        begun += len(running)
        time.sleep(chance.uniform(0, 0.5) if doomed else 0)
        ended = [one.kill() if doomed else one.end() for one in running]
        assert {one.code for one in ended} <= ({KILLED, 0} if doomed else {0}), ended
        killed += sum(one.code == KILLED for one in ended)
        assert records(root) >= there
    assert killed > KILLS / 2
    assert begun <= len(SCENES) + killed
    joined = perform(root, replace(play, join=True))
    assert joined.code == 0, joined
    same(root, uninterrupted.of(replace(play, pause=0))[0])


def test_a_range_that_needs_another_waits_for_it(picture: Path, root: Path, uninterrupted: Uninterrupted) -> None:
    play = Play(source=picture)
    refused = perform(root, replace(play, ranges=(1,)))
    assert (refused.code, "lacks the range of frames 1 to" in refused.error) == (7, True), refused
    assert perform(root, replace(play, ranges=(0, 1, 2))).code == 0
    assert perform(root, replace(play, join=True)).code == 0
    same(root, uninterrupted.of(play)[0])


def test_a_loop_s_dreams_outlive_the_process_that_made_them(
    picture: Path, root: Path, uninterrupted: Uninterrupted
) -> None:
    play = Play(source=picture, loop="sway")
    running = begin(root, replace(play, ranges=(0,), pause=0.3))
    running.wait_for(2)
    assert running.kill().code == KILLED
    kept = len(list((root.parent / "store" / "records").glob("dream-*.json")))
    assert kept >= 1
    assert perform(root, replace(play, ranges=(2, 1, 0))).code == 0
    assert perform(root, replace(play, join=True)).code == 0
    same(root, uninterrupted.of(play)[0])
