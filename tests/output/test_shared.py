"""A store that machines share: nothing in it is replaced, and what is damaged is not taken."""

from hashlib import sha256
from pathlib import Path

import pytest

from dreamvid.errors import ResumeError, SettingError
from dreamvid.output.shared import SharedStore

CONTENT = b"a segment"
NAME = f"{sha256(CONTENT).hexdigest()}.mp4"


@pytest.fixture(params=["folder", "file", "memory"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "memory":
        return f"memory://{tmp_path.name}"
    folder = tmp_path / "the store"
    return str(folder) if request.param == "folder" else folder.as_uri()


def test_the_first_record_stays(address: str) -> None:
    assert SharedStore(address).get("range-1") is None
    for body in ({"by": "one"}, {"by": "other"}):
        assert SharedStore(address).add("range-1", body) == {"by": "one"}
    SharedStore(address).add("dream-1", {})
    assert SharedStore(address).names("range-") == ["range-1"]
    SharedStore(address).remove("range-1")
    assert SharedStore(address).add("range-1", {"by": "other"}) == {"by": "other"}


def test_files_come_back_whole_or_not_at_all(address: str, tmp_path: Path) -> None:
    store, target = SharedStore(address), tmp_path / "fetched.mp4"
    (tmp_path / "mine").write_bytes(CONTENT)
    store.put(tmp_path / "mine", NAME)
    store.fetch(NAME, target)
    assert target.read_bytes() == CONTENT
    (tmp_path / "wrong").write_bytes(CONTENT[::-1])
    store.put(tmp_path / "wrong", "0" * 64 + ".mp4")
    for name in ("0" * 64 + ".mp4", "f" * 64 + ".mp4"):
        with pytest.raises(ResumeError, match="lacks the file"):
            store.fetch(name, target)
        assert not target.exists()


def test_a_damaged_record_is_none_and_is_written_again(tmp_path: Path) -> None:
    store = SharedStore(str(tmp_path / "store"))
    store.add("range-1", {"by": "one"})
    (tmp_path / "store" / "records" / "range-1.json").write_bytes(b"torn")
    assert store.get("range-1") is None
    assert store.add("range-1", {"by": "other"}) == {"by": "other"}


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ResumeError, match="a folder of its own"):
        SharedStore(str(tmp_path))
    with pytest.raises(SettingError, match="not an address"):
        SharedStore("nonsense://film")
