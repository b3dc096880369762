"""A damaged work folder ends in the right film, or in a refusal that says why; never in a wrong film."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from dreamvid.errors import OutputError, ResumeError
from dreamvid.journal import Manifest, open_work
from dreamvid.journal.log import Log
from tests.journal.conftest import EXTRAS, Uninterrupted
from tests.journal.faults import Fault
from tests.journal.matrix import WORKERS, committed, names, same
from tests.journal.stage import KILLED, Outcome, Play, begin, perform

WORK = "film.mp4.dreamvid"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Play:
    folder = tmp_path_factory.mktemp("film")
    noise = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    Pillow.fromarray(noise).save(folder / "picture.png")
    return Play(source=folder / "picture.png", extras=EXTRAS)


@pytest.fixture(scope="module")
def stopped(film: Play, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A render that was killed in its seventh frame of ten: one stretch is finished."""
    for at in range(100, 200, 4):
        root = tmp_path_factory.mktemp("stopped") / "root"
        root.mkdir()
        assert perform(root, film, Fault(at)).code == KILLED
        if '"segment"' in (root / WORK / "journal").read_text() and 5 < committed(root) < 10:
            return root
    raise AssertionError("none was stopped there")


@pytest.fixture
def copy(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "copy"))


def right(root: Path, play: Play, reference: Path) -> Outcome:
    """Goes on, and asserts that the film is the right one, or is refused and nothing is there."""
    outcome = perform(root, play)
    if outcome.code == 0:
        same(root, reference)
    else:
        assert outcome.code == 7, outcome
        assert "--restart" in outcome.error
        assert os.listdir(root) == [WORK]  # noqa: PTH208
    return outcome


def test_the_journal_cut_at_any_byte(stopped: Path, film: Play, tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    """At every byte of the first and the last lines, and at one in thirteen between."""
    reference, _ = uninterrupted.of(film)
    content = (stopped / WORK / "journal").read_bytes()
    lines = content.splitlines(keepends=True)
    ends = set(range(0, len(lines[0]) + 2, 7)) | set(range(len(content) - len(lines[-1]) - 2, len(content), 7))

    def cut(end: int) -> int:
        root = Path(shutil.copytree(stopped, tmp_path / str(end)))
        (root / WORK / "journal").write_bytes(content[:end])
        code = right(root, film, reference).code
        shutil.rmtree(root)
        return code

    with ThreadPoolExecutor(WORKERS) as pool:
        codes = list(pool.map(cut, sorted(ends | set(range(0, len(content), 53)))))
    assert set(codes) == {0, 7}
    assert codes[0] == 7, "all that was done was thrown away"


def test_one_bit_flipped_in_any_file(stopped: Path, film: Play, tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    reference, _ = uninterrupted.of(film)
    inside = [name for name in names(stopped) if (stopped / name).is_file() and not name.endswith("lock")]
    sevens = 0
    for name in inside:
        root = Path(shutil.copytree(stopped, tmp_path / "flipped"))
        content = bytearray((root / name).read_bytes())
        content[len(content) // 2] ^= 1
        (root / name).write_bytes(content)
        outcome = right(root, film, reference)
        counts = "frames" not in name or int(Path(name).stem) < committed(stopped)
        sevens += outcome.code == 7
        assert outcome.code == 7 or not counts or name.endswith(("state-0", "state-1", "journal")), name
        shutil.rmtree(root)
    assert sevens >= 4


@pytest.mark.parametrize("name", ["frames", "segments", "manifest.json", "journal", "frames/00000005"])
def test_something_missing(copy: Path, film: Play, uninterrupted: Uninterrupted, name: str) -> None:
    path = copy / WORK / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert right(copy, film, uninterrupted.of(film)[0]).code == 7
    again = replace(film, restart=True)
    assert perform(copy, again).code == 0
    same(copy, uninterrupted.of(film)[0])


def test_slots_swapped_and_frames_swapped(copy: Path, film: Play, uninterrupted: Uninterrupted) -> None:
    for one, other in (("state-0", "state-1"), ("frames/00000004", "frames/00000005")):
        first, second = copy / WORK / one, copy / WORK / other
        first.rename(copy / "between")
        second.rename(first)
        (copy / "between").rename(second)
        assert right(copy, film, uninterrupted.of(film)[0]).code == 7
        first.rename(copy / "between")
        second.rename(first)
        (copy / "between").rename(second)
    assert right(copy, film, uninterrupted.of(film)[0]).code == 0


def test_another_input_under_the_same_name_and_other_settings(copy: Path, film: Play) -> None:
    there = committed(copy)
    other = copy.parent / "other.png"
    Pillow.open(film.source).rotate(180).save(other)
    for changed, what in ((replace(film, source=other), "picture"), (replace(film, seed=2), "seed")):
        outcome = perform(copy, changed)
        assert outcome.code == 7
        assert what in outcome.error
    assert committed(copy) == there


def test_two_runs_on_one_folder(film: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    first = begin(root, replace(film, pause=0.2))
    while "done" not in first.told():
        pass
    second = perform(root, film)
    assert second.code == 7
    assert "in use" in second.error
    assert first.end(60).code == 0
    same(root, uninterrupted.of(film)[0])


def test_a_link_in_the_place_of_the_work_folder_or_in_it_is_not_followed(copy: Path, film: Play) -> None:
    elsewhere = copy.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    shutil.rmtree(copy / WORK / "kept")
    (copy / WORK / "kept").symlink_to(elsewhere)
    assert perform(copy, film).code == 7
    (copy / WORK).rename(copy.parent / "moved")
    (copy / WORK).symlink_to(copy.parent / "moved")
    assert perform(copy, film).code == 7
    assert (elsewhere / "mine.txt").read_text() == "mine"


def test_a_folder_of_that_name_that_is_not_ours_stays_as_it_is(film: Play, root: Path) -> None:
    for name in ("mine.txt", "frames/mine.jpg"):
        path = root / WORK / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
        assert perform(root, film).code == 7
        assert path.read_text() == "mine"
        path.unlink()


def test_a_clock_set_back(copy: Path, film: Play, uninterrupted: Uninterrupted) -> None:
    for path in copy.rglob("*"):
        os.utime(path, (4e9, 4e9))
    assert right(copy, film, uninterrupted.of(film)[0]).code == 0


def test_no_line_is_added_after_one_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The torn line would be damage in the middle."""
    log = Log(tmp_path / "journal")
    log.add({"n": 1})
    real = os.write

    def fails_halfway(descriptor: int, content: memoryview) -> int:
        real(descriptor, bytes(content)[:9])
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "write", fails_halfway)
    with pytest.raises(OutputError):
        log.add({"n": 2})
    monkeypatch.setattr(os, "write", real)
    with pytest.raises(OutputError):
        log.add({"n": 3})
    log.close()
    assert Log(tmp_path / "journal").entries == [{"n": 1}]


def test_a_folder_that_cannot_be_written_is_refused(copy: Path, film: Play) -> None:
    """Without rights; as root, who has them all, a file is in the way."""
    if os.geteuid() == 0:
        shutil.rmtree(copy / WORK)
        (copy / WORK).write_text("mine")
        assert perform(copy, film).code == 7
        assert (copy / WORK).read_text() == "mine"
        return
    (copy / WORK).chmod(0o500)
    assert perform(copy, film).code in (4, 7)
    (copy / WORK).chmod(0o700)


def test_a_manifest_that_differs_is_named(tmp_path: Path) -> None:
    with open_work(tmp_path / WORK, Manifest({"settings": {"seed": 1}}, {})) as work:
        work.commit_frame(np.zeros((2, 2, 3), np.uint8), None)
    with pytest.raises(ResumeError, match="seed was 1 and is 2"), \
            open_work(tmp_path / WORK, Manifest({"settings": {"seed": 2}}, {})):
        pass
