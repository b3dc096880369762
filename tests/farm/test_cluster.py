"""Films on a running cluster with certificates, whose workers share no disk with the client."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dreamvid.errors import Cancelled, FarmError, OutputError, ResourceError, ResumeError
from dreamvid.events import Caller, Event, Frame, Working
from dreamvid.farm.address import Farm
from dreamvid.films.commands import planned
from dreamvid.films.making import Rendered
from dreamvid.stills.recipe import recipe_of
from tests.farm.conftest import (
    LENGTH,
    SCENES,
    SETTINGS,
    begun,
    environment,
    free_port,
    make_clip,
    scheduler_at,
    until,
)
from tests.media import hashes, make_film

pytest.importorskip("distributed", reason="a cluster needs Dask's distributed, of the extra `farm`")

from dreamvid.farm.cluster import make_certificates
from dreamvid.farm.film import render_on

pytestmark = pytest.mark.slow


@dataclass
class Seen:
    """What a client heard."""

    warnings: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.warnings)

    def caller(self) -> Caller:
        return Caller(self.events.append, self.warnings.append)


@dataclass
class Running:
    """A scheduler, to which a test adds workers.

    Attributes:
        stand_in: the folder by which a test talks to the workers.
        farm: how a client reaches it.
    """

    stand_in: Path
    farm: Farm
    stack: ExitStack

    def add(self, *options: str, **env: str) -> None:
        """Begins a worker with these options and variables."""
        self.stack.enter_context(begun(
            "farm", "worker", self.farm.address, "--certificates", self.farm.certificates, *options,
            folder=self.stand_in, env=environment(self.stand_in, **env)))

    def logged(self) -> list[str]:
        """The ranges that workers began."""
        log = self.stand_in / "log"
        return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    folder, port = tmp_path_factory.mktemp("scheduler"), free_port()
    keys = make_certificates(folder / "keys")
    with scheduler_at(port, "--certificates", keys, folder=folder):
        yield Farm(address=f"tls://127.0.0.1:{port}", certificates=str(keys))


@pytest.fixture
def cluster(scheduler: Farm, stand_in: Path) -> Iterator[Running]:
    with ExitStack() as stack:
        yield Running(stand_in, scheduler, stack)


def film(cluster: Running, clip: Path, output: Path, seen: Seen, settings: Any = SETTINGS, **farm: Any) -> Rendered:
    caller = seen.caller()
    wanted = Farm(**(vars(cluster.farm) | farm))
    [made] = render_on(wanted, [planned("clip", clip, output, settings, caller)], caller)
    return made


def test_films_go_over_connections_or_through_a_store(
    cluster: Running, clip: Path, alone: str, tmp_path: Path
) -> None:
    """Several films on one pair of workers: over TLS, through a folder and an address, numbered, without cuts."""
    cluster.add()
    cluster.add()
    seen = Seen()
    made = film(cluster, clip, tmp_path / "tls.mp4", seen)
    assert hashes(tmp_path / "tls.mp4") == alone
    assert made.frames == SCENES * LENGTH
    assert any(isinstance(event, Working) and len(event.workers) == 2 for event in seen.events)
    assert [event for event in seen.events if isinstance(event, Frame)][-1].done == SCENES * LENGTH
    assert sorted(set(cluster.logged())) == [str(n) for n in range(SCENES)]

    for n, store in enumerate((str(tmp_path / "store"), f"file://{tmp_path}/other")):
        film(cluster, clip, tmp_path / f"store-{n}.mp4", seen, store=store)
        assert hashes(tmp_path / f"store-{n}.mp4") == alone

    def stop(event: Event) -> None:
        if isinstance(event, Frame):
            raise Cancelled

    third = str(tmp_path / "third")
    with pytest.raises(Cancelled, match=rf"of {SCENES * LENGTH} frames are in {third}, and the same command continues"):
        render_on(Farm(**vars(cluster.farm) | {"store": third}),
                  [planned("clip", clip, tmp_path / "third.mp4", SETTINGS, Caller())], Caller(stop))
    film(cluster, clip, tmp_path / "third.mp4", seen, store=third)
    assert hashes(tmp_path / "third.mp4") == alone
    with pytest.raises(ResumeError, match="holds another film: seed was 0 and is 7"):
        film(cluster, clip, tmp_path / "seed.mp4", seen, SETTINGS.but(seed=7), store=str(tmp_path / "store"))

    films = [planned("clip", clip, tmp_path / name, settings, seen.caller()) for name, settings in (
        ("one.mp4", SETTINGS), ("frames/%03d.png", SETTINGS), ("seven.mp4", SETTINGS.but(seed=7)))]
    render_on(cluster.farm, films, seen.caller())
    assert hashes(tmp_path / "one.mp4") == alone != hashes(tmp_path / "seven.mp4")
    names = [path.name for path in sorted((tmp_path / "frames").iterdir())]
    assert names == [f"{n:03d}.png" for n in range(1, SCENES * LENGTH + 1)]

    film(cluster, make_film(tmp_path / "take.mp4", 12), tmp_path / "take-dream.mp4", seen)
    assert "the film is one range, which one worker makes" in seen.text


class Helping(Seen):
    """A client that acts on what it hears."""

    def __init__(self, act: Callable[["Helping"], None]) -> None:
        super().__init__()
        self._act = act

    def caller(self) -> Caller:
        def observe(event: Event) -> None:
            self.events.append(event)
            self._act(self)

        return Caller(observe, self.warnings.append)

    @property
    def at_work(self) -> bool:
        """Whether a worker has begun a range."""
        return any("frames" in what for event in self.events[-1:] if isinstance(event, Working)
                   for _, what, _ in event.workers)


def test_workers_that_cannot_be_used_are_left_out(cluster: Running, clip: Path, alone: str, tmp_path: Path) -> None:
    """The first worker waits until the others have come, and the reason of each is said."""
    reasons = ("the weights are missing", "it has dreamvid 0.0.1", "processor was this and is another",
               "its limit is 0.4 GB")
    come, hold = [False], cluster.stand_in / "hold-0"

    def act(client: Helping) -> None:
        if client.at_work and not come[0]:
            come[0] = True
            cluster.add(WITHOUT_WEIGHTS="1")
            cluster.add(VERSION="0.0.1")
            cluster.add(PROCESSOR="another")
            cluster.add("--memory", "380MB")
        if all(reason in client.text for reason in reasons):
            hold.unlink(missing_ok=True)

    hold.touch()
    cluster.add()
    seen = Helping(act)
    film(cluster, clip, tmp_path / "film.mp4", seen)
    assert hashes(tmp_path / "film.mp4") == alone


def test_different_machines_make_one_film_if_that_is_allowed(
    cluster: Running, clip: Path, alone: str, tmp_path: Path
) -> None:
    hold = cluster.stand_in / "hold-0"

    def act(client: Helping) -> None:
        if len(set(cluster.logged())) > 1:  # while one worker waits, only the other can begin a second range
            hold.unlink(missing_ok=True)

    hold.touch()
    cluster.add()
    cluster.add(PROCESSOR="another")
    film(cluster, clip, tmp_path / "film.mp4", Helping(act), SETTINGS.but(recipe=True), mixed=True)
    assert hashes(tmp_path / "film.mp4") == alone
    assert recipe_of(tmp_path / "film.mp4").mixed


@pytest.mark.parametrize("tiny_disk", [64], indirect=True)
def test_a_full_disk_on_a_worker_is_no_end(
    tiny_disk: Path, cluster: Running, clip: Path, alone: str, tmp_path: Path
) -> None:
    full, hold = {"TMPDIR": str(tiny_disk), "DASK_TEMPORARY_DIRECTORY": str(tiny_disk)}, cluster.stand_in / "hold-0"
    come = [False]

    def act(client: Helping) -> None:
        if client.at_work and not come[0]:
            come[0] = True
            cluster.add(**full)
        if "disk is full" in client.text:
            hold.unlink(missing_ok=True)

    hold.touch()
    cluster.add()
    film(cluster, clip, tmp_path / "film.mp4", Helping(act))
    assert hashes(tmp_path / "film.mp4") == alone


def test_a_film_ends_if_the_disk_of_every_worker_is_full(
    tiny_disk: Path, cluster: Running, clip: Path, tmp_path: Path
) -> None:
    (tiny_disk / "ballast").write_bytes(bytes(220_000))
    cluster.add(TMPDIR=str(tiny_disk), DASK_TEMPORARY_DIRECTORY=str(tiny_disk))
    with pytest.raises(ResourceError, match="failed 3 times, on 1 workers"):
        film(cluster, clip, tmp_path / "film.mp4", Seen())


def test_a_slow_worker_s_range_is_made_by_another_and_its_own_is_stopped(cluster: Running, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 12)
    (cluster.stand_in / "catch-11").touch()
    cluster.add()
    cluster.add()
    seen = Seen()
    film(cluster, clip, tmp_path / "film.mp4", seen)
    assert cluster.logged().count("11") == 2
    until((cluster.stand_in / "stopped-11").exists, "the slow worker")


def test_certificates_of_another_cluster_are_refused(scheduler: Farm, clip: Path, tmp_path: Path) -> None:
    keys = make_certificates(tmp_path / "keys")
    with pytest.raises(FarmError, match="no scheduler that trusts this client answers"):
        render_on(Farm(address=scheduler.address, certificates=str(keys)),
                  [planned("clip", clip, tmp_path / "film.mp4", SETTINGS, Caller())], Caller())
    with pytest.raises(OutputError, match="remove it if no cluster uses it"):
        make_certificates(tmp_path / "keys")
