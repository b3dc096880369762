"""Films are whole or not there, whatever ends them."""

from pathlib import Path

import pytest

from dreamvid.arrays import Size
from dreamvid.errors import (
    Cancelled,
    InputError,
    OutputError,
    ResourceError,
    Terminated,
)
from tests.media import decoded
from tests.output.test_film import COLOURS, flat, make, names, noise, opened, throw


@pytest.mark.parametrize("error", [InputError("damaged"), MemoryError(), KeyboardInterrupt()])
def test_an_error_leaves_nothing_and_the_old_film_untouched(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("mine")
    with pytest.raises(ResourceError if isinstance(error, MemoryError) else type(error)):
        make(opened(path, overwrite=True), [flat(COLOURS[0])], lambda: throw(error))
    assert path.read_text() == "mine"
    assert names(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("error", [Cancelled("Ctrl-C"), Terminated("SIGTERM")])
def test_a_cancelled_film_plays(tmp_path: Path, error: Cancelled) -> None:
    path = tmp_path / "film.mp4"
    with pytest.raises(type(error)):
        make(opened(path), map(flat, COLOURS[:3]), lambda: throw(error))
    assert len(decoded(path)) == 3
    assert names(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("name", ["film.mp4", "new/"])
def test_cancelled_before_the_first_frame(tmp_path: Path, name: str) -> None:
    with pytest.raises(Cancelled), opened(f"{tmp_path}/{name}"):
        raise Cancelled("Ctrl-C")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["film.mp4", "new/"])
def test_no_frame_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="there is no frame"), opened(f"{tmp_path}/{name}"):
        pass
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_old_film_is_replaced_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("mine")
    with opened(path, overwrite=True) as writer:
        writer.write(flat(COLOURS[0]))
        assert path.read_text() == "mine"
    assert len(decoded(path)) == 1


def test_a_film_that_appeared_meanwhile_is_not_overwritten_and_the_work_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with pytest.raises(OutputError, match="was created by another program"):
        make(opened(path), [flat(COLOURS[0])], lambda: path.write_text("theirs"))
    assert path.read_text() == "theirs"
    [kept] = [each for each in tmp_path.iterdir() if each != path]
    assert len(decoded(kept)) == 1


@pytest.mark.posix
def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.mp4").write_text("mine")
    (tmp_path / "film.mp4").symlink_to("real.mp4")
    with opened(tmp_path / "film.mp4", overwrite=True) as writer:
        writer.write(flat(COLOURS[0]))
    assert (tmp_path / "real.mp4").read_text() == "mine"
    assert not (tmp_path / "film.mp4").is_symlink()


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_full_disk(tiny_disk: Path, suffix: str) -> None:
    (tiny_disk / f"film.{suffix}").write_text("mine")
    size = Size(320, 240)
    with pytest.raises(ResourceError, match="disk is full"):
        make(opened(tiny_disk / f"film.{suffix}", size, overwrite=True), (noise(size, n) for n in range(40)))
    assert (tiny_disk / f"film.{suffix}").read_text() == "mine"
    assert names(tiny_disk) == [f"film.{suffix}"]


def test_disk_full_at_the_very_end(tiny_disk: Path) -> None:
    # What fits while the frames are written may not when the index is moved to the front.
    outcomes = set()
    for spare in range(0, 6000, 500):
        ballast = tiny_disk / "ballast"
        ballast.write_bytes(bytes(256 * 1024 - 24_576 - spare))
        try:
            with opened(tiny_disk / "film.mp4", Size(96, 96), crf=20) as writer:
                for n in range(6):
                    writer.write(noise(Size(96, 96), n))
            outcomes.add("whole")
            assert len(decoded(tiny_disk / "film.mp4")) == 6
            (tiny_disk / "film.mp4").unlink()
        except ResourceError:
            outcomes.add("full")
        assert names(tiny_disk) == ["ballast"]
    assert "full" in outcomes
