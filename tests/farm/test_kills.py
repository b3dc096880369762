"""Workers, the scheduler and the client are killed, all by SIGKILL at random moments: the film is the same."""

import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.farm.conftest import OPTIONS, SCENES, begun, environment, free_port, scheduler_at, until, worker_of
from tests.media import hashes

pytest.importorskip("distributed", reason="a cluster needs Dask's distributed, of the extra `farm`")

pytestmark = pytest.mark.slow
KILLS = 20


def records(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("film.mp4.dreamvid/records/range-*.json")}


def test_workers_the_scheduler_and_the_client_are_killed(
    clip: Path, alone: str, stand_in: Path, tmp_path: Path
) -> None:
    """Ranges wait, and one may end after every third kill: there is work all the time, and none is killed too often."""
    chance, port, env = random.Random(5), free_port(), environment(stand_in)
    address = f"tcp://127.0.0.1:{port}"
    work = ("farm", "worker", address)
    render = ("clip", clip, *OPTIONS, "--farm", address, "-o", "film.mp4")
    holds = [stand_in / f"hold-{n}" for n in range(1, SCENES)]
    for hold in holds:
        hold.touch()
    with scheduler_at(port, folder=tmp_path) as scheduler, begun(*work, folder=tmp_path, env=env) as one, \
            begun(*work, folder=tmp_path, env=env) as other:
        with begun(*render, folder=tmp_path, env=env) as client:
            until(lambda: records(tmp_path) or client.poll() is not None, "the first range")
            client.kill()
        there = records(tmp_path)
        assert there
        with begun(*render, folder=tmp_path, env=env) as client:
            for kill in range(KILLS):
                if kill % 3 == 2:
                    holds.pop(0).unlink()
                workers = [found for nanny in (one, other) if (found := worker_of(nanny))]
                time.sleep(chance.uniform(0, 1))
                with suppress(psutil.NoSuchProcess, IndexError):
                    chance.choice(workers).kill()
                until(lambda: worker_of(one) or worker_of(other) or client.poll() is not None, "a worker")
                assert records(tmp_path) >= there, "a range is lost"
                there = records(tmp_path)
            assert client.poll() is None, client.communicate()
            scheduler.kill()
            scheduler.wait()
            for hold in holds:
                hold.unlink()
            with scheduler_at(port, folder=tmp_path):
                said, _ = client.communicate(timeout=300)
    assert client.returncode == 0, said
    assert hashes(tmp_path / "film.mp4") == alone
    begins = Counter(line.split()[0] for line in (stand_in / "log").read_text().splitlines())
    assert set(begins) == {str(n) for n in range(SCENES)}
    assert sum(begins.values()) <= SCENES + 2 * (KILLS + 2), begins
