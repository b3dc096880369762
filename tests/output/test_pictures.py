"""Folders of pictures."""

from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.errors import (
    InputError,
    OutputError,
    ResourceError,
)
from dreamvid.media.source import open_source
from dreamvid.media.still import read_still
from dreamvid.settings import SourceSettings
from tests.output.test_film import COLOURS, check, enter, flat, make, names, noise, opened, throw


@pytest.mark.parametrize("output", ["frames/", "frames/%06d.png", "there"])
def test_folder_of_pictures(tmp_path: Path, output: str) -> None:
    (tmp_path / "there").mkdir()
    with opened(f"{tmp_path}/{output}") as writer:
        for colour in COLOURS[:3]:
            writer.write(flat(colour))
    folder = tmp_path / output.split("/", maxsplit=1)[0]
    assert names(folder) == ["000001.png", "000002.png", "000003.png"]
    for n, colour in enumerate(COLOURS[:3], start=1):
        still = read_still(folder / f"{n:06d}.png", pytest.fail)
        np.testing.assert_allclose(still.image[0, 0] * 255, colour, atol=1e-3)


def test_pictures_of_other_names(tmp_path: Path) -> None:
    with opened(tmp_path / "f%d.jpg") as writer:
        for _ in range(11):
            writer.write(flat(COLOURS[0]))
    assert names(tmp_path)[:3] == ["f1.jpg", "f10.jpg", "f11.jpg"]


@pytest.mark.parametrize(("name", "first"), [
    ("%d.png", "1.png"), ("f%04d.png", "f0001.png"), ("%010d.png", "0000000001.png"),
    ("a%012d.png", "a000000000001.png")])
def test_numbers_of_any_width_are_written_and_read(tmp_path: Path, name: str, first: str) -> None:
    with opened(tmp_path / name) as writer:
        for colour in COLOURS[:3]:
            writer.write(flat(colour))
    assert first in names(tmp_path)
    with pytest.raises(OutputError, match="exists; give overwrite=True"):
        check(tmp_path / name)
    frames = list(open_source(tmp_path / name, SourceSettings(), pytest.fail))
    assert [tuple(np.rint(frame[0, 0] * 255)) for frame in frames] == list(COLOURS[:3])


def test_pictures_that_exist_are_refused_before_any_is_made(tmp_path: Path) -> None:
    (tmp_path / "000007.png").write_text("mine")
    with pytest.raises(OutputError, match=r"000007\.png exists; give overwrite=True"):
        enter(opened(f"{tmp_path}/"))
    assert names(tmp_path) == ["000007.png"]
    with opened(f"{tmp_path}/", overwrite=True) as writer:
        writer.write(flat(COLOURS[0]))
    make(opened(tmp_path / "other%06d.png"), [flat(COLOURS[0])])


def test_finished_pictures_stay_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        make(opened(f"{tmp_path}/frames/"), [flat(COLOURS[0])], lambda: throw(InputError("damaged")))
    assert names(tmp_path / "frames") == ["000001.png"]


def test_full_disk_for_pictures(tiny_disk: Path) -> None:
    with pytest.raises(ResourceError, match="disk is full"):
        make(opened(f"{tiny_disk}/", Size(128, 128)), (noise(Size(128, 128), n) for n in range(20)))
    assert not [name for name in names(tiny_disk) if name.endswith(".part")]


def test_pictures_do_not_write_over_the_input(tmp_path: Path) -> None:
    (tmp_path / "000003.png").touch()
    for source in (tmp_path / "000003.png", tmp_path):
        with pytest.raises(OutputError, match="over the input"):
            check(f"{tmp_path}/", overwrite=True, inputs=[source])
