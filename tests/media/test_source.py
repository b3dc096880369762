"""Every kind of clip gives its frames: each once, in order, at its exact rate, with right colours."""

import struct
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import PIL.Image
import psutil
import pytest

from dreamvid.arrays import Size
from dreamvid.errors import FFmpegError, InputError, SettingError
from dreamvid.media import ffmpeg
from tests.media import SIZE, make_film, make_pictures, number_of, numbered, numbers, opened, run

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12")
H264 = (*X264, "-bf", "2", "-pix_fmt", "yuv420p")
KINDS = {
    "mp4": H264,
    "mov": H264,
    "mkv": H264,
    "webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"),
    "avi": ("-c:v", "mpeg4", "-q:v", "2", "-bf", "2"),
    "ts": H264,
    "gif": (),
    "webp": ("-c:v", "libwebp_anim", "-lossless", "1"),
    "png": ("-f", "apng"),
}
ALL = (*KINDS, "folder", "pattern")


def make(kind: str, folder: Path, frames: int) -> Path:
    if kind == "folder":
        make_pictures(folder / "shots", "shot %d.png", frames, first=2)
        (folder / "shots" / "notes.txt").write_text("no picture")
        return folder / "shots"
    if kind == "pattern":
        make_pictures(folder, "shot_%04d.png", frames, first=995)
        return folder / "shot_%04d.png"
    return make_film(folder / f"clip.{kind}", frames, *KINDS[kind])


@pytest.mark.parametrize(("kind", "frames"), [
    *((kind, 13) for kind in ALL), *((kind, 1) for kind in ALL if kind not in ("webp", "png"))])
def test_contract(tmp_path: Path, kind: str, frames: int) -> None:
    fps = Fraction(25)
    source = opened(make(kind, tmp_path, frames), fps=fps)
    assert (source.size, source.fps, source.frames) == (SIZE, fps, frames)
    seen = list(source)
    assert [number_of(frame) for frame in seen] == list(range(frames))
    assert source.lost == 0
    for frame in seen:
        assert frame.dtype == np.float32
        assert frame.shape == (SIZE.height, SIZE.width, 3)
        assert frame.min() >= 0
        assert frame.max() <= 1
    assert abs(seen[0][-8:].mean() - 128 / 255) < 0.02
    assert numbers(source) == list(range(frames)), "a second iteration begins anew"


@pytest.mark.parametrize("kind", KINDS)
def test_the_rate_is_the_films_own(tmp_path: Path, kind: str) -> None:
    assert opened(make(kind, tmp_path, 13)).fps == 25


@pytest.mark.parametrize(("kind", "text"), [
    (kind, text) for kind in ("mp4", "mkv", "ts", "webm") for text in ("24000/1001", "30000/1001", "60000/1001", "12")])
def test_exact_rates(tmp_path: Path, kind: str, text: str) -> None:
    source = opened(make_film(tmp_path / f"a.{kind}", 40, *KINDS[kind], fps=text))
    assert source.fps == Fraction(text)
    assert numbers(source) == list(range(40))


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts", "folder"])
def test_trims(tmp_path: Path, kind: str) -> None:
    path = make(kind, tmp_path, 25)
    rate = Fraction(25)
    assert numbers(opened(path, fps=rate, start=0.2)) == list(range(5, 25))
    assert numbers(opened(path, fps=rate, start=0.2, end=0.48)) == list(range(5, 12))
    assert numbers(opened(path, fps=rate, start=0.2, end=0.48, frames=3)) == [5, 6, 7]
    assert numbers(opened(path, fps=rate, start=0.21, frames=1)) == [6]
    assert numbers(opened(path, fps=rate, end=100)) == list(range(25))
    assert numbers(opened(path, fps=rate, start=0.96)) == [24]
    trimmed = opened(path, fps=rate, start=0.2, frames=3)
    assert trimmed.frames == 3
    with pytest.raises(SettingError, match="start is 1; the clip ends after 1 seconds"):
        opened(path, fps=rate, start=1)
    with pytest.raises(SettingError, match="the end must come after the start"):
        opened(path, start=0.5, end=0.5)


def test_size_and_rate_can_be_chosen(tmp_path: Path) -> None:
    path = make("mp4", tmp_path, 25)
    source = opened(path, size=48, fps=Fraction(50))
    assert source.size == Size(48, 32)
    assert numbers(source) == [n // 2 for n in range(50)]
    assert source.frames == 50


def test_variable_rate_becomes_constant_in_time(tmp_path: Path) -> None:
    # Frames 0 to 9 at 25 a second, then one every 0.2 seconds.
    path = make_film(tmp_path / "a.mkv", 15, *H264, "-vf", "setpts='if(lt(N,10),N,10+(N-10)*5)/25/TB'",
                     "-fps_mode", "vfr", "-enc_time_base", "1/1000")
    warnings: list[str] = []
    source = opened(path, warnings)
    assert source.fps == 25
    shown = numbers(source)
    assert shown[:10] == list(range(10))
    assert shown[10::5] == [10, 11, 12, 13, 14]
    assert len(shown) == source.frames == 31
    assert any("variable frame rate" in text for text in warnings)


def test_rotation(tmp_path: Path) -> None:
    make("mp4", tmp_path, 3)
    run("-display_rotation", "90", "-i", tmp_path / "clip.mp4", "-c", "copy", tmp_path / "turned.mp4")
    source = opened(tmp_path / "turned.mp4")
    assert source.size == Size(64, 96)
    assert [number_of(np.rot90(frame, -1)) for frame in source] == [0, 1, 2]


@pytest.mark.parametrize(("shape", "size"), [("2/1", Size(192, 64)), ("1/2", Size(96, 128)), ("4/3", Size(128, 64))])
def test_pixels_become_square(tmp_path: Path, shape: str, size: Size) -> None:
    source = opened(make_film(tmp_path / "a.mp4", 3, *H264, "-vf", f"setsar={shape}"))
    assert source.size == size
    assert numbers(source) == [0, 1, 2]


@pytest.mark.parametrize(("options", "exactness"), [
    (("-c:v", "ffv1", "-pix_fmt", "gray"), 0.01),
    (("-c:v", "ffv1", "-pix_fmt", "yuv444p10le"), 0.003),
    (("-c:v", "ffv1", "-pix_fmt", "rgba"), 0.003),
    ((*X264, "-pix_fmt", "yuvj420p", "-color_range", "pc"), 0.02),
    ((*X264, "-pix_fmt", "yuv422p10le"), 0.02),
])
def test_pixel_formats(tmp_path: Path, options: tuple[str, ...], exactness: float) -> None:
    frames = list(opened(make_film(tmp_path / "a.mkv", 3, *options)))
    assert [number_of(frame) for frame in frames] == [0, 1, 2]
    for n, frame in enumerate(frames):
        assert np.abs(frame - numbered(n) / 255).mean() < exactness


def test_transparent_parts_are_black(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv", 2, "-c:v", "ffv1", "-vf", "format=rgba,geq=r='p(X,Y)':a='65535*gt(X,47)'")
    frame = next(iter(opened(path)))
    assert frame[-8:, :46].max() == 0
    assert abs(frame[-8:, 50:, 2].mean() - 128 / 255) < 0.01


@pytest.mark.parametrize(("transfer", "low", "high"), [("smpte2084", 0.55, 0.9), ("arib-std-b67", 0.4, 0.6)])
def test_high_dynamic_range_is_tone_mapped(tmp_path: Path, transfer: str, low: float, high: float) -> None:
    tags = f"setparams=range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc={transfer}"
    path = make_film(tmp_path / "a.mkv", 3, "-c:v", "ffv1", "-vf", f"format=yuv420p10le,{tags}")
    warnings: list[str] = []
    frames = list(opened(path, warnings))
    assert [number_of(frame) for frame in frames] == [0, 1, 2]
    assert not warnings
    # Half of a PQ signal is 92 candela, near white; half of HLG is the mid grey of an ordinary display, by design.
    assert low < frames[0][-8:].mean() < high


def test_interlaced_is_said_and_can_be_undone(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv", 6, "-vf", "setfield=tff", "-c:v", "mpeg2video", "-q:v", "2",
                     "-flags", "+ildct+ilme")
    warnings: list[str] = []
    assert numbers(opened(path, warnings)) == list(range(6))
    assert any("deinterlace" in text for text in warnings)
    warnings.clear()
    assert numbers(opened(path, warnings, deinterlace=True)) == list(range(6))
    assert not warnings


@pytest.mark.parametrize("name", ["-i.mp4", "a:b.mp4", "100%.mp4", "with some spaces.mp4", "%04d.mp4", "ä'\"b.mp4"])
def test_names(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_bytes(make("mp4", tmp_path, 2).read_bytes())
    monkeypatch.chdir(tmp_path)
    assert numbers(opened(Path(name))) == [0, 1]


def test_odd_and_tiny_sizes(tmp_path: Path) -> None:
    for size in (Size(97, 63), Size(16, 16)):
        source = opened(make_film(tmp_path / "a.mkv", 2, "-c:v", "ffv1", size=size))
        assert source.size == size
        assert len(list(source)) == 2
    with pytest.raises(InputError, match="a side must have 16 at least"):
        opened(make_film(tmp_path / "a.mkv", 2, "-c:v", "ffv1", size=Size(15, 16)))


@pytest.mark.slow
def test_too_wide(tmp_path: Path) -> None:
    path = tmp_path / "wide.mkv"
    run("-f", "lavfi", "-i", "color=s=20000x1024:d=0.1", "-c:v", "ffv1", path)
    with pytest.raises(InputError, match=r"20000x1024 pixels; a side may have 8192 at most: size 8192"):
        opened(path)
    assert opened(path, size=640).size == Size(640, 33)


def test_no_moving_picture(tmp_path: Path) -> None:
    run("-f", "lavfi", "-i", "sine=d=0.2", tmp_path / "sound.mp4")
    with pytest.raises(InputError, match="no moving picture, only audio"):
        opened(tmp_path / "sound.mp4")
    PIL.Image.fromarray(numbered(1)).save(tmp_path / "picture.jpg")
    with pytest.raises(InputError, match="not a film of a supported format"):
        opened(tmp_path / "picture.jpg")


def test_no_film(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("no film at all\n" * 100)
    (tmp_path / "folder").mkdir()
    for name, message in [("no.mp4", "does not exist"), ("empty.mp4", "is empty"), ("text.mp4", "not a film"),
                          ("folder", "holds no picture"), ("no_%d.png", "no picture is named like")]:
        with pytest.raises(InputError, match=message):
            opened(tmp_path / name)


@pytest.mark.parametrize("text", [
    "ffconcat version 1.0\nfile '{}'\n",
    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n",
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='{}'/></svg>",
])
def test_lists_are_refused_and_open_nothing_else(tmp_path: Path, text: str) -> None:
    # The other file is a pipe without a writer: whoever opened it would hang.
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(make("mp4", tmp_path, 2).read_bytes())
    path = tmp_path / "list.mp4"
    path.write_text(text.format(secret))
    before = secret.stat().st_atime_ns
    with pytest.raises(InputError, match="not a film"):
        opened(path)
    assert secret.stat().st_atime_ns == before


def test_truncated(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv", 60, *H264, "-g", "10")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    warnings: list[str] = []
    source = opened(path, warnings)
    shown = numbers(source)
    assert shown == list(range(len(shown)))
    assert 20 < len(shown) < 58
    assert abs(source.lost + len(shown) - 60) <= 2
    assert any("frames are missing" in text for text in warnings)
    with pytest.raises(InputError, match="missing"):
        list(opened(path, strict=True))


def test_damaged_in_the_middle(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.avi", 60, "-c:v", "ffv1", "-level", "3", "-slicecrc", "1")
    content = bytearray(path.read_bytes())
    # The chunks of video keep their headers, and three lose what is in them.
    at = -1
    for n in range(23):
        at = content.index(b"00dc", at + 1)
        if n >= 20:
            length = struct.unpack_from("<I", content, at + 4)[0]
            content[at + 8 : at + 8 + length] = bytes(length)
    path.write_bytes(content)
    warnings: list[str] = []
    source = opened(path, warnings)
    shown = list(source)
    assert len(shown) + source.lost == 60
    assert len(shown) >= 50


def test_a_gap_of_days_is_damage_and_not_filled(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv", 3, *H264, "-vf", "setpts='N*1e7/TB'", "-fps_mode", "vfr",
                     "-enc_time_base", "1/1000")
    with pytest.raises(InputError, match="shows a frame for 10000000 seconds"):
        opened(path)


def test_mp4_without_its_index(tmp_path: Path) -> None:
    path = make("mp4", tmp_path, 20)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="damaged"):
        opened(path)


def test_pictures_in_natural_order_and_of_several_sizes(tmp_path: Path) -> None:
    for n in (2, 10, 999, 1000):
        size = SIZE if n < 1000 else Size(48, 32)
        PIL.Image.fromarray(numbered(n % 60, size)).save(tmp_path / f"Shot {n}.png")
    (tmp_path / "shot 3.png").write_bytes(b"damaged")
    warnings: list[str] = []
    source = opened(tmp_path, warnings)
    frames = list(source)
    assert [number_of(frame) for frame in frames] == [2, 2, 10, 39, 40]
    assert {frame.shape for frame in frames} == {(64, 96, 3)}
    assert source.lost == 1
    assert any("the picture before it is shown" in text for text in warnings)
    with pytest.raises(InputError, match=r"shot 3\.png"):
        list(opened(tmp_path, strict=True))


def test_gaps_in_the_numbers_are_said(tmp_path: Path) -> None:
    make_pictures(tmp_path, "a%d.png", 3)
    make_pictures(tmp_path, "a%d.png", 3, first=7)
    warnings: list[str] = []
    assert opened(tmp_path / "a%d.png", warnings).frames == 6
    assert any("4 numbers" in text for text in warnings)


def ffmpegs() -> list[psutil.Process]:
    """The ffmpegs that we have started and that still run."""
    return [child for child in psutil.Process().children() if "ffmpeg" in " ".join(child.cmdline())]


def test_leaving_early_ends_everything(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mp4", 60, *H264)
    frames = iter(opened(path))
    assert number_of(next(frames)) == 0
    assert ffmpegs()
    frames.close()  # type: ignore[attr-defined]
    assert not ffmpegs()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("source")]


@pytest.mark.posix
def test_ffmpeg_killed(tmp_path: Path) -> None:
    frames = iter(opened(make_film(tmp_path / "a.mp4", 60, *H264), size=1920))
    next(frames)
    ffmpegs()[0].kill()
    with pytest.raises(FFmpegError, match="signal 9"):
        list(frames)


def behaving(folder: Path, when: str, then: str) -> str:
    """An ffmpeg that does something else where a word is among its arguments."""
    path = folder / "other ffmpeg"
    path.write_text(f'#!/bin/sh\ncase "$*" in *{when}*) {then};; esac\nexec {ffmpeg.executable()} "$@"\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.posix
@pytest.mark.parametrize("when", ["showinfo", "framecrc", "image2pipe"])
@pytest.mark.parametrize(("then", "message"), [
    ("sleep 300", "ffmpeg gave no "), ("kill -9 $$", "was ended by signal 9"),
])
def test_ffmpeg_hangs_or_dies_at_any_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, then: str, message: str
) -> None:
    path = make("mp4", tmp_path, 2)
    monkeypatch.setenv(ffmpeg.VARIABLE, behaving(tmp_path, when, then))
    if "sleep" in then:
        monkeypatch.setattr("dreamvid.media.decoder.TIMEOUT", 0.5)
        monkeypatch.setattr("dreamvid.media.probe._SECONDS_TO_ANSWER", 0.5)
    with pytest.raises(FFmpegError, match=message):
        list(opened(path))
    assert not ffmpegs()


def test_ffmpeg_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make("mp4", tmp_path, 2)
    monkeypatch.setenv(ffmpeg.VARIABLE, "/no/such/ffmpeg")
    with pytest.raises(FFmpegError, match="DREAMVID_FFMPEG"):
        opened(path)
