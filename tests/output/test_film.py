"""Films and folders of pictures: right in colour, rate and count; whole or not there; never hanging."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from dreamvid.arrays import Image, Size, from_uint8
from dreamvid.errors import (
    Cancelled,
    DreamvidError,
    FFmpegError,
    InputError,
    OutputError,
    ResourceError,
    SettingError,
    Terminated,
)
from dreamvid.media.source import open_source
from dreamvid.media.still import read_still
from dreamvid.output.film import FilmWriter
from dreamvid.output.names import check_output
from dreamvid.settings import FilmSettings, SourceSettings
from tests.media import decoded, said_of, writing

SIZE = Size(64, 48)
COLOURS = ((255, 255, 255), (0, 0, 0), (200, 30, 40), (20, 180, 60), (30, 50, 220), (240, 200, 20), (128, 128, 128))


FAST = FilmSettings(crf=10, encoder_preset="ultrafast")


def flat(colour: tuple[int, int, int], size: Size = SIZE) -> Image:
    return from_uint8(np.full((size.height, size.width, 3), colour, np.uint8))


def noise(size: Size, seed: int = 0) -> Image:
    return np.random.default_rng(seed).random((size.height, size.width, 3), np.float32)


Opened = AbstractContextManager[FilmWriter]


def opened(path: Path | str, size: Size = SIZE, fps: Fraction = Fraction(25), *, crf: int = -1,
           overwrite: bool = False) -> Opened:
    return writing(path, size, fps, FilmSettings(crf=crf, encoder_preset="ultrafast"), overwrite=overwrite)


def check(path: Path | str, *, overwrite: bool = False, inputs: Sequence[Path] = ()) -> None:
    check_output(path, FilmSettings(), overwrite=overwrite, inputs=inputs)


def film(path: Path, size: Size = SIZE, timeout: float = 60) -> Opened:
    return writing(path, size, Fraction(25), FAST, timeout=timeout)


def make(film: Opened, frames: Iterable[Image], then: Callable[[], object] = lambda: None) -> None:
    """Writes the frames, and something happens before the film is finished."""
    with film as writer:
        for frame in frames:
            writer.write(frame)
        then()


def enter(film: Opened) -> None:
    with film:
        pass


def throw(error: BaseException) -> None:
    raise error


def kill(number: int = signal.SIGKILL) -> None:
    """Sends a signal to the ffmpeg that encodes."""
    deadline = time.monotonic() + 60
    while not (encoders := [child for child in psutil.Process().children() if "ffmpeg" in child.name()]):
        assert time.monotonic() < deadline, "no ffmpeg was started"
        time.sleep(0.01)
    [encoder] = encoders
    encoder.send_signal(number)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_flat_colours_survive(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path) as writer:
        for colour in COLOURS:
            writer.write(flat(colour))
    frames = decoded(path)
    assert len(frames) == len(COLOURS)
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert np.abs(frame.astype(int) - colour).max() <= 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_the_four_colour_tags(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path) as writer:
        writer.write(flat(COLOURS[2]))
    # showinfo reads range, matrix, primaries and transfer of the decoded frame.
    shown = said_of(path, "-vf", "showinfo")
    for tag in ("color_range:tv", "color_space:bt709", "color_primaries:bt709", "color_trc:bt709"):
        assert tag in shown
    assert "yuv420p(tv, bt709" in shown
    assert "h264" in shown


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("fps", [Fraction(30000, 1001), Fraction(25), Fraction(1), Fraction(240)])
def test_exact_rate_and_count(tmp_path: Path, suffix: str, fps: Fraction) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path, fps=fps) as writer:
        for n in range(7):
            writer.write(flat((n * 30, 0, 0)))
    config = re.search(r"config in time_base: \S+ frame_rate: (\S+)", said_of(path, "-vf", "showinfo"))
    assert config is not None
    assert Fraction(config[1].rstrip(",")) == fps
    assert len(decoded(path)) == 7


@pytest.mark.parametrize("size", [Size(63, 48), Size(64, 47), Size(63, 47), Size(17, 16)])
def test_odd_sizes_repeat_the_last_row_and_column(tmp_path: Path, size: Size) -> None:
    path = tmp_path / "film.mp4"
    with opened(path, size) as writer:
        writer.write(flat(COLOURS[4], size))
    whole = Size(size.width + size.width % 2, size.height + size.height % 2)
    assert f"{whole}" in said_of(path)
    assert np.abs(decoded(path)[0].astype(int) - COLOURS[4]).max() <= 2


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_index_comes_first(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    with opened(path) as writer:
        writer.write(flat(COLOURS[0]))
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_equal_frames_make_equal_files(tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{n}.{suffix}" for n in range(2)]
    for path in paths:
        with opened(path, Size(128, 96)) as writer:
            for n in range(12):
                writer.write(noise(Size(128, 96), n))
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_crf_and_preset_reach_the_encoder(tmp_path: Path) -> None:
    for crf in (5, 40):
        with opened(tmp_path / f"{crf}.mp4", crf=crf) as writer:
            writer.write(noise(SIZE))
    assert (tmp_path / "5.mp4").stat().st_size > 2 * (tmp_path / "40.mp4").stat().st_size


@pytest.mark.parametrize("name", ["-y.mp4", "a:b.mp4", "100%d.mp4", "a b 'c'.mp4", "%06d.mp4", "ü.MP4",
                                  "x" * 250 + ".mp4"])
def test_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with opened(Path(name)) as writer:
        writer.write(flat(COLOURS[0]))
    assert names(tmp_path) == [name]
    assert len(decoded(tmp_path / name)) == 1


def test_an_image_of_another_size_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32x32"), opened(tmp_path / "a.mp4") as writer:
        writer.write(flat(COLOURS[0], Size(32, 32)))
    assert not list(tmp_path.iterdir())


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
    with pytest.raises(OutputError, match="appeared"):
        make(opened(path), [flat(COLOURS[0])], lambda: path.write_text("theirs"))
    assert path.read_text() == "theirs"
    [kept] = [each for each in tmp_path.iterdir() if each != path]
    assert len(decoded(kept)) == 1


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.mp4").write_text("mine")
    (tmp_path / "film.mp4").symlink_to("real.mp4")
    with opened(tmp_path / "film.mp4", overwrite=True) as writer:
        writer.write(flat(COLOURS[0]))
    assert (tmp_path / "real.mp4").read_text() == "mine"
    assert not (tmp_path / "film.mp4").is_symlink()


def test_ffmpeg_killed_in_the_middle(tmp_path: Path) -> None:
    def frames() -> Iterator[Image]:
        yield flat(COLOURS[0])
        kill()
        yield from [flat(COLOURS[1])] * 1000
        pytest.fail("nobody said that ffmpeg is dead")

    with pytest.raises(FFmpegError, match="signal 9"):
        make(film(tmp_path / "film.mp4"), frames())
    assert not list(tmp_path.iterdir())


def test_ffmpeg_killed_before_the_end(tmp_path: Path) -> None:
    with pytest.raises(FFmpegError, match="signal 9"):
        make(film(tmp_path / "film.mp4"), [flat(COLOURS[0])], kill)
    assert not list(tmp_path.iterdir())


LARGE = Size(640, 480)  # a frame is more than a pipe holds, so writing it blocks


def stopped(frames: int) -> Iterator[Image]:
    """Frames, after the first of which ffmpeg stands still."""
    yield flat(COLOURS[0], LARGE)
    kill(signal.SIGSTOP)
    yield from [flat(COLOURS[0], LARGE)] * (frames - 1)


def test_a_blocked_ffmpeg_is_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(FFmpegError, match=r"no frame for 0\.5 seconds"):
        make(film(tmp_path / "film.mp4", LARGE, timeout=0.5), stopped(20))
    assert time.monotonic() - began < 60
    assert not list(tmp_path.iterdir())


def test_an_error_does_not_wait_for_a_blocked_ffmpeg(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(InputError):
        make(film(tmp_path / "film.mp4", LARGE), stopped(3), lambda: throw(InputError("damaged")))
    assert time.monotonic() - began < 60
    assert not list(tmp_path.iterdir())


def test_a_blocked_ffmpeg_does_not_keep_a_render_that_is_terminated(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(Terminated):
        make(film(tmp_path / "film.mp4", LARGE), stopped(3), lambda: throw(Terminated("SIGTERM")))
    assert time.monotonic() - began < 60
    assert not list(tmp_path.iterdir())


def test_frames_do_not_pile_up(tmp_path: Path) -> None:
    with film(tmp_path / "film.mp4", LARGE) as writer:
        kill(signal.SIGSTOP)
        other = threading.Thread(target=lambda: [writer.write(flat(COLOURS[0], LARGE)) for _ in range(20)])
        other.start()
        time.sleep(0.5)
        assert writer.written <= 4
        kill(signal.SIGCONT)
        other.join()
    assert len(decoded(tmp_path / "film.mp4")) == 20


def test_missing_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", "/no/such/ffmpeg")
    for call in (lambda: check(tmp_path / "a.mp4"), lambda: enter(film(tmp_path / "a.mp4"))):
        with pytest.raises(FFmpegError, match="DREAMVID_FFMPEG"):
            call()
    assert not list(tmp_path.iterdir())
    check(f"{tmp_path}/frames/")  # pictures need none


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


@pytest.mark.parametrize(("output", "kind", "message"), [
    ("film.xyz", SettingError, r"film\.xyz has no known suffix.*\.mp4, \.mov, \.mkv"),
    ("film", SettingError, "no known suffix"),
    ("film.tif", SettingError, "no known suffix"),
    ("%d_%d.png", SettingError, "one number"),
    ("%06d.xyz", SettingError, "no known suffix for pictures"),
    ("none/film.mp4", OutputError, "folder .*none does not exist"),
    ("none/frames/%d.png", OutputError, "none does not exist"),
    ("file/film.mp4", OutputError, "not a folder"),
    ("file/", OutputError, "not a folder"),
    ("folder.mp4", OutputError, "is a folder"),
    ("pipe.mp4", OutputError, "device or a pipe"),
    ("old.mp4", OutputError, "exists; give overwrite=True to overwrite it"),
    ("dangling.mp4", OutputError, "exists; give overwrite=True to overwrite it"),
])
def test_refused_outputs(tmp_path: Path, output: str, kind: type[DreamvidError], message: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "old.mp4").touch()
    (tmp_path / "dangling.mp4").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.mp4")
    before = names(tmp_path)
    for call in (lambda: check(f"{tmp_path}/{output}"), lambda: enter(opened(f"{tmp_path}/{output}"))):
        with pytest.raises(kind, match=message):
            call()
    assert names(tmp_path) == before


@pytest.mark.parametrize("output", ["in.mp4", "soft.mp4", "hard.mp4", "sub/../in.mp4"])
def test_output_is_not_the_input(tmp_path: Path, output: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "in.mp4").write_text("mine")
    (tmp_path / "soft.mp4").symlink_to("in.mp4")
    (tmp_path / "hard.mp4").hardlink_to(tmp_path / "in.mp4")
    with pytest.raises(OutputError, match="is the input"):
        check(tmp_path / output, overwrite=True, inputs=[tmp_path / "other.mp4", tmp_path / "in.mp4"])
    check(tmp_path / "out.mp4", overwrite=True, inputs=[tmp_path / "in.mp4"])


def test_pictures_do_not_write_over_the_input(tmp_path: Path) -> None:
    (tmp_path / "000003.png").touch()
    for source in (tmp_path / "000003.png", tmp_path):
        with pytest.raises(OutputError, match="over the input"):
            check(f"{tmp_path}/", overwrite=True, inputs=[source])


def test_unwritable_folder(tmp_path: Path) -> None:
    root = os.geteuid() == 0  # whom only a file system like /proc stops
    folder = Path("/proc/self") if root else tmp_path
    if not root:
        tmp_path.chmod(0o500)
    for name in ("film.mp4", "frames/"):
        with pytest.raises(OutputError):
            enter(opened(f"{folder}/{name}"))
