"""A damaged work folder ends in the right film, or in a refusal that says why; never in a wrong film."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

from dreamvid.errors import ResumeError
from dreamvid.films import status, verify
from dreamvid.output.progress import frames_of
from dreamvid.output.store import Store
from dreamvid.output.work_folder import Job, open_work
from tests.store.conftest import Uninterrupted
from tests.store.faults import Fault
from tests.store.matrix import WORKERS, committed, names, same
from tests.store.stage import KILLED, LONGEST, Outcome, Play, begin, perform

WORK = "film.mp4.dreamvid"


@pytest.fixture(scope="module")
def stopped(play: Play, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A render that was killed among its ten frames: one range is finished, and another in progress."""
    for at in range(80, 260, 3):
        root = tmp_path_factory.mktemp("stopped") / "root"
        root.mkdir()
        assert perform(root, play, Fault(at)).code == KILLED
        if frames_of(Store(root / WORK)) == LONGEST and LONGEST + 1 < committed(root) < 9:
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
        assert "restart=True" in outcome.error
        assert os.listdir(root) == [WORK]  # noqa: PTH208
    return outcome


def files(root: Path) -> list[str]:
    """The files of the work folder, but for its locks."""
    return [name for name in names(root) if (root / name).is_file() and not name.endswith("lock")]


def damaged(stopped: Path, root: Path, name: str, content: bytes) -> Path:
    """A copy of a work folder in which one file is another."""
    shutil.copytree(stopped, root)
    (root / name).write_bytes(content)
    return root


def test_every_file_cut(stopped: Path, play: Play, tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    """To nothing, to one byte, to a half, and by its last byte."""
    reference, _ = uninterrupted.of(play)

    def cut(job: tuple[int, str, int]) -> int:
        number, name, length = job
        content = (stopped / name).read_bytes()
        root = damaged(stopped, tmp_path / str(number), name, content[:length])
        code = right(root, play, reference).code
        assert code == 0 or name.endswith("job.json"), name
        shutil.rmtree(root)
        return code

    lengths = [(name, length) for name in files(stopped)
               for length in {0, 1, (stopped / name).stat().st_size // 2, (stopped / name).stat().st_size - 1}]
    with ThreadPoolExecutor(WORKERS) as pool:
        codes = list(pool.map(cut, [(n, *length) for n, length in enumerate(lengths)]))
    assert set(codes) == {0, 7}


def test_one_bit_flipped_in_any_file(stopped: Path, play: Play, tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    """What is damaged is made again, and named; only without the job is the render refused."""
    reference, _ = uninterrupted.of(play)
    for n, name in enumerate(files(stopped)):
        content = bytearray((stopped / name).read_bytes())
        if not content:  # it was just begun when the render was killed
            continue
        content[len(content) // 2] ^= 1
        root = damaged(stopped, tmp_path / str(n), name, content)
        if "progress" not in name and "_" not in Path(name).name:  # what is unfinished may be anything
            with pytest.raises(ResumeError, match="damaged"):
                verify(root / WORK)
        outcome = right(root, play, reference)
        assert outcome.code == (7 if name.endswith("job.json") else 0), name
        counts = Store(stopped / WORK).get(Path(name).stem) is None  # else it is left of a range that is finished
        if "progress" in name and name.endswith("pictures") and counts:
            assert outcome.first < committed(stopped)
        if ("files" in name and "_" not in Path(name).name) or "records/range" in name:
            assert any(Path(name).name in sentence for sentence in outcome.warnings), outcome
        shutil.rmtree(root)


@pytest.mark.parametrize("name", ["files", "progress", "records", "records/job.json"])
def test_something_missing(copy: Path, play: Play, uninterrupted: Uninterrupted, name: str) -> None:
    path = copy / WORK / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert right(copy, play, uninterrupted.of(play)[0]).code == (7 if name.endswith("job.json") else 0)


def test_files_swapped(copy: Path, play: Play, uninterrupted: Uninterrupted) -> None:
    """Both marks, and two files of a finished range."""
    folder = copy / WORK
    for found in (sorted((folder / "progress").glob("*.[01]"))[-2:], sorted((folder / "files").glob("[!n]*"))[:2]):
        one, other = found
        one.rename(copy / "between")
        other.rename(one)
        (copy / "between").rename(other)
    assert right(copy, play, uninterrupted.of(play)[0]).code == 0


def test_a_finished_film_whose_work_is_kept_is_not_made_again(play: Play, root: Path) -> None:
    kept = replace(play, keep_work=True)
    assert perform(root, kept).code == 0
    made = (root / "film.mp4").stat()
    assert status(root / WORK).finished
    assert perform(root, kept).first == 10
    assert (root / "film.mp4").stat().st_mtime_ns == made.st_mtime_ns
    assert verify(root / WORK) == 10


def test_another_input_under_the_same_name_and_other_settings(copy: Path, play: Play) -> None:
    there = committed(copy)
    other = copy.parent / "other.png"
    Pillow.open(play.source).rotate(180).save(other)
    for changed, what in ((replace(play, source=other), "picture"), (replace(play, seed=2), "seed")):
        outcome = perform(copy, changed)
        assert outcome.code == 7
        assert what in outcome.error
    assert committed(copy) == there


def test_two_runs_on_one_folder(play: Play, root: Path, uninterrupted: Uninterrupted) -> None:
    first = begin(root, replace(play, pause=0.2))
    first.wait_for(1)
    second = perform(root, play)
    assert second.code == 7
    assert "in use" in second.error
    assert first.end().code == 0
    same(root, uninterrupted.of(play)[0])


def test_a_link_in_the_place_of_the_work_folder_or_in_it_is_not_followed(copy: Path, play: Play) -> None:
    elsewhere = copy.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    shutil.rmtree(copy / WORK / "files")
    (copy / WORK / "files").symlink_to(elsewhere)
    assert perform(copy, play).code == 7
    (copy / WORK).rename(copy.parent / "moved")
    (copy / WORK).symlink_to(copy.parent / "moved")
    assert perform(copy, play).code == 7
    assert (elsewhere / "mine.txt").read_text() == "mine"


def test_a_folder_of_that_name_that_is_not_ours_stays_as_it_is(play: Play, root: Path) -> None:
    for name in ("mine.txt", "frames/mine.jpg"):
        path = root / WORK / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
        assert perform(root, play).code == 7
        assert path.read_text() == "mine"
        path.unlink()


def test_a_clock_set_back(copy: Path, play: Play, uninterrupted: Uninterrupted) -> None:
    for path in copy.rglob("*"):
        os.utime(path, (4e9, 4e9))
    assert right(copy, play, uninterrupted.of(play)[0]).code == 0


def test_a_folder_that_cannot_be_written_is_refused(copy: Path, play: Play) -> None:
    """Without rights; as root, who has them all, a file is in the way."""
    if os.geteuid() == 0:
        shutil.rmtree(copy / WORK)
        (copy / WORK).write_text("mine")
        assert perform(copy, play).code == 7
        assert (copy / WORK).read_text() == "mine"
        return
    (copy / WORK).chmod(0o500)
    assert perform(copy, play).code in (4, 7)
    (copy / WORK).chmod(0o700)


def test_a_job_that_differs_is_named(tmp_path: Path) -> None:
    with open_work(tmp_path / WORK, Job({"settings": {"seed": 1}}, {})) as store:
        store.put("dream-00000000", {"files": []})
    with pytest.raises(ResumeError, match="seed was 1 and is 2"), \
            open_work(tmp_path / WORK, Job({"settings": {"seed": 2}}, {})):
        pass
