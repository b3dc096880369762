"""Work folders: what is in them, and what is refused."""

import shutil
from pathlib import Path

import pytest

from dreamvid.errors import ResumeError
from dreamvid.films import resume, status, verify
from dreamvid.output.store import Store
from dreamvid.output.work_folder import Job, is_begun, open_to_read, open_work
from tests.fuzz.folders import NAME, work_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work_folder(tmp_path)
    return tmp_path / NAME


def job_of(folder: Path) -> Job:
    return open_to_read(folder)[1]


def test_what_is_there(folder: Path) -> None:
    assert verify(folder) == 5
    found = status(folder)
    assert (found.frames, found.total, found.ranges, found.dreams) == (5, 9, 1, 1)
    assert not found.running
    assert not found.finished


def test_in_a_folder_whose_name_is_too_long_nothing_was_begun() -> None:
    assert not is_begun(Path("a" * 300))


def test_another_job_is_told_by_what_differs(folder: Path) -> None:
    job = job_of(folder)
    other = Job({**job.decides, "film": {**job.decides["film"], "frames": 8}}, job.place)
    with pytest.raises(ResumeError, match="frames was 9 and is 8"), open_work(folder, other):
        pass


@pytest.mark.parametrize("name", ["lock", "files", "progress", "records"])
def test_a_work_folder_that_leads_elsewhere_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    job = job_of(folder)
    theirs = tmp_path / "theirs"
    theirs.write_text("one line")
    shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(theirs)
    with pytest.raises(ResumeError, match="holds a link"), open_work(folder, job):
        pass
    assert theirs.read_text() == "one line"


def test_a_folder_in_which_a_render_works_is_not_checked(folder: Path) -> None:
    with open_work(folder, job_of(folder)), pytest.raises(ResumeError, match="in use by a render"):
        verify(folder)
    assert verify(folder) == 5


def test_a_job_that_says_no_plan_is_refused(folder: Path) -> None:
    job = job_of(folder)
    Store(folder).put("job", {"decides": job.decides, "place": {**job.place, "plan": {"edition": 2}}})
    with pytest.raises(ResumeError, match="its job cannot be read"):
        resume(folder)


def test_a_folder_of_the_first_edition_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "journal").write_text("a line\n")
    for call in (resume, status, verify):
        with pytest.raises(ResumeError, match="finish its film with the version that began it"):
            call(folder)
    (folder / "lock").touch()
    with pytest.raises(ResumeError, match="not a work folder of this"), open_work(folder, Job({}, {}), restart=True):
        pass
    assert (folder / "journal").read_text() == "a line\n"


def test_a_job_of_another_edition_is_refused(folder: Path) -> None:
    job = job_of(folder)
    Store(folder).put("job", {"decides": {**job.decides, "edition": 9}, "place": job.place})
    with pytest.raises(ResumeError, match=r"begun by dreamvid 0\.2\.0, whose work folders this version cannot read"):
        resume(folder)
