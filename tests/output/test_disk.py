"""Files that are whole and on the disk when a call returns."""

from hashlib import sha256
from pathlib import Path

import pytest

from dreamvid.errors import OutputError
from dreamvid.output import disk


@pytest.mark.parametrize("durable", [False, True])
def test_what_is_written_is_there_in_the_place_of_what_was(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a longer one that was there")
    disk.write_file(path, b"head", memoryview(b"body"), durable=durable)
    assert path.read_bytes() == b"headbody"
    assert disk.digest_of(path) == sha256(b"headbody").hexdigest()


def test_what_cannot_be_read_has_no_digest(tmp_path: Path) -> None:
    assert disk.digest_of(tmp_path / "none") == disk.digest_of(tmp_path) == ""


@pytest.mark.posix
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "link").symlink_to("mine")
    with pytest.raises(OSError, match=r"link"):
        disk.write_file(tmp_path / "link", b"other", durable=False)
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_a_failure_is_an_error_of_the_output_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a"
    with pytest.raises(OutputError, match=str(path)), disk.writing(path):
        disk.write_file(path, b"", durable=True)
