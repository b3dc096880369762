"""What a cluster gains: ranges of a stand-in that sleeps as long as a dream takes, by one worker and by eight; and real
dreams, by two workers of one thread against one process of two.

    python -m tests.benchmarks.bench_farm [workers] [--real CLIP]

The stand-in says what the cluster itself costs, on any machine: 64 units of mixed lengths, which take no processor. It
prints the seconds of one worker, of all, and how many times quicker they are; at least 0.85 of the number of workers is
held. With --real it prints frames a second of both ways, which a machine's memory and its shared caches limit.
"""

import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from dreamvid.events import Listener, ignore
from dreamvid.farm import pool, task
from dreamvid.farm.address import Farm
from dreamvid.farm.answer import packed
from dreamvid.farm.cluster import open_cluster
from dreamvid.farm.pool import Pool
from dreamvid.farm.units import Unit, Units

UNITS, SHORTEST, LONGEST = 64, 1.0, 8.0
LEAST = 0.85


def units() -> list[Unit]:
    """Units that sleep, some longer than others."""
    chance = random.Random(1)
    seconds = [chance.uniform(SHORTEST, LONGEST) for _ in range(UNITS)]
    return [Unit(f"unit-{n}", "sleep", 0, round(1000 * one), {"does": "sleep", "seconds": one})
            for n, one in enumerate(seconds)]


def sleeping(text: str, *_: bytes) -> bytes:
    """Does a task in place of `task.work`: it sleeps as long as it says."""
    import json

    wanted = json.loads(text)
    if wanted["does"] == "sleep":
        time.sleep(wanted["seconds"])
        return packed({}, {})
    return task.work(text)


def seconds_with(workers: int) -> float:
    """Wall time of all units, without the workers' start."""
    pool.work = sleeping
    with open_cluster(Farm(address=f"local:{workers}"), 1, ignore) as cluster:
        crew = Pool(cluster, "none", 1, {}, mixed=False, listener=Listener())
        crew.run(All(crew, workers))
        begun = time.perf_counter()
        crew.run(Units(units(), ignore_both))
        return time.perf_counter() - begun


def ignore_both(*_: object) -> None:
    """Nothing is kept."""


class All(Units):
    """Is done when all workers are ready."""

    def __init__(self, crew: Pool, workers: int) -> None:
        super().__init__([], ignore_both)
        self._crew, self._workers = crew, workers
        self._last = Unit("none", "", 0, 0, {"does": "sleep", "seconds": 0})

    def ready(self) -> list[Unit]:
        there = sum(one.ready for one in self._crew._workers.values())
        return [] if there >= self._workers else [self._last]


def real(clip: Path) -> None:
    """Prints frames a second of two workers of one thread, and of one process of two threads."""
    with TemporaryDirectory() as folder:
        for words in (("--threads", "2"), ("--threads", "1"), ("--threads", "1", "--farm", "local:2")):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-m", "dreamvid", "clip", str(clip), *words, "-q", "-o",
                            f"{folder}/{'-'.join(words)[2:]}.mp4".replace(":", "")], check=True)
            print(f"{' '.join(words)}: {time.perf_counter() - begun:.1f} s")


def main() -> None:
    """Prints what the head of this file says."""
    if "--real" in sys.argv:
        real(Path(sys.argv[-1]))
        return
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    alone = sum(unit.chain for unit in units()) / 1000
    together = seconds_with(workers)
    times = alone / together
    print(f"{UNITS} units, {alone:.1f} s of sleep; {workers} workers: {together:.1f} s, {times:.2f} times as "
          f"quick, {times / workers:.2f} of {workers}")
    assert times / workers >= LEAST


if __name__ == "__main__":
    main()
