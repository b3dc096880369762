"""Films and pictures by workers on this machine are those of one process; what cannot be used is refused."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from tests.farm.conftest import DREAMVID, LIMIT, OPTIONS, begun, environment, free_port, scheduler_at, until
from tests.media import hashes

pytest.importorskip("distributed", reason="a cluster needs Dask's distributed, of the extra `farm`")

Run = Callable[..., Result]
SMALL = ("--octaves", "1", "--steps", "1", "--threads", "1")
GIVEN = ("--set", "size=48", "--set", "threads=1")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 4])
def test_the_number_of_workers_changes_no_frame(
    clip: Path, alone: str, stand_in: Path, tmp_path: Path, workers: int
) -> None:
    said = subprocess.run([*DREAMVID, "clip", clip, *OPTIONS, "--farm", f"local:{workers}", "-o", "film.mp4"],
                          cwd=tmp_path, env=environment(stand_in), timeout=LIMIT, capture_output=True, text=True,
                          check=False)
    assert said.returncode == 0, said
    assert hashes(tmp_path / "film.mp4") == alone
    assert "each worker takes about" in said.stderr
    assert "dashboard is at http://127.0.0.1" in said.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "stand_in"]


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers."""
    folder, port = tmp_path_factory.mktemp("workers"), free_port()
    address = f"tcp://127.0.0.1:{port}"
    with scheduler_at(port, folder=folder), begun("farm", "worker", address, folder=folder), \
            begun("farm", "worker", address, folder=folder):
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("words", [
    ("clip", "scenes.mp4", *OPTIONS, "-o", "{}.mp4"),
    ("image", "a.png", "b.png", "-o", "{}/", "--size", "64", *SMALL),
    ("layers", "a.png", "-o", "{}.png", "--size", "48", "--most", "3", *SMALL),
    ("compare", "image", "a.png", "-o", "{}.png", "--over", "steps=1,2", *GIVEN),
    ("compare", "zoom", "a.png", "-o", "{}.mp4", "--over", "steps=1,2", *GIVEN, "--set", "frames=3"),
])
def test_real_dreams_by_two_workers_are_those_of_one_process(
    run: Run, workers: str, clip: Path, picture: Path, tmp_path: Path, *, words: tuple[str, ...]
) -> None:
    (tmp_path / "scenes.mp4").write_bytes(clip.read_bytes())
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(picture.read_bytes())
    for name, farm in (("here", ()), ("farm", ("--farm", workers))):
        made = run(*(word.format(name) for word in words), *farm, "-q")
        assert made.exit_code == 0, made.output
    assert results(tmp_path, "farm") == results(tmp_path, "here")


def results(folder: Path, name: str) -> list[bytes]:
    found = sorted([*folder.glob(f"{name}.*"), *folder.glob(f"{name}/*")])
    assert found
    return [path.read_bytes() for path in found]


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_made_and_the_same_command_goes_on(
    clip: Path, alone: str, stand_in: Path, tmp_path: Path
) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no SIGINT for one process")
    hold, env = stand_in / "hold-5", environment(stand_in)
    hold.touch()
    words = ("clip", clip, *OPTIONS, "--farm", "local:2", "-o", "film.mp4")
    with begun(*words, folder=tmp_path, env=env) as client:
        until(lambda: len(list(tmp_path.glob("film.mp4.dreamvid/records/range-*"))) >= 5, "most ranges")
        client.send_signal(2)
        said, _ = client.communicate(timeout=LIMIT)
    assert client.returncode == 130, said
    assert "dreamvid resume" in said
    made = {line.split()[0] for line in (stand_in / "log").read_text().splitlines()}
    hold.unlink()
    (stand_in / "log").unlink()
    with begun(*words, folder=tmp_path, env=env) as client:
        said, _ = client.communicate(timeout=LIMIT)
    assert client.returncode == 0, said
    assert "continuing after frame" in said
    again = {line.split()[0] for line in (stand_in / "log").read_text().splitlines()}
    assert "5" in again
    assert len(again) < len(made)
    assert hashes(tmp_path / "film.mp4") == alone


@pytest.mark.parametrize(("options", "code", "said"), [
    (("--farm", "local:0"), 2, "local:N with N workers, 1 at least"),
    (("--farm", "nonsense"), 2, "it must be local:N"),
    (("--farm", "tcp://192.0.2.1:8786"), 2, "not encrypted"),
    (("--farm", "tls://127.0.0.1:1", "--certificates", "nowhere"), 2, "dreamvid farm certificates"),
    (("--farm", "tcp://127.0.0.1:1"), 9, "answers at tcp://127.0.0.1:1 within 10 s"),
    (("--farm", "tls://127.0.0.1:1"), 2, "it needs the cluster's --certificates"),
    (("--mixed",), 2, "are for --farm"),
    (("--farm", "local:1", "--preview"), 2, "leave out --farm"),
])
def test_an_address_that_cannot_be_used_is_refused(
    run: Run, clip: Path, tmp_path: Path, *, options: tuple[str, ...], code: int, said: str
) -> None:
    refused = run("clip", clip, *OPTIONS, *options, "-q", "-o", "film.mp4")
    assert (refused.exit_code, refused.stderr.count("\n")) == (code, 1), refused.output
    assert said in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [
    ("clip", "in.mp4"), ("image", "a.png"), ("layers",), ("compare", "image", "a.png", "--over", "steps=1,2")])
def test_without_the_extra_the_command_to_install_it_is_said(
    run: Run, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused = run(*words, "--farm", "local:2", "-q")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1), refused.output
    assert "pip install 'dreamvid[farm]'" in refused.stderr


def test_pictures_have_no_store_and_no_sheet_of_steps_on_a_cluster(run: Run, picture: Path) -> None:
    for options, said in ((("--store", "store"), "it is for films"), (("--steps-sheet", "s.png"), "leave out --farm")):
        refused = run("image", picture, "--farm", "local:1", *options, "-q")
        assert refused.exit_code == 2, refused.output
        assert said in refused.stderr
