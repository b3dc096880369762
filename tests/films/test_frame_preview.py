"""The preview of one frame: it grows, follows the time, and shows the mask of that time."""

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from dreamvid.arrays import Image
from dreamvid.events import Caller
from dreamvid.films.frame_preview import preview_frame
from dreamvid.settings import resolve
from tests.media import SIZE, make_film, number_of, run

FAST = {"steps": 1, "octaves": 1}
pytestmark = pytest.mark.slow


def pictures(command: str, source: Path, seconds: float = 0, side: int = 96, **settings: Any) -> list[Image]:
    """All pictures of a preview; the last one is marked as such."""
    found: list[tuple[Image, bool]] = []
    preview_frame(command, source, resolve(command, FAST | settings).settings,
            lambda image, last: found.append((image.copy(), last)), Caller(), seconds=seconds, side=side)
    assert [last for _, last in found] == [False] * (len(found) - 1) + [True]
    return [image for image, _ in found]


def two_halves(path: Path) -> Path:
    """A mask of four frames: two black ones, and then two white ones."""
    pixels = bytes(2 * 3 * SIZE.width * SIZE.height) + b"\xff" * (2 * 3 * SIZE.width * SIZE.height)
    run("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", str(SIZE), "-framerate", "25", "-i", "pipe:0",
        "-c:v", "ffv1", path, stdin=pixels)
    return path


def test_a_mask_that_is_a_clip_is_shown_at_its_time(tmp_path: Path) -> None:
    clip, mask = make_film(tmp_path / "clip.mkv", 4, "-c:v", "ffv1"), two_halves(tmp_path / "mask.mkv")
    plain = [pictures("clip", clip, n / 25, strength=0)[-1] for n in (0, 3)]
    black, white = (pictures("clip", clip, n / 25, mask=str(mask))[-1] for n in (0, 3))
    assert (number_of(plain[0]), number_of(plain[1])) == (0, 3)
    assert np.allclose(black, plain[0], atol=0.01)
    assert np.allclose(white, pictures("clip", clip, 3 / 25)[-1], atol=0.01)
    assert not np.allclose(white, plain[1], atol=0.01)
    inverted = pictures("clip", clip, 3 / 25, mask=str(mask), invert_mask=True)[-1]
    assert np.allclose(inverted, plain[1], atol=0.01)


@pytest.mark.parametrize(("size", "side", "last"), [((200, 100), 96, (48, 96)), ((40, 30), 96, (30, 40))])
def test_a_picture_is_dreamed_at_the_asked_size_and_never_enlarged(
    tmp_path: Path, size: tuple[int, int], side: int, last: tuple[int, int],
) -> None:
    PIL.Image.radial_gradient("L").convert("RGB").resize(size).save(tmp_path / "a.png")
    assert pictures("image", tmp_path / "a.png", side=side)[-1].shape[:2] == last
