"""A storyboard shows frames as strong as the film's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dreamvid
from dreamvid.arrays import Image
from dreamvid.events import Event, Frame
from tests.conftest import SEED

SMALL: dict[str, Any] = {"quality": "draft"}


def previewed(source: Path, folder: Path, command: Any, **settings: Any) -> list[Image]:
    """The pictures of a storyboard."""
    pictures: list[Image] = []

    def observe(event: Event) -> None:
        if isinstance(event, Frame) and event.image is not None:
            pictures.append(event.image)

    made = dreamvid.preview(source, folder / "sheet.png", command=command, overwrite=True, observe=observe,
                            **SMALL, **settings)
    assert made.frames == 10
    return pictures[-10:]


@pytest.mark.parametrize(("command", "settings"), [
    ("zoom", {"frames": 19, "size": 64, "strength": "0.5 + t"}),
    ("loop", {"kind": "pulse", "seconds": 19 / 30, "size": 64}),
])
def test_of_a_picture_it_is_frames_of_the_film(tmp_path: Path, command: Any, settings: dict[str, Any]) -> None:
    frames = list(dreamvid.frames(SEED, command, **SMALL, **settings))
    for n, picture in enumerate(previewed(SEED, tmp_path, command, **settings)):
        np.testing.assert_array_equal(picture, frames[2 * n])


@pytest.mark.slow
def test_of_a_clip_its_frames_are_as_strong(tmp_path: Path) -> None:
    clip, part = SEED.parent / "clip.mp4", {"frames": 28, "size": 96}
    sources = list(dreamvid.frames(clip, "clip", strength=0.0, warm_up=1, quality="draft", **part))[::3]

    def detail(pictures: list[Image]) -> float:
        return float(np.mean([np.abs(one - source).mean() for one, source in zip(pictures, sources, strict=True)]))

    film, half = list(dreamvid.frames(clip, "clip", **SMALL, **part))[::3], previewed(
        clip, tmp_path, "clip", strength=0.5, **part)
    assert detail(half) == pytest.approx(detail(film) / 2, rel=0.25)
    assert len(previewed(clip, tmp_path, "loop", crossfade=0.3, steps=0, **part)) == 10
