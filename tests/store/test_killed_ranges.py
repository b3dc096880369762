"""A film made in ranges by several processes: whoever is killed, whenever, the film is the uninterrupted one."""

import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dreamvid.media.ffmpeg import run, url
from tests.store.conftest import Uninterrupted
from tests.store.matrix import same
from tests.store.stage import KILLED, Play, begin, perform

SCENES, LENGTH = 9, 8
KILLS = 20


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """A clip of nine scenes of eight frames each, with a sound."""
    pictures = ["testsrc2", "mandelbrot", "color=red", "rgbtestsrc", "color=white", "gradients=seed=3",
                "color=blue", "cellauto=rule=30:seed=5", "color=green"]
    inputs = [word for name in pictures for word in (
        "-f", "lavfi", "-i", f"{name}{':' if '=' in name else '='}s=48x32:r=10")]
    cut = "".join(f"[{n}:v]trim=end_frame={LENGTH},format=yuv420p[v{n}];" for n in range(SCENES))
    joined = "".join(f"[v{n}]" for n in range(SCENES))
    path = tmp_path / "scenes.mp4"
    code, _, error = run(*inputs, "-f", "lavfi", "-i", "sine=440:d=7.2", "-filter_complex",
                         f"{cut}{joined}concat=n={SCENES}[v]", "-map", "[v]", "-map", f"{SCENES}:a", "-y", url(path))
    assert code == 0, error
    return path


def records(root: Path) -> set[str]:
    return {path.stem for path in (root.parent / "store" / "records").glob("range-*.json")}


def test_processes_that_are_killed_make_the_film_together(
    scenes: Path, root: Path, uninterrupted: Uninterrupted
) -> None:
    """Two at a time, each with a range that is missing. The first twenty are killed, wherever they are."""
    chance, play, killed, begun = random.Random(17), Play(source=scenes, longest=LENGTH, pause=0.05), 0, 0
    assert perform(root, replace(play, join=True)).code == 7
    while missing := sorted(set(range(SCENES)) - {int(name.split("-")[1]) // LENGTH for name in records(root)}):
        there, doomed = records(root), begun < KILLS
        chosen = chance.sample(missing, min(2, len(missing)))
        running = [begin(root, replace(play, ranges=(number,))) for number in chosen]
        begun += len(running)
        time.sleep(chance.uniform(0, 0.5) if doomed else 0)
        for one in running:
            assert one.process.pid is not None
            if doomed:
                os.kill(one.process.pid, signal.SIGKILL)
        ended = [one.end(60) for one in running]
        assert {one.code for one in ended} <= ({KILLED, 0} if doomed else {0}), ended
        killed += sum(one.code == KILLED for one in ended)
        assert records(root) >= there
    assert killed > KILLS / 2
    assert begun <= SCENES + killed
    joined = perform(root, replace(play, join=True))
    assert joined.code == 0, joined
    same(root, uninterrupted.of(play)[0])


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
    while running.told().get("done", 0) < 2:
        time.sleep(0.01)
    assert running.process.pid is not None
    os.kill(running.process.pid, signal.SIGKILL)
    assert running.end(60).code == KILLED
    kept = len(list((root.parent / "store" / "records").glob("dream-*.json")))
    assert kept >= 1
    assert perform(root, replace(play, ranges=(2, 1, 0))).code == 0
    assert perform(root, replace(play, join=True)).code == 0
    same(root, uninterrupted.of(play)[0])
