"""Reading from any frame on gives the very frames of a whole reading, and decodes little of what lies before."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from dreamvid.arrays import Image
from dreamvid.media.source import Source
from tests.media import make_pictures, opened, run

MOVING = "testsrc2=s=160x96:r=25:d="
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-bf", "3")
STEPS = ("-vf", "setpts='if(lt(N,40),N,40+(N-40)*3.3)/25/TB'", "-fps_mode", "vfr", "-enc_time_base", "1/1000")

CLIPS: dict[str, tuple[str, Sequence[str]]] = {
    "long groups": ("a.mp4", (*X264, "-g", "250")),
    "short groups": ("a.mp4", (*X264, "-g", "12")),
    "open groups": ("a.mkv", (*X264, "-g", "20", "-x264-params", "open-gop=1:b-pyramid=normal")),
    "no keyframes but a gradual refresh": ("a.mp4", (*X264, "-bf", "0", "-g", "20", "-x264-params", "intra-refresh=1")),
    "open groups in a transport stream": ("a.ts", (*X264, "-g", "20", "-x264-params", "open-gop=1")),
    "hevc": ("a.mp4", ("-c:v", "libx265", "-x265-params", "log-level=none:keyint=20:open-gop=1:bframes=4")),
    "vp9": ("a.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "20")),
    "mpeg-2": ("a.mpg", ("-c:v", "mpeg2video", "-bf", "2", "-g", "15")),
    "variable rate": ("a.mkv", (*X264, "-g", "20", *STEPS)),
    "late start": ("a.flv", (*X264, "-g", "20", "-output_ts_offset", "7.3")),
    "avi without times": ("a.avi", ("-c:v", "mpeg4", "-bf", "2", "-q:v", "3")),
    "avi": ("a.avi", ("-c:v", "ffv1", "-g", "10")),
    "animation": ("a.gif", ()),
    "interlaced": ("a.mkv", ("-vf", "setfield=tff", "-c:v", "mpeg2video", "-g", "15", "-flags", "+ildct+ilme")),
}


def same(some: Sequence[Image], others: Sequence[Image]) -> bool:
    return len(some) == len(others) and all(map(np.array_equal, some, others))


def timed(source: Source, first: int) -> tuple[int, float]:
    """How many frames there are from one on, and how many seconds reading them takes."""
    begun = perf_counter()
    frames = sum(1 for _ in source.read(first))
    return frames, perf_counter() - begun


def check(source: Source, *firsts: int) -> None:
    whole = list(source)
    assert len(whole) == source.frames
    for first in firsts:
        assert same(list(source.read(first)), whole[first:]), f"from frame {first} on"


@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS)
def test_from_any_frame_on(tmp_path: Path, clip: str) -> None:
    name, options = CLIPS[clip]
    run("-f", "lavfi", "-i", f"{MOVING}4", *options, tmp_path / name)
    source = opened(tmp_path / name, deinterlace=clip == "interlaced")
    assert len({frame.tobytes() for frame in source}) > 50
    check(source, *range(1, source.frames, 14), source.frames - 1, source.frames)


@pytest.mark.parametrize("name", ["shots", "shots/shot_%04d.png"])
def test_pictures(tmp_path: Path, name: str) -> None:
    make_pictures(tmp_path / "shots", "shot_%04d.png", 7, first=995)
    check(opened(tmp_path / name), *range(8))


@pytest.mark.slow
@pytest.mark.parametrize("fps", ["30", "12", "24000/1001", "225/8"])
@pytest.mark.parametrize("clip", ["open groups", "variable rate", "avi without times"])
def test_at_another_rate(tmp_path: Path, clip: str, fps: str) -> None:
    name, options = CLIPS[clip]
    run("-f", "lavfi", "-i", f"{MOVING}4", *options, tmp_path / name)
    source = opened(tmp_path / name, fps=Fraction(fps))
    check(source, 1, 2, 29, 30, 31, source.frames - 1)


@pytest.mark.slow
@pytest.mark.parametrize("fps", ["30", "12", "24000/1001", "225/8"])
@pytest.mark.parametrize("clip", ["open groups", "variable rate"])
def test_another_rate_is_that_of_ffmpegs_filter(tmp_path: Path, clip: str, fps: str) -> None:
    name, options = CLIPS[clip]
    run("-f", "lavfi", "-i", f"{MOVING}4", *options, tmp_path / name)
    run("-i", tmp_path / name, "-vf", f"fps={fps}", "-c:v", "ffv1", tmp_path / "filtered.mkv")
    frames = list(opened(tmp_path / name, fps=Fraction(fps)))
    filtered = list(opened(tmp_path / "filtered.mkv", fps=Fraction(fps)))
    count = min(len(frames), len(filtered))
    assert abs(len(frames) - len(filtered)) <= 4, "they only differ in how long the last frame is shown"
    assert same(frames[:count], filtered[:count])


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["open groups", "open groups in a transport stream", "late start", "variable rate"])
def test_a_start_is_where_it_was(tmp_path: Path, clip: str) -> None:
    name, options = CLIPS[clip]
    run("-f", "lavfi", "-i", f"{MOVING}4", *options, tmp_path / name)
    whole = opened(tmp_path / name)
    begun = opened(tmp_path / name, start=2.0, frames=20)
    first = round(2 * whole.fps)
    assert same(list(begun), list(whole)[first : first + 20])
    check(begun, 1, 10, 19)


def test_a_clip_that_was_cut_out_of_another(tmp_path: Path) -> None:
    # Its first frames are decoded and not shown.
    run("-f", "lavfi", "-i", f"{MOVING}4", *X264, "-g", "25", tmp_path / "a.mp4")
    run("-ss", "1.3", "-i", tmp_path / "a.mp4", "-c", "copy", tmp_path / "b.mp4")
    check(opened(tmp_path / "b.mp4"), 1, 20, 40)


def test_sound_that_begins_first_shifts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    run("-f", "lavfi", "-i", "sine=d=4", "-itsoffset", "0.313", "-f", "lavfi", "-i", f"{MOVING}4", *X264, "-g", "20",
        "-c:a", "aac", path)
    check(opened(path), 1, 50, 99)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
def test_the_last_frames_of_a_long_clip_come_soon(tmp_path: Path, name: str) -> None:
    run("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=100", *X264, "-g", "50", tmp_path / name)
    source = opened(tmp_path / name, size=48)
    for _ in range(5):  # a busy machine may hold up a single reading
        (frames, whole), (few, last) = timed(source, 0), timed(source, 2490)
        assert (frames, few) == (2500, 10)
        if last < whole / 3:
            return
    raise AssertionError(f"the last frames take {last} s, and all {whole} s")
