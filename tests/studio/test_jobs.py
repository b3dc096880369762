"""The queue on the disk: jobs are added, ordered, run in processes of their own, and outlive every kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamvid.errors import InputError
from dreamvid.studio.folder import Studio, open_studio, put_json
from dreamvid.studio.jobs import add, delete, find, jobs, move, set_desired
from dreamvid.studio.progress import POINTS, Progress, summary
from dreamvid.studio.queue import Queue

SEED = Path(__file__).parents[2] / "samples" / "seed.jpg"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return open_studio(tmp_path / "studio")


def dreamvid(*words: object) -> str:
    done = subprocess.run([sys.executable, "-m", "dreamvid", *map(str, words)], capture_output=True, text=True,
                          timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def until(what: Callable[[], bool], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_names_of_results_are_never_taken_twice(studio: Studio) -> None:
    (studio.folder / "cat-zoom.mp4").touch()
    suffixes = (".mp4", ".mp4", "/%06d.png", "/%06d.png")
    names = [add(studio, "zoom", "cat-zoom", suffix, {}).output for suffix in suffixes]
    assert names == ["cat-zoom-2.mp4", "cat-zoom-3.mp4", "cat-zoom/%06d.png", "cat-zoom-2/%06d.png"]


def test_the_order_is_kept_and_can_be_changed(studio: Studio) -> None:
    a, b, c = (add(studio, "zoom", name, ".mp4", {}) for name in "abc")
    move(studio, c, before=a.id)
    move(studio, a)
    assert [job.output for job in jobs(studio)] == ["c.mp4", "b.mp4", "a.mp4"]
    delete(studio, b)
    assert [job.output for job in jobs(Studio(studio.folder))] == ["c.mp4", "a.mp4"]


def test_what_is_wanted_of_a_job_is_its_state_while_nothing_runs(studio: Studio) -> None:
    job = add(studio, "zoom", "a", ".mp4", {})
    states = []
    for desired in ("pause", "run", "cancel"):
        set_desired(job, desired)
        states.append(job.state)
    job.finish("failed", "no such file")
    assert (*states, job.state, summary(job)["error"]) == ("paused", "waiting", "cancelled", "failed", "no such file")
    set_desired(job, "run")
    assert job.state == "waiting"


@pytest.mark.parametrize("name", ["../../etc", "", "0" * 11, "0" * 13, "ABCDEFABCDEF", "000000000000", "a/b"])
def test_a_job_that_is_none_is_refused(studio: Studio, name: str) -> None:
    with pytest.raises(InputError, match="there is no job"):
        find(studio, name)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"command": 3}', '{"command": "zoom", "output": "x"}'])
def test_a_damaged_job_is_left_out(studio: Studio, content: str) -> None:
    whole, damaged = add(studio, "zoom", "a", ".mp4", {}), add(studio, "zoom", "b", ".mp4", {})
    (damaged.folder / "job.json").write_text(content)
    (studio.jobs / "order.json").write_text("nonsense")
    assert [job.id for job in jobs(studio)] == [whole.id]


def test_a_process_that_ends_without_a_word_is_a_failed_job(studio: Studio) -> None:
    job = add(studio, "zoom", "a", ".mp4", {"plan": None, "call": {}})
    put_json(job.folder / "job.json", {"command": "zoom", "output": "a.mp4", "created": 1.0, "plan": {"frames": 3}})
    Queue(studio).run()
    assert find(studio, job.id).state == "failed"
    assert (job.folder / "log.txt").read_text() or (job.end or {}).get("error")


def test_only_one_process_runs_a_queue(studio: Studio) -> None:
    first, second = Queue(studio), Queue(studio)
    assert (first.take(), second.take()) == (True, False)
    first.stop()
    assert second.take()


def test_what_is_told_is_read_as_it_is_written(tmp_path: Path) -> None:
    path, told = tmp_path / "events.jsonl", Progress()
    lines = [json.dumps({"at": n, "event": "frame", "done": n, "total": 1000, "score": n}) for n in range(1, 901)]
    path.write_text("\n".join(lines[:10]) + "\n" + lines[10][:5])
    assert (told.read(path), told.done) == (True, 10)
    path.write_text("\n".join(["no json", *lines]) + "\n")
    told = Progress()
    told.read(path)
    assert (told.done, told.total, round(told.speed, 3), told.score) == (900, 1000, 1.0, 900.0)
    assert len(told.scores) <= POINTS
    assert told.scores == sorted(told.scores)
    assert told.read(path) is False


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills processes")
def test_a_job_goes_on_to_the_same_frames_after_every_process_was_killed(studio: Studio, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    dreamvid("plan", "zoom", SEED, "--size", 96, "--frames", 90, "--dream-rate", 30, "-o", plan)
    added = dreamvid("jobs", "add", plan, "--folder", studio.folder, "--input", f"picture={SEED}")
    job = find(studio, added)
    queue = subprocess.Popen([sys.executable, "-m", "dreamvid", "jobs", "run", "--folder", str(studio.folder)])

    def told() -> Progress:
        found = Progress()
        found.read(job.folder / "events.jsonl")
        return found

    until(lambda: told().done > 5)
    queue.kill()
    queue.wait()
    events = [json.loads(line) for line in (job.folder / "events.jsonl").read_text().splitlines()]
    if not job.end:
        os.kill(events[0]["pid"], signal.SIGKILL)
    until(lambda: not job.is_locked())
    assert job.state == "waiting"
    dreamvid("jobs", "run", "--folder", studio.folder)
    assert job.state == "done"
    dreamvid("render", plan, "--input", f"picture={SEED}", "-o", tmp_path / "alone.mp4")
    assert job.target.read_bytes() == (tmp_path / "alone.mp4").read_bytes()
    assert not job.target.with_name("plan.mp4.dreamvid").exists()


@pytest.mark.slow
def test_a_running_job_is_paused_and_listed(studio: Studio, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    dreamvid("plan", "zoom", SEED, "--size", 64, "--frames", 100000, "-o", plan)
    job = find(studio, dreamvid("jobs", "add", plan, "--folder", studio.folder, "--input", f"picture={SEED}"))
    queue = Queue(studio)
    until(lambda: queue.step().get("running") == 1 and job.state == "running")
    set_desired(job, "pause")
    until(lambda: queue.step().get("paused") == 1)
    queue.stop()
    assert "paused" in dreamvid("jobs", "list", "--folder", studio.folder)
    [listed] = json.loads(dreamvid("jobs", "list", "--json", "--folder", studio.folder))
    assert (listed["id"], listed["state"], listed["total"]) == (job.id, "paused", 100000)
