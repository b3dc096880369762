"""Killed at any step, by whatever, a render loses nothing, and the continued film is the uninterrupted one.

`DREAMVID_WHOLE_MATRIX=1 pytest tests/journal/test_kill.py -s` tries every step in every way, and says how many there
were.
"""

import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dreamvid.video.ffmpeg import told, url
from tests.journal.conftest import Uninterrupted
from tests.journal.faults import KINDS, Fault
from tests.journal.matrix import committed, go_on, remove_rest, same, try_steps
from tests.journal.stage import KILLED, Outcome, Play, begin, perform

KILLS = 40
EACH = {"frames/": 47, "film.gif": 83, "film.mkv": 97}
"""Output → of how many steps one is tried."""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A clip of ten frames with sound."""
    path = tmp_path / "clip.mp4"
    told("-f", "lavfi", "-i", "testsrc2=s=48x32:r=10:d=1", "-f", "lavfi", "-i", "sine=d=1", "-y", url(path))
    return path


@pytest.mark.parametrize(("kind", "each"), [("kill", 1), ("torn", 9), ("power", 5), ("full", 9), ("EIO", 9)])
def test_a_film_survives_every_step(play: Play, tmp_path: Path, uninterrupted: Uninterrupted, kind: str,
                                    each: int) -> None:
    reference, outcome = uninterrupted.of(play)
    met = try_steps(kind, play, reference, tmp_path, steps=outcome.steps, each=each)
    print(f"film, {kind}: {sum(met.values())} of {outcome.steps} steps, {dict(met)}")  # noqa: T201
    assert outcome.steps > 200
    assert sum(met.values()) > 100 / each
    assert each > 1 or {"open", "write", "fsync", "replace", "link", "unlink", "mkdir", "rmdir", "spawn"} <= met.keys()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("output", list(EACH))
def test_other_outputs_survive_steps_here_and_there(play: Play, tmp_path: Path, uninterrupted: Uninterrupted,
                                                    output: str, kind: str) -> None:
    other = replace(play, output=output)
    reference, outcome = uninterrupted.of(other)
    met = try_steps(kind, other, reference, tmp_path, steps=outcome.steps, each=EACH[output])
    print(f"{output}, {kind}: {sum(met.values())} of {outcome.steps} steps")  # noqa: T201
    assert met


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_with_sound_survives_steps_here_and_there(clip: Path, tmp_path: Path, uninterrupted: Uninterrupted,
                                                         kind: str) -> None:
    play = Play(source=clip)
    reference, outcome = uninterrupted.of(play)
    met = try_steps(kind, play, reference, tmp_path, steps=outcome.steps, each=71)
    assert met


def test_forty_kills_at_random_lose_no_committed_frame(play: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    """Each kill comes wherever the render happens to be, often before it has gone on at all."""
    chance = random.Random(7)
    long, there = replace(play, frames=100, pause=0.01), 0
    for _ in range(KILLS):
        running = begin(root, long)
        time.sleep(chance.uniform(0.01, 0.16))
        assert running.process.pid is not None
        os.kill(running.process.pid, signal.SIGKILL)
        stopped = running.end(30)
        assert stopped.code == KILLED, "the render was done before all kills"
        assert committed(root) >= max(there, stopped.done - 1)
        assert not stopped.first or stopped.first == there
        there = committed(root)
    assert there > 0  # how many depends on how busy the machine is
    go_on(root, long, Outcome(done=there), uninterrupted.of(long)[0])
    same(root, uninterrupted.of(long)[0])


def test_a_render_that_is_killed_again_and_again_comes_to_its_end(play: Play, root: Path,
                                                                  uninterrupted: Uninterrupted) -> None:
    """Each run lives one step longer than the one before; so the steps of going on are met too."""
    kinds, there = ("kill", "torn", "power"), 0
    for turn in range(60):
        outcome = perform(root, play, Fault(18 + turn, kinds[turn % 3], seed=turn % 2))
        if outcome.code != KILLED:
            break
        assert committed(root) >= there or not list(root.rglob("journal"))
        there = committed(root)
    assert turn > 10
    assert outcome.code == 0 or remove_rest(root, uninterrupted.of(play)[0])
    same(root, uninterrupted.of(play)[0])
