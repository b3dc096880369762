"""Work folders that somebody else made: their hashes are right, and what they say is not what a render would say."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dreamvid.errors import ResumeError
from dreamvid.journal import Manifest, glance, is_begun, open_work
from dreamvid.journal.log import Log, read_log
from dreamvid.pipeline import resume, status, verify
from tests.fuzz.folders import NAME, vouch, work_folder

Vouch = Callable[[Any, list[Any]], None]
Tree = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work_folder(tmp_path)
    return tmp_path / NAME


def entries_of(folder: Path) -> list[Tree]:
    return read_log(folder / "journal")[1:]


def manifest_of(folder: Path) -> Tree:
    return json.loads((folder / "manifest.json").read_bytes())


def test_the_folder_itself_is_sound(folder: Path) -> None:
    vouch(folder, manifest_of(folder), entries_of(folder))
    assert verify(folder).frames == 5
    assert status(folder).stretches == 1


@pytest.mark.parametrize(("what", "changed"), [
    ("frame", {"n": 7}), ("frame", {"n": "0"}), ("frame", {"hash": 1}), ("frame", {"shape": [24, 32, "3"]}),
    ("frame", {"shape": [10**9, 10**9, 3]}), ("frame", {"shape": 3}), ("frame", {"state": []}),
    ("frame", {"state": {"name": "../state-0", "hash": "", "shape": [1, 1]}}), ("frame", {"what": []}),
    ("segment", {"end": 10**12}), ("segment", {"end": -1}), ("segment", {"kept": [10**12]}), ("segment", {"kept": "1"}),
    ("segment", {"name": "segments/../../../etc/passwd"}), ("segment", {"name": "/etc/passwd"}),
    ("segment", {"name": None}), ("kept", {"name": "frames/00000000"}), ("kept", {"shape": []}),
    ("result", {"hash": None}), ("result", {"frames": None}), ("result", {"what": "else"}),
])
def test_what_no_render_would_note_is_refused(folder: Path, what: str, changed: Tree) -> None:
    entries = entries_of(folder)
    next(entry for entry in entries if entry["what"] == what).update(changed)
    vouch(folder, manifest_of(folder), entries)
    for look in (glance, status, verify, resume):
        with pytest.raises(ResumeError, match="journal is not the journal of a render; --restart"):
            look(folder)
    with pytest.raises(ResumeError), open_work(folder, None):
        pass


@pytest.mark.parametrize("entry", [[], 5, None, "x"])
def test_a_line_that_is_no_entry_is_refused(folder: Path, entry: Any) -> None:
    log = Log(folder / "journal")
    log.add(entry)
    log.close()
    with pytest.raises(ResumeError, match="not the journal of a render"):
        status(folder)


def test_an_array_of_another_size_is_refused(folder: Path) -> None:
    entries = entries_of(folder)
    [last] = [entry for entry in entries if entry.get("n") == 4]
    last["state"]["shape"] = [2, 2, 3]
    vouch(folder, manifest_of(folder), entries)
    work = verify(folder)
    with pytest.raises(ResumeError, match="does not hold"):
        _ = work.state


@pytest.mark.parametrize(("part", "changed", "said"), [
    ("decides", {"film": None}, "does not say how long"), ("decides", {"film": {"frames": "many"}}, "does not say how"),
    ("decides", {"film": {"frames": 1e999}}, "does not say how long the film is"),
    ("decides", {"command": "image"}, "how the render was begun"), ("decides", {"command": []}, "how the render was"),
    ("place", {"settings": []}, "how the render was begun"), ("place", {"settings": {"x": 1}}, "how the render was"),
    ("place", {"source": "\0"}, "how the render was begun"),
    ("place", {"source": 7}, "how the render was begun"), ("place", None, "is not that of a render"),
])
def test_what_no_render_is_is_refused(folder: Path, part: str, changed: Tree | None, said: str) -> None:
    manifest = manifest_of(folder)
    manifest[part] = None if changed is None else manifest[part] | changed
    vouch(folder, manifest, entries_of(folder))
    with pytest.raises(ResumeError, match=rf"manifest\.json.*{said}"):
        (status if "how long" in said or "film" in str(changed) else resume)(folder)


def test_in_a_folder_whose_name_is_too_long_nothing_was_begun() -> None:
    assert not is_begun(Path("a" * 300))


def test_another_manifest_is_still_told_by_what_differs(folder: Path) -> None:
    manifest = manifest_of(folder)
    other = Manifest({**manifest["decides"], "film": {**manifest["decides"]["film"], "frames": 8}}, manifest["place"])
    with pytest.raises(ResumeError, match="frames was 9 and is 8"), open_work(folder, other):
        pass


def test_a_render_that_was_killed_while_it_tidied_up_is_known_as_finished(folder: Path) -> None:
    vouch(folder, manifest_of(folder), [*entries_of(folder), {"what": "finished"}])
    assert glance(folder).finished
    with open_work(folder, None) as work:
        assert work.finished


@pytest.mark.parametrize("name", ["journal", "lock", "manifest.json", "frames", "segments"])
def test_a_work_folder_that_leads_elsewhere_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("one line")
    shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(theirs)
    with pytest.raises(ResumeError, match="holds a link"), open_work(folder, None):
        pass
    assert theirs.read_text() == "one line"


def test_a_folder_in_which_a_render_works_is_not_checked(folder: Path) -> None:
    with open_work(folder, None), pytest.raises(ResumeError, match="in use by a render"):
        verify(folder)
    assert verify(folder).frames == 5
