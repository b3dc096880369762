"""Files take their names when they are whole, and replace nothing without leave."""

from pathlib import Path

import numpy as np
import pytest

from dreamvid.errors import OutputError
from dreamvid.media.still import read_still
from dreamvid.output.still import check_still, write_still
from tests.output.test_still import IMAGE, png, silent


def test_existing_file_is_kept_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("mine")
    with pytest.raises(OutputError, match=r"a\.png exists; give overwrite=True to overwrite it"):
        write_still(path, IMAGE, overwrite=False)
    assert path.read_text() == "mine"
    write_still(path, IMAGE, overwrite=True)
    assert read_still(path, silent).image.shape == (16, 16, 3)
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.posix
def test_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_still(tmp_path / "a.png", IMAGE, overwrite=False)
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.posix
def test_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_text("mine")
    (tmp_path / "link.png").symlink_to("real.png")
    write_still(tmp_path / "link.png", IMAGE, overwrite=True)
    assert (tmp_path / "real.png").read_text() == "mine"
    assert not (tmp_path / "link.png").is_symlink()


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="WEBP"):
        write_still(tmp_path / "a.webp", np.zeros((16, 17_000, 3), np.float32), overwrite=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.posix
def test_read_only_folder(unwritable: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_still(unwritable / "a.png", IMAGE, overwrite=False)


@pytest.mark.posix
def test_output_is_not_the_input(tmp_path: Path) -> None:
    (tmp_path / "in.png").write_bytes(png(16, 16))
    (tmp_path / "soft.png").symlink_to("in.png")
    (tmp_path / "hard.png").hardlink_to(tmp_path / "in.png")
    for name in ("in.png", "soft.png", "hard.png"):
        with pytest.raises(OutputError, match="is the input"):
            check_still(tmp_path / name, overwrite=True, inputs=[tmp_path / "in.png"])
    check_still(tmp_path / "out.png", overwrite=True, inputs=[tmp_path / "in.png"])
