"""What fails around a render, and what a person does meanwhile: the work is kept, and nobody's file is touched."""

import os
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.errors import FFmpegError
from dreamvid.media.child import Deadline
from dreamvid.media.ffmpeg import VARIABLE, executable
from dreamvid.output.segments import Destination, format_of
from dreamvid.settings import EncoderSettings
from tests.store.conftest import Uninterrupted
from tests.store.faults import Fault
from tests.store.matrix import committed, decoded, same
from tests.store.stage import KILLED, Play, perform

MINE = b"not a film, but mine"
STAGES = {"segment": "pipe:0", "join": "ffconcat"}
"""What ffmpeg does → a word in its arguments then."""
FAILURES = {
    "killed": "kill -9 $$",
    "no encoder": "echo \"Unknown encoder 'libx264'\" >&2; exit 8",
    "half": "for last; do :; done; head -c 700 /dev/zero > \"${last#file:}\"; exit 1",
}


def ffmpeg(folder: Path, stage: str, script: str) -> tuple[tuple[str, str], ...]:
    """The environment in which ffmpeg is a script at one stage, and itself at all others."""
    path = folder / "ffmpeg"
    path.write_text(f'#!/bin/sh\ncase "$*" in *{STAGES[stage]}*) {script} ;; esac\nexec "{executable()}" "$@"\n')
    path.chmod(0o755)
    return ((VARIABLE, str(path)),)


def frames_of(film: Path) -> int:
    return str(decoded(film)).count("\n0, ")


@pytest.mark.parametrize("stage", list(STAGES))
@pytest.mark.parametrize("failure", list(FAILURES))
def test_ffmpeg_fails(play: Play, root: Path, uninterrupted: Uninterrupted, stage: str, failure: str) -> None:
    environment = ffmpeg(root.parent, stage, FAILURES[failure])
    outcome = perform(root, replace(play, environment=environment))
    assert outcome.code == 5
    assert "ffmpeg" in outcome.error
    assert "\n" not in outcome.error
    assert "continues" in outcome.error
    assert not (root / play.output).exists()
    there = committed(root)
    assert there >= (1 if stage == "segment" else 10)
    gone_on = perform(root, play)
    assert (gone_on.code, gone_on.first) == (0, there)
    same(root, uninterrupted.of(play)[0])


def test_ffmpeg_is_missing_when_it_goes_on(play: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    assert perform(root, play, Fault(60)).code == KILLED
    there = committed(root)
    assert perform(root, replace(play, environment=((VARIABLE, "/nowhere/ffmpeg"),))).code == 5
    assert committed(root) == there
    assert perform(root, play).first == there
    same(root, uninterrupted.of(play)[0])


def test_an_encoder_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((_, path),) = ffmpeg(tmp_path, "segment", "sleep 100")
    monkeypatch.setenv(VARIABLE, path)
    film = Destination(output=str(tmp_path / "film.mp4"), size=Size(48, 32), fps=Fraction(10), frames=3,
                       encoder=EncoderSettings(), deadline=Deadline(0.5))
    writer = format_of(film).open(tmp_path / "segment.mp4", 0)
    begun = time.monotonic()
    writer.write(np.zeros((32, 48, 3), np.uint8))
    with pytest.raises(FFmpegError, match="seconds"):
        writer.finish()
    writer.abort()
    assert time.monotonic() - begun < 60


def test_sigterm_ends_it_in_time_though_ffmpeg_hangs(play: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    environment = ffmpeg(root.parent, "segment", "sleep 100")
    begun = time.monotonic()
    outcome = perform(root, replace(play, environment=environment, stop=6, terminate=True))
    assert outcome.code == 143
    assert time.monotonic() - begun < 60
    assert committed(root) == 6
    assert perform(root, play).first == 6
    same(root, uninterrupted.of(play)[0])


@pytest.mark.parametrize("stop", [1, 4, 6, 10])
def test_after_ctrl_c_the_film_plays_and_then_becomes_the_whole_one(play: Play, root: Path, stop: int,
                                                                    uninterrupted: Uninterrupted) -> None:
    assert perform(root, replace(play, stop=stop)).code == 130
    assert frames_of(root / play.output) == stop
    gone_on = perform(root, play)
    assert (gone_on.code, gone_on.first) == (0, stop)
    same(root, uninterrupted.of(play)[0])


def test_a_film_of_a_killed_runs_ffmpeg_is_not_the_next_runs(play: Play, root: Path,
                                                            uninterrupted: Uninterrupted) -> None:
    """The ffmpeg that joins outlives its killed parent, and writes when the next run's ffmpeg is just done."""
    now, over = root.parent / "now", root.parent / "over"
    orphan = (f'for last; do :; done; kill -9 $PPID; while [ ! -e {now} ]; do sleep 0.02; done; '
              f'echo damage >>"${{last#file:}}"; touch {over}; exit 0')
    assert perform(root, replace(play, environment=ffmpeg(root.parent, "join", orphan))).code == KILLED
    # Where the system lets it, the orphan dies with its parent, and is not waited for.
    heir = (f'"{executable()}" "$@"; touch {now}; '
            f'for n in $(seq 100); do [ -e {over} ] && break; sleep 0.02; done; exit 0')
    assert perform(root, replace(play, environment=ffmpeg(root.parent, "join", heir))).code == 0
    assert (root / play.output).read_bytes() == (uninterrupted.of(play)[0] / play.output).read_bytes()


@pytest.mark.parametrize("name", ["film.mp4", "poster.png", "sheet.png"])
def test_a_file_that_was_there_or_came_meanwhile_stays(play: Play, root: Path, name: str,
                                                       uninterrupted: Uninterrupted) -> None:
    (root / name).write_bytes(MINE)
    assert perform(root, play).code == 4
    assert os.listdir(root) == [name]  # noqa: PTH208
    (root / name).unlink()
    assert perform(root, play, Fault(60)).code == KILLED
    (root / name).write_bytes(MINE)
    outcome = perform(root, play)
    assert outcome.code == 4
    assert "exists" in outcome.error
    assert (root / name).read_bytes() == MINE
    (root / name).unlink()
    assert perform(root, play).code == 0
    same(root, uninterrupted.of(play)[0])


def test_a_film_that_came_while_this_one_was_joined_stays(play: Play, root: Path,
                                                          uninterrupted: Uninterrupted) -> None:
    environment = ffmpeg(root.parent, "join", f"printf '{MINE.decode()}' > {root / 'film.mp4'}")
    outcome = perform(root, replace(play, environment=environment))
    assert outcome.code == 4
    assert "was created by another program" in outcome.error
    assert (root / "film.mp4").read_bytes() == MINE
    (root / "film.mp4").unlink()
    assert perform(root, play).code == 0
    same(root, uninterrupted.of(play)[0])


def test_with_overwriting_the_old_film_stays_until_the_new_one_is_whole(play: Play, root: Path,
                                                                        uninterrupted: Uninterrupted) -> None:
    forced, reference = replace(play, overwrite=True), uninterrupted.of(play)[0]
    for at in range(7, 260, 17):
        folder = root / str(at)
        folder.mkdir()
        for name in ("film.mp4", "poster.png", "sheet.png"):
            (folder / name).write_bytes(MINE)
        perform(folder, forced, Fault(at))
        for name in ("film.mp4", "poster.png", "sheet.png"):
            assert (folder / name).read_bytes() in (MINE, (reference / name).read_bytes()), (at, name)
        assert perform(folder, forced).code == 0
        same(folder, reference)


@pytest.mark.parametrize("tiny_disk", [512], indirect=True)
def test_a_disk_that_is_really_full(play: Play, tiny_disk: Path, uninterrupted: Uninterrupted) -> None:
    """With more and more room; freed, each goes on.

    The whole disk holds twice what a render takes at its peak, so that it is only full where it is meant to be.
    """
    codes = []
    for room in (4, 30, 60, 80, 90, 100, 110, 130):
        (tiny_disk / "ballast").write_bytes(bytes((506 - room) * 1000))
        outcome = perform(tiny_disk, play)
        codes.append(outcome.code)
        assert outcome.code in (0, 6), outcome
        (tiny_disk / "ballast").unlink()
        if outcome.code == 6:
            assert "disk" in outcome.error
            there = committed(tiny_disk)
            gone_on = perform(tiny_disk, play)
            assert (gone_on.code, gone_on.first) == (0, there), (outcome, gone_on)
        same(tiny_disk, uninterrupted.of(play)[0])
        for path in tiny_disk.iterdir():
            path.unlink()
    assert 6 in codes
