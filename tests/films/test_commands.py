"""Frames that are iterated are those of the file."""

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

import dreamvid
from dreamvid.errors import InputError
from tests.test_library import PICTURE, QUICK


@pytest.mark.parametrize(("command", "options", "count"), [
    ("zoom", {"frames": 3}, 3), ("zoom", {"frames": 3, "bounce": True}, 4),
    ("loop", {"kind": "pulse", "seconds": 0.2}, 6), ("clip", {"warm_up": 1}, 3),
])
def test_frames_come_as_they_are_made_and_are_those_of_the_file(
    tmp_path: Path, command: Any, options: dict[str, Any], count: int
) -> None:
    source = [PICTURE, PICTURE[::-1], PICTURE] if command == "clip" else PICTURE
    options = {**QUICK, "size": 64, **options}
    frames = list(dreamvid.frames(source, command, **options))
    assert len(frames) == count
    getattr(dreamvid, command)(source, tmp_path / "%06d.png", **options)
    for n, frame in enumerate(frames, 1):
        written = np.asarray(PIL.Image.open(tmp_path / f"{n:06d}.png"))
        np.testing.assert_array_equal(np.clip(frame * 255 + 0.5, 0, 255).astype(np.uint8), written)


def test_frames_are_checked_at_once() -> None:
    with pytest.raises(InputError):
        dreamvid.frames("none.jpg")
