"""What cannot be decoded is replaced at its place, and all after it keeps its number."""

from pathlib import Path

import numpy as np
import pytest

from dreamvid.errors import InputError
from tests.media import make_film, number_of, numbers, opened

# Noise makes all frames weigh about the same, so that a share of the file is the same share of its frames.
H264 = ("-vf", "noise=alls=40:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-pix_fmt", "yuv420p",
        "-g", "10")
FRAMES = 60


def damaged(folder: Path, kind: str, *, begin: float, length: float) -> Path:
    """A film of numbered frames in a part of which, given in shares of the file, all bytes are overwritten."""
    path = make_film(folder / f"a.{kind}", FRAMES, *H264)
    content = bytearray(path.read_bytes())
    first, size = int(len(content) * begin), int(len(content) * length)
    content[first : first + size] = b"\xff" * size
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["mp4", "mov", "ts", "mkv"])
def test_all_after_damage_in_the_middle_keep_their_numbers(tmp_path: Path, kind: str) -> None:
    warnings: list[str] = []
    source = opened(damaged(tmp_path, kind, begin=0.45, length=0.15), warnings)
    shown = numbers(source)
    assert (len(shown), source.frames, source.fps) == (FRAMES, FRAMES, 25)
    wrong = [n for n in range(FRAMES) if shown[n] != n]
    assert wrong
    assert set(wrong) <= set(range(20, 45))
    assert shown[45:] == list(range(45, FRAMES))
    assert 0 < source.lost < 25
    told = [text for text in warnings if "is damaged" in text]
    assert told == [f"{tmp_path / f'a.{kind}'} is damaged: {source.lost} of 60 frames are missing"]
    with pytest.raises(InputError, match="is damaged"):
        list(opened(tmp_path / f"a.{kind}", strict=True))


def test_a_lost_frame_shows_the_one_before(tmp_path: Path) -> None:
    source = opened(damaged(tmp_path, "mp4", begin=0.45, length=0.15))
    frames = list(source)
    same = [n for n in range(1, FRAMES) if np.array_equal(frames[n], frames[n - 1])]
    assert len(same) == source.lost
    assert len(same) > 3


def without(folder: Path, *lost: int) -> Path:
    """A film of which some frames cannot be decoded at all: they are PNGs, whose beginning is overwritten."""
    path = make_film(folder / "a.mov", FRAMES, "-c:v", "png")
    content = bytearray(path.read_bytes())
    at = -1
    for n in range(FRAMES):
        at = content.index(b"\x89PNG", at + 1)
        if n in lost:
            content[at : at + 30] = bytes(30)
    path.write_bytes(content)
    return path


def test_lost_frames_at_the_beginning_show_the_first_good_one(tmp_path: Path) -> None:
    source = opened(without(tmp_path, 0, 1))
    assert numbers(source) == [2, 2, *range(2, FRAMES)]
    assert source.lost == 2


def test_a_start_within_lost_frames_shows_the_one_before(tmp_path: Path) -> None:
    assert numbers(opened(without(tmp_path, 8, 9), start=9 / 25)) == [7, *range(10, FRAMES)]


def test_lost_frames_at_the_end_show_the_last_good_one(tmp_path: Path) -> None:
    source = opened(without(tmp_path, 58, 59))
    assert numbers(source) == [*range(58), 57, 57]
    assert source.lost == 2


def test_reading_from_a_lost_frame_on(tmp_path: Path) -> None:
    source = opened(without(tmp_path, 20, 21, 22, 40))
    expected = [*range(20), 19, 19, 19, *range(23, 40), 39, *range(41, FRAMES)]
    for first in (1, 19, 20, 21, 22, 23, 39, 40, 41):
        assert numbers(source)[first:] == expected[first:]
        assert [number_of(frame) for frame in source.read(first)] == expected[first:], first
    assert number_of(next(source.read(40))) == 39


def test_small_frames_are_replaced_alike(tmp_path: Path) -> None:
    source = opened(damaged(tmp_path, "mp4", begin=0.45, length=0.15))
    shown = [number_of(frame / np.float32(255)) for frame in source.small(48)]
    lost = source.lost
    assert shown == numbers(source)
    assert source.lost == lost > 0


def test_the_sizes_of_small_frames(tmp_path: Path) -> None:
    source = opened(make_film(tmp_path / "a.mp4", 5, *H264))
    for side, shape in ((48, (32, 48, 3)), (96, (64, 96, 3)), (200, (64, 96, 3))):
        frames = list(source.small(side))
        assert {(frame.shape, frame.dtype) for frame in frames} == {(shape, np.dtype(np.uint8))}
        assert len(frames) == 5
