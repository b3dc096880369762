"""What reads a file, called as the commands call it; each raises what is wrong with how that went."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np

from dreamvid.errors import SettingError
from dreamvid.media.source import open_source
from dreamvid.media.still import read_still
from dreamvid.recipe import from_toml, to_toml
from dreamvid.settings import COMMANDS, SourceSettings, build
from dreamvid.settings.files import values_in
from dreamvid.settings.presets import find
from dreamvid.stills.recipe import recipe_of

MOST_FRAMES = 40
LIMIT = 1_000_000
"""Pixels that are allowed: so the memory that a file may take is known."""


def as_picture(path: Path) -> None:
    """A picture that is dreamed, a guide or a mask."""
    still = read_still(path, _sentence, LIMIT)
    _check(still.image)
    if still.alpha is not None:
        assert still.alpha.shape == still.image.shape[:2]
        assert still.alpha.min() >= 0
        assert still.alpha.max() <= 1


def as_clip(path: Path) -> None:
    """A clip that is dreamed or encoded, or a mask."""
    source = open_source(path, SourceSettings(size=64), _sentence, LIMIT)
    frames = iter(source)
    for frame in islice(frames, MOST_FRAMES):
        assert frame.shape == (source.size.height, source.size.width, 3)
        _check(frame)
    frames.close()  # type: ignore[attr-defined]


def as_preset(path: Path) -> None:
    """A preset, which a recipe is too."""
    look = find(str(path))
    for kind in COMMANDS.values():
        try:
            build(kind, values_in(kind, look.name, look.settings, look.folder))
        except SettingError as error:
            _sentence(str(error))


def as_result(path: Path) -> None:
    """A recipe, or a result that carries one."""
    text = to_toml(recipe_of(path))
    assert to_toml(from_toml(text)) == text


def _check(image: np.ndarray) -> None:
    assert image.dtype == np.float32
    assert image.shape[0] * image.shape[1] <= LIMIT
    assert np.isfinite(image).all()
    assert image.min() >= 0
    assert image.max() <= 1


def _sentence(text: str) -> None:
    assert text.strip()
    assert "\n" not in text.strip(), text


READERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "picture": ("pictures", as_picture), "clip": ("clips", as_clip), "preset": ("presets", as_preset),
    "recipe": ("recipes", as_result), "result": ("results", as_result),
}
"""Kind of a case → what it damages, and what reads it."""
