"""Killed at any step, by whatever, a render loses nothing, and the continued film is the uninterrupted one.

`DREAMVID_WHOLE_MATRIX=1 pytest tests/store/test_kill.py -s` tries every step in every way, and says how many there
were.
"""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.conftest import Uninterrupted
from tests.store.faults import Fault
from tests.store.matrix import WAITING, committed, decoded, go_on, same, try_steps
from tests.store.stage import KILLED, Outcome, Play, begin, perform
from tests.timeline.pieces import drums, write_sound

FLUSH_SECONDS = 1.0
KILLS = 40


@pytest.mark.parametrize(("kind", "each"), [("kill", 1), ("torn", 13), ("power", 7), ("full", 13), ("EIO", 13)])
def test_a_film_survives_every_step(play: Play, tmp_path: Path, uninterrupted: Uninterrupted, kind: str,
                                    each: int) -> None:
    reference, outcome = uninterrupted.of(play)
    met = try_steps(kind, play, reference, tmp_path, steps=outcome.steps, each=each)
    print(f"film, {kind}: {sum(met.values())} of {outcome.steps} steps, {dict(met)}")  # noqa: T201
    assert outcome.steps > 60
    assert sum(met.values()) > 60 / each
    assert each > 1 or {"open", "write", "fsync", "replace", "link", "unlink", "mkdir", "rmdir", "spawn"} <= met.keys()


def test_a_moving_film_with_sound_survives(play: Play, tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    song = write_sound(tmp_path / "song.wav", drums(240, 1)[0])
    moving = replace(play, extras=None, audio=song)
    reference, outcome = uninterrupted.of(moving)
    plain = decoded(uninterrupted.of(play)[0] / play.output)
    assert decoded(reference / play.output) != plain
    met = try_steps("kill", moving, reference, tmp_path, steps=outcome.steps, each=29)
    assert sum(met.values()) > 5


def test_a_power_failure_takes_little_of_a_long_range(play: Play, tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    """A range that is longer than what may be lost."""
    other = replace(play, frames=16, longest=16)
    reference, outcome = uninterrupted.of(other)
    assert try_steps("power", other, reference, tmp_path, steps=outcome.steps, each=13)


def test_only_the_last_second_is_lost(play: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    """With the real time between flushes: a frame that was done a second ago is there after a kill."""
    slow = replace(play, frames=70, pause=0.1, flush=FLUSH_SECONDS)
    running = begin(root, slow)
    done = running.wait_for(20)
    running.wait_for(done + 25)  # which take a second, and the time of a flush; on a busy machine, longer
    assert running.kill().code == KILLED
    assert committed(root) >= done
    quick = replace(slow, pause=0)
    go_on(root, quick, Outcome(done=done), uninterrupted.of(quick)[0])
    same(root, uninterrupted.of(quick)[0])


def test_a_frame_costs_few_flushes(picture: Path, root: Path) -> None:
    """At thirty frames a second, over two ranges of the usual length."""
    usual = Play(source=picture, frames=192, pause=1 / 30, longest=96, flush=FLUSH_SECONDS)
    begun = time.monotonic()
    outcome = perform(root, usual)
    frames = 30 * (time.monotonic() - begun)  # a busy machine makes fewer, and flushes as often
    print(f"{outcome.flushes / frames:.2f} flushes a frame")  # noqa: T201
    assert 0 < outcome.flushes / frames <= 0.2


def test_forty_kills_at_random_lose_no_committed_frame(play: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    """Each kill comes wherever the render happens to be, often before it has gone on at all."""
    chance = random.Random(7)
    quick, there = replace(play, frames=100), 0
    long = replace(quick, pause=0.01)
    for _ in range(KILLS):
        running = begin(root, long)
        if more := chance.randrange(3):
            running.wait_for(min(there + more, long.frames))
        time.sleep(chance.uniform(0, 0.05))
        stopped = running.kill()
        if stopped.code == 0:  # on a busy machine a kill may come late, and the render be done
            break
        assert stopped.code == KILLED
        assert committed(root) >= max(there, stopped.done - WAITING)
        assert not stopped.first or stopped.first >= there
        there = committed(root)
    else:
        go_on(root, quick, Outcome(done=there), uninterrupted.of(quick)[0])
    assert there, "no kill came in time"
    same(root, uninterrupted.of(quick)[0])


def test_a_render_that_is_killed_again_and_again_comes_to_its_end(play: Play, root: Path,
                                                                  uninterrupted: Uninterrupted) -> None:
    """Each run lives one step longer than the one before; so the steps of going on are met too."""
    kinds, there = ("kill", "torn", "power"), 0
    for turn in range(60):
        outcome = perform(root, play, Fault(18 + turn, kinds[turn % 3], seed=turn % 2))
        if outcome.code != KILLED:
            break
        assert committed(root) >= there or (root / play.output).exists()  # the store of a film that is there may go
        there = committed(root)
    assert turn > 10
    assert outcome.code == 0
    same(root, uninterrupted.of(play)[0])
